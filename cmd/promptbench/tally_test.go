package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

func event(scores ...graders.Score) runner.Event {
	return runner.Event{Trial: runfile.Trial{Scores: scores}}
}

func TestTally(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	g := &tally{total: 1000}
	require.Equal(t, "0 of 1000 trials, time left unknown", g.line(start, model.Stats{}))
	g.mark(start)

	one, none := 1.0, 0.0
	for range 60 {
		g.add(event(graders.Score{Value: &one, Pass: true}, graders.Score{NotApplicable: "-"}, graders.Score{Unscored: "-"}))
	}
	for range 30 {
		g.add(event(graders.Score{Value: &one, Pass: true}, graders.Score{Value: &none}))
	}
	g.add(event(graders.Score{Unscored: "판정 없음"}))
	for range 9 {
		g.add(runner.Event{Trial: runfile.Trial{Error: &runfile.Error{Kind: "server"}}})
	}
	cost := 0.1234
	stats := model.Stats{Calls: 100, Attempts: 140, Retries: 7, Under: 33, Usage: model.Usage{InputTokens: 81_000, OutputTokens: 9_500}, Cost: &cost}
	now := start.Add(10 * time.Second)
	require.Equal(t, "100 of 1000 trials, 65% pass, 1m30s left, 10 a second, 33 in flight, 9 errors, 7 retries, 90k tokens, cost 0.12", g.line(now, stats))
	free := 0.0
	require.NotContains(t, g.line(now, model.Stats{Calls: 9, Cost: &free}), "cost", "calls that failed don't show that the price is known")
	require.Equal(t, "65% pass · 1m30s left", fit(g.parts(now, stats), 25), "whole parts, as many as there is room for")
	require.Empty(t, fit(g.parts(now, stats), -5))
	stats.Held = 53200 * time.Millisecond
	require.Contains(t, g.line(now, stats), "33 in flight, told to wait 54s, 9 errors")
}

// What was replayed in a moment says nothing of how long the rest takes.
func TestTallyRatesByTheLastMoments(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	g := &tally{total: 6000}
	g.mark(now)
	g.trials = 5000
	for range 2 * paceMoments {
		now = now.Add(5 * time.Second)
		g.mark(now)
		g.trials += 10
	}
	require.InDelta(t, 2, g.rate(now), 0.5)
}

func TestShortForms(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "0s", 1500 * time.Millisecond: "2s", 200 * time.Second: "3m20s", 125 * time.Minute: "2h05m"} {
		require.Equal(t, want, short(d))
	}
	for n, want := range map[int]string{950: "950", 9999: "9999", 12_345: "12k", 3_400_000: "3.4M"} {
		require.Equal(t, want, thousands(n))
	}
	for cost, want := range map[float64]string{0.00123: "0.0012", 0.1234: "0.12", 12.341: "12.34", 1234.5: "1234.50"} {
		require.Equal(t, want, amount(cost))
	}
}
