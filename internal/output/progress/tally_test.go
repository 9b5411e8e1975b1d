package progress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

func trialWith(scores ...graders.Score) runfile.Trial { return runfile.Trial{Scores: scores} }

func TestTally(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	var state State
	g := NewTally(1000, func() State { return state }, start)
	line := func(now time.Time) string { return strings.Join(g.Parts(now), ", ") }
	require.Equal(t, "0 of 1000 trials, time left unknown", line(start))

	one, none := 1.0, 0.0
	for range 60 {
		g.Add(trialWith(graders.Score{Value: &one, Pass: true}, graders.Score{NotApplicable: "-"}, graders.Score{Unscored: "-"}), false)
	}
	for range 30 {
		g.Add(trialWith(graders.Score{Value: &one, Pass: true}, graders.Score{Value: &none}), false)
	}
	g.Add(trialWith(graders.Score{Unscored: "판정 없음"}), false)
	for range 9 {
		g.Add(runfile.Trial{Error: &runfile.Error{Kind: "server"}}, false)
	}
	cost, free := 0.1234, 0.0
	now := start.Add(10 * time.Second)
	state = State{Cost: &free}
	require.NotContains(t, line(now), "cost", "calls that failed don't show that the price is known")
	state = State{Attempts: 140, Retries: 7, InFlight: 33, Tokens: 90_500, Cost: &cost}
	require.Equal(t, "100 of 1000 trials, 65% pass, 1m30s left, 10 a second, 33 in flight, 9 errors, 7 retries, "+
		"90k tokens, cost 0.12", line(now))
	parts := g.Parts(now)[1:]
	require.Equal(t, "65% pass · 1m30s left", fitParts(parts, 25), "whole parts, as many as there is room for")
	require.Empty(t, fitParts(parts, -5))
	state.Wait = 53200 * time.Millisecond
	require.Contains(t, line(now), "33 in flight, endpoint asks to wait 54s, 9 errors")
	state = State{ForRPM: 2, ForTPM: 1, Refused: 31}
	require.Contains(t, line(now), "2 calls wait for rpm, 1 call waits for tpm, the endpoint refused 31 attempts for now")
}

// What was replayed in a moment says nothing of how long the rest takes.
func TestTallyRatesWhatIsAsked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	g := NewTally(6000, func() State { return State{} }, now)
	now = now.Add(time.Second)
	for range 5000 {
		g.Add(runfile.Trial{}, true)
	}
	require.Equal(t, []string{"5000 of 6000 trials", "5000 replayed", "0% pass"}, g.Parts(now))
	for range 2 * paceMoments {
		now = now.Add(5 * time.Second)
		g.rate(now)
		for range 10 {
			g.Add(runfile.Trial{}, false)
		}
	}
	require.InDelta(t, 2, g.rate(now), 0.5)
}

func TestProgressInALogGrowsRarer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var at []time.Duration
		stop := repeat(5*time.Second, time.Minute, func(now time.Time) { at = append(at, now.Sub(begin)/time.Second) })
		<-time.After(200 * time.Second)
		stop()
		require.Equal(t, []time.Duration{5, 15, 35, 75, 135, 195}, at)
	})
}

func TestShortForms(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 1500 * time.Millisecond: "2s", 200 * time.Second: "3m20s", 125 * time.Minute: "2h05m",
	} {
		require.Equal(t, want, shortDuration(d))
	}
	for rate, want := range map[float64]string{2.334: "2.33", 23.34: "23.3", 233.4: "233", 1049.7: "1050"} {
		require.Equal(t, want, shortRate(rate))
	}
	for n, want := range map[int]string{950: "950", 9999: "9999", 12_345: "12k", 3_400_000: "3.4M"} {
		require.Equal(t, want, ShortNumber(n))
	}
	for cost, want := range map[float64]string{
		0.00123: "0.0012", 0.1234: "0.12", 12.341: "12.34", 1234.5: "1234.50",
	} {
		require.Equal(t, want, ShortAmount(cost))
	}
}
