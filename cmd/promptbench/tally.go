package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// A tally is how far a job is.
type tally struct {
	total  int // trials
	trials int // that have an outcome
	graded int
	passed int // graded ones that every grader passed which scored them
	calls  int
	errors int

	pace []moment // the last few, for the rate: replies that are replayed come at once
}

// A moment is how far a job was at some time.
type moment struct {
	at     time.Time
	trials int
}

// paceMoments is over how many moments the rate is taken.
const paceMoments = 8

func (t *tally) add(e runner.Event) {
	t.trials++
	if e.Call.Made() {
		t.calls++
	}
	if e.Trial.Error != nil {
		t.errors++
		return
	}
	t.graded++
	if passed(e.Trial) {
		t.passed++
	}
}

// passed reports whether every grader that scored a trial passed it.
func passed(t runfile.Trial) bool {
	scored := false
	for _, s := range t.Scores {
		if s.Value != nil && !s.Pass {
			return false
		}
		scored = scored || s.Value != nil
	}
	return scored
}

// mark remembers how far the job is now.
func (t *tally) mark(now time.Time) {
	t.pace = append(t.pace, moment{at: now, trials: t.trials})
	if len(t.pace) > paceMoments {
		t.pace = t.pace[1:]
	}
}

// rate is how many trials got an outcome a second lately; 0 where nothing can be
// said.
func (t *tally) rate(now time.Time) float64 {
	if len(t.pace) == 0 {
		return 0
	}
	seconds := now.Sub(t.pace[0].at).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(t.trials-t.pace[0].trials) / seconds
}

// parts says how far the job is, the most important first.
func (t *tally) parts(now time.Time, s model.Stats) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if t.graded > 0 {
		add("%.0f%% pass", math.Floor(100*float64(t.passed)/float64(t.graded)))
	}
	rate := t.rate(now)
	switch {
	case t.trials == t.total:
	case rate > 0:
		add("%s left", short(time.Duration(float64(t.total-t.trials)/rate*float64(time.Second))))
	default:
		add("time left unknown")
	}
	if rate > 0 {
		add("%.3g a second", rate)
	}
	if s.Attempts > 0 {
		add("%d in flight", s.Under)
	}
	if s.Held >= time.Second {
		add("told to wait %s", short(s.Held))
	}
	if t.errors > 0 {
		add("%s", count(t.errors, "error"))
	}
	if s.Retries > 0 {
		add("%s", retries(s.Retries))
	}
	tokens := s.Usage.InputTokens + s.Usage.OutputTokens
	if tokens > 0 {
		add("%s tokens", thousands(tokens))
	}
	if s.Cost != nil && tokens > 0 { // without any, nothing has shown that the price is known
		add("cost %s", amount(*s.Cost))
	}
	return out
}

// line is the whole of it, for a log.
func (t *tally) line(now time.Time, s model.Stats) string {
	return strings.Join(append([]string{fmt.Sprintf("%d of %s", t.trials, count(t.total, "trial"))}, t.parts(now, s)...), ", ")
}

func retries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return fmt.Sprintf("%d retries", n)
}

// thousands shortens a large number: 950, 12k, 3.4M.
func thousands(n int) string {
	switch {
	case n < 10_000:
		return fmt.Sprint(n)
	case n < 1_000_000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// amount is a sum of money with two digits that say something: 0.0012, 12.34.
func amount(cost float64) string {
	if cost >= 1 {
		return fmt.Sprintf("%.2f", cost)
	}
	return fmt.Sprintf("%.2g", cost)
}

// short is a duration as one would say it: 8s, 3m20s, 2h5m.
func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(math.Ceil(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
