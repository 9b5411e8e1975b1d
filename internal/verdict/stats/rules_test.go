package stats_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

// exact is how closely worked examples are met.
const exact = 1e-9

// rules are the worked examples of testdata/rules.json, which testdata/rules.py
// computes from the formulas as they are written, with SciPy.
type rules struct {
	Sequential []struct {
		Units, Seen, Better, Worse, Graders int
		LogRatio                            float64 `json:"log_ratio"`
		Possible                            []string
		ChanceRegressed                     float64 `json:"chance_regressed"`
	}
	TaroneHolm []struct {
		BetterWorse        [][2]int `json:"better_worse"`
		P, Least, Adjusted []float64
		Rejected           []bool
	} `json:"tarone_holm"`
	WilsonEffective []struct {
		Values []float64
		Trials int
		Lo, Hi float64
	} `json:"wilson_effective"`
	JudgedRate []struct {
		Replies, Passes int
		Labels          [4]int
		Rate, Lo, Hi    float64
	} `json:"judged_rate"`
	JudgedDifference []struct {
		Judge         []float64
		People        map[int]float64
		Delta, Lo, Hi float64
	} `json:"judged_difference"`
	Effects []struct {
		Cases            []string // the unit and the rows, such as 0110=1
		Delta, Lo, Hi, P []float64
		StdErr           []float64 `json:"std_err"`
	}
	Augmented []struct {
		Diffs  []float64
		Lo, Hi float64
		Cases  float64
	}
}

func readRules(t *testing.T) rules {
	t.Helper()
	data, err := os.ReadFile("testdata/rules.json")
	require.NoError(t, err)
	var r rules
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

func TestEarlyAgreesWithTheFormulas(t *testing.T) {
	t.Parallel()
	words := [...]string{"regressed", "inconclusive", "no worse", "improved"}
	list := readRules(t).Sequential
	require.NotEmpty(t, list)
	for _, c := range list {
		e := stats.Early{Units: c.Units, Seen: c.Seen, Better: c.Better, Worse: c.Worse}
		share := 1 / float64(c.Graders)
		rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05 * share}
		require.InDelta(t, c.LogRatio, e.LogRatio(c.Better, c.Worse), exact, "%+v", c)
		require.InDelta(t, c.ChanceRegressed, e.ChanceRegressed(rule), exact, "%+v", c)
		possible := map[string]bool{}
		for outcome, found := range e.Possible(rule, 0.02*share) {
			if found {
				possible[words[outcome]] = true
			}
		}
		require.Len(t, possible, len(c.Possible), "%+v", c)
		for _, word := range c.Possible {
			require.True(t, possible[word], "%+v", c)
		}
	}
}

func TestTaroneHolmAgreesWithTheRule(t *testing.T) {
	t.Parallel()
	list := readRules(t).TaroneHolm
	require.NotEmpty(t, list)
	for _, c := range list {
		require.Equal(t, c.Rejected, stats.TaroneHolm(c.P, c.Least, 0.05))
		require.InDeltaSlice(t, c.Adjusted, stats.TaroneHolmAdjusted(c.P, c.Least, 0.05), exact)
		for i, flips := range c.BetterWorse {
			var diffs []float64
			for range flips[0] {
				diffs = append(diffs, 1)
			}
			for range flips[1] {
				diffs = append(diffs, -1)
			}
			worse, _ := stats.SignFlipSides(diffs, stats.Options{})
			require.InDelta(t, c.P[i], worse, exact)
		}
	}
}

func TestIntervalsAgreeWithTheFormulas(t *testing.T) {
	t.Parallel()
	r := readRules(t)
	require.NotEmpty(t, r.WilsonEffective)
	for _, c := range r.WilsonEffective {
		lo, hi := stats.WilsonEffective(c.Values, c.Trials, 0.95)
		require.InDeltaSlice(t, []float64{c.Lo, c.Hi}, []float64{lo, hi}, exact, "%+v", c)
	}
	require.NotEmpty(t, r.JudgedRate)
	for _, c := range r.JudgedRate {
		rate, lo, hi := stats.JudgedRate(c.Replies, c.Passes, c.Labels[0], c.Labels[1], c.Labels[2], c.Labels[3], 0.95)
		require.InDeltaSlice(t, []float64{c.Rate, c.Lo, c.Hi}, []float64{rate, lo, hi}, exact, "%+v", c)
	}
	require.NotEmpty(t, r.JudgedDifference)
	for _, c := range r.JudgedDifference {
		delta, lo, hi := stats.JudgedDifference(c.Judge, c.People, 0.95)
		require.InDeltaSlice(t, []float64{c.Delta, c.Lo, c.Hi}, []float64{delta, lo, hi}, exact, "%+v", c)
	}
	require.NotEmpty(t, r.Augmented)
	for _, c := range r.Augmented {
		lo, hi := stats.AugmentedInterval(c.Diffs, 0.95)
		require.InDeltaSlice(t, []float64{c.Lo, c.Hi}, []float64{lo, hi}, exact, "%+v", c)
		cases := stats.CasesForDiffs(c.Diffs, 0.05)
		require.GreaterOrEqual(t, float64(cases), c.Cases)
		require.Less(t, float64(cases), c.Cases+1)
	}
}

func TestEffectsAgreeWithTheRule(t *testing.T) {
	t.Parallel()
	for _, c := range readRules(t).Effects {
		var rows []stats.Observation
		for i, line := range c.Cases {
			fields := strings.Fields(line)
			unit, err := strconv.Atoi(fields[0])
			require.NoError(t, err)
			for _, field := range fields[1:] {
				in, value, _ := strings.Cut(field, "=")
				o := stats.Observation{Case: i, Unit: unit}
				for _, x := range in {
					o.In = append(o.In, x == '1')
				}
				o.Value, err = strconv.ParseFloat(value, 64)
				require.NoError(t, err)
				rows = append(rows, o)
			}
		}
		got := stats.Effects(rows, 0.95)
		require.Len(t, got, len(c.Delta))
		for k, e := range got {
			require.InDelta(t, c.Delta[k], e.Delta, exact)
			require.InDelta(t, c.StdErr[k], e.StdErr, exact)
			require.InDelta(t, c.Lo[k], e.Lo, exact)
			require.InDelta(t, c.Hi[k], e.Hi, exact)
			require.InDelta(t, c.P[k], e.P, exact)
		}
	}
}
