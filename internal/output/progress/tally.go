package progress

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// A State is what the calls of a job have come to so far.
type State struct {
	Attempts int // at calls; 0 if nothing was sent
	InFlight int // attempts
	Retries  int
	Wait     time.Duration // until the endpoint accepts calls again
	Refused  int           // attempts, by an endpoint that limits their rate, is overloaded or not ready
	ForRPM   int           // calls that wait for the requests a minute of the config
	ForTPM   int           // calls that wait for its tokens a minute
	Tokens   int           // of input and output
	Verdicts []string      // how far they are, of a job that may stop early; else nil
	Cost     *float64      // in the currency of the prices; nil if a price is unknown
}

// A Tally counts the trials of a job that have an outcome. Many goroutines may use it.
type Tally struct {
	state func() State
	total int // trials

	mu             sync.Mutex
	trials, graded int
	replayed       int       // trials
	passed         int       // graded trials that pass every grader which scored them
	errors         int       // trials without a reply, or with a broken score
	pace           []moment  // the last few, for the rate
	failures       []failure // by kind of error or grader, in order of appearance
	unscored       unscored
}

// A moment is how many trials had been asked at some time. Replayed replies come all
// at once, and say nothing of how long the rest takes.
type moment struct {
	at    time.Time
	asked int
}

// The rate is taken over so many moments, so far apart.
const (
	paceMoments    = 8
	betweenMoments = 5 * time.Second
)

type failure struct {
	model         string // if the job has several; else empty
	kind, message string // the message of the first trial
	lacks         string // what such a trial has not
	trials        int
	cases         map[string]bool
}

// unscored counts the scores that no grader could give. Trials end in any order, so the example is the first by case.
type unscored struct {
	scores                  int
	caseID, grader, because string
}

// NewTally returns a tally of a job of total trials that begins now.
func NewTally(total int, state func() State, now time.Time) *Tally {
	return &Tally{total: total, state: state, pace: []moment{{at: now}}}
}

// Add counts a trial that has its outcome, by a reply that was replayed or asked for.
func (t *Tally) Add(trial runfile.Trial, isReplayed bool) { t.AddOn("", trial, isReplayed) }

// AddOn is Add for a trial on one of several models: what fails is told by model.
func (t *Tally) AddOn(model string, trial runfile.Trial, isReplayed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trials++
	if isReplayed {
		t.replayed++
	}
	if trial.Failure() != "" {
		t.errors++
	}
	for _, s := range trial.Scores {
		saysIt := func(part graders.Score) bool { // such as a criterion, of the rubric that lacks it
			return part.Unscored != "" && strings.HasPrefix(part.Grader, s.Grader+"/")
		}
		switch {
		case s.Unscored == "" || slices.ContainsFunc(trial.Scores, saysIt):
		case !s.Broken:
			t.addUnscored(trial.Case, s)
		default:
			t.addFailure(trial.Case, failure{
				model: model, kind: s.Grader, message: s.Grader + ": " + s.Unscored, lacks: "score of " + s.Grader,
			})
		}
	}
	if e := trial.Error; e != nil {
		t.addFailure(trial.Case, failure{model: model, kind: e.Kind, message: e.Message, lacks: "reply"})
		return
	}
	t.graded++
	if passes(trial) {
		t.passed++
	}
}

func (t *Tally) addUnscored(caseID string, s graders.Score) {
	t.unscored.scores++
	if t.unscored.because == "" || caseID < t.unscored.caseID {
		t.unscored.caseID, t.unscored.grader, t.unscored.because = caseID, s.Grader, s.Unscored
	}
}

func (t *Tally) addFailure(caseID string, f failure) {
	i := slices.IndexFunc(t.failures, func(known failure) bool {
		return known.kind == f.kind && known.lacks == f.lacks && known.model == f.model
	})
	if i < 0 {
		i = len(t.failures)
		f.cases = map[string]bool{}
		t.failures = append(t.failures, f)
	}
	t.failures[i].trials++
	t.failures[i].cases[caseID] = true
}

// passes reports whether every grader that scored a trial passed it.
func passes(t runfile.Trial) bool {
	scored := false
	for _, s := range t.Scores {
		if s.Value != nil && !s.Pass {
			return false
		}
		scored = scored || s.Value != nil
	}
	return scored
}

// Parts says how far the job is, the most important first.
func (t *Tally) Parts(now time.Time) []string {
	state := t.state()
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []string{fmt.Sprintf("%d of %s", t.trials, wording.Count(t.total, "trial"))}
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	atMost := ""
	if len(state.Verdicts) > 0 {
		out, atMost = append(out, state.Verdicts...), "at most "
	}
	if t.replayed > 0 {
		add("%d replayed", t.replayed)
	}
	if t.graded > 0 {
		add("%.0f%% pass", math.Floor(100*float64(t.passed)/float64(t.graded)))
	}
	rate := t.rate(now)
	switch {
	case t.trials == t.total:
	case rate > 0:
		add("%s%s left", atMost, shortDuration(time.Duration(float64(t.total-t.trials)/rate*float64(time.Second))))
	case t.asked() > 0 || t.replayed == 0:
		add("time left unknown")
	}
	if rate > 0 {
		add("%s a second", shortRate(rate))
	}
	if state.Attempts > 0 {
		add("%d in flight", state.InFlight)
	}
	if state.Wait >= time.Second {
		add("endpoint asks to wait %s", shortDuration(state.Wait))
	}
	if state.ForRPM > 0 {
		add("%s for rpm", waitingCalls(state.ForRPM))
	}
	if state.ForTPM > 0 {
		add("%s for tpm", waitingCalls(state.ForTPM))
	}
	if state.Refused > 0 {
		add("the endpoint refused %s for now", wording.Count(state.Refused, "attempt"))
	}
	if t.errors > 0 {
		add("%s", wording.Count(t.errors, "error"))
	}
	if state.Retries > 0 {
		add("%s", wording.Count(state.Retries, "retry"))
	}
	if state.Tokens > 0 {
		add("%s tokens", ShortNumber(state.Tokens))
		if state.Cost != nil { // calls without tokens do not show that the price is known
			add("cost %s", ShortAmount(*state.Cost))
		}
	}
	return out
}

func waitingCalls(n int) string { return wording.Count(n, "call") + " " + wording.Verb(n, "wait") }

// asked counts the trials that were not replayed.
func (t *Tally) asked() int { return t.trials - t.replayed }

// rate returns how many asked trials got an outcome a second in the last moments, 0 if
// that is unknown, and remembers this moment.
func (t *Tally) rate(now time.Time) float64 {
	first, last := t.pace[0], t.pace[len(t.pace)-1]
	if now.Sub(last.at) >= betweenMoments {
		t.pace = append(t.pace, moment{at: now, asked: t.asked()})
		t.pace = t.pace[max(0, len(t.pace)-paceMoments):]
	}
	seconds := now.Sub(first.at).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(t.asked()-first.asked) / seconds
}

// Failures says for each kind of error, and each grader that failed, what it was and which trials lack what because of
// it, then what could not be scored.
func (t *Tally) Failures() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 10
	var out []string
	for _, f := range t.failures {
		names := slices.Sorted(maps.Keys(f.cases))
		more := ""
		if len(names) > most {
			names, more = names[:most], fmt.Sprintf(" and %d more", len(f.cases)-most)
		}
		from := ""
		if f.model != "" {
			from = " from " + f.model
		}
		out = append(out, f.message,
			fmt.Sprintf("no %s%s in %s: %s%s", f.lacks, from, wording.Count(f.trials, "trial"), strings.Join(names, ", "), more))
	}
	if u := t.unscored; u.scores > 0 {
		out = append(out, fmt.Sprintf("%s undecided, such as %s of case %s: %s",
			wording.Count(u.scores, "score"), u.grader, u.caseID, u.because))
	}
	return out
}

// Kinds returns the kinds of the errors, each once.
func (t *Tally) Kinds() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for _, f := range t.failures {
		if !slices.Contains(out, f.kind) {
			out = append(out, f.kind)
		}
	}
	return out
}

// shortRate returns a rate with up to three digits: 2.33, 23.3, 233, and in full
// above.
func shortRate(rate float64) string {
	if rate >= 100 {
		return fmt.Sprintf("%.0f", rate)
	}
	return fmt.Sprintf("%.3g", rate)
}

// ShortNumber shortens a large number: 950, 12k, 3.4M.
func ShortNumber(n int) string {
	switch {
	case n < 10_000:
		return fmt.Sprint(n)
	case n < 1_000_000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// ShortAmount returns a sum of money with its first digits: 0.0012, 12.34.
func ShortAmount(cost float64) string {
	if cost >= 1 {
		return fmt.Sprintf("%.2f", cost)
	}
	return fmt.Sprintf("%.2g", cost)
}

// shortDuration returns a duration in one or two units: 8s, 3m20s, 2h05m.
func shortDuration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(math.Ceil(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
