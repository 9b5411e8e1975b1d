package compare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// said is what the judge said with the base first and with the head first.
type said struct{ baseFirst, headFirst string }

// duel is a pairwise run of one pair a case.
func duel(pairs ...said) *runfile.Run {
	run := &runfile.Run{
		Header: runfile.Header{
			Run: "duel", Trials: 1, Judge: judge(nil), Pairwise: &runfile.Pairwise{},
		}, End: &runfile.End{Status: runfile.Complete},
	}
	number := func(name, option, head string) graders.Score {
		v := 0.0
		switch option {
		case "":
			return graders.Score{Grader: name, Unscored: "prose"}
		case "same":
			return graders.Score{Grader: name, NotApplicable: "both replies say the same"}
		case "tie":
			v = 0.5
		case head:
			v = 1
		}
		return graders.Score{Grader: name, Value: &v, Pass: v == 1, Answer: option}
	}
	for i, p := range pairs {
		id := fmt.Sprintf("case-%03d", i)
		one, two := number("pairwise/base_first", p.baseFirst, "second"), number("pairwise/head_first", p.headFirst, "first")
		both := graders.Score{Grader: "pairwise", Unscored: "prose"}
		v := 0.5
		switch {
		case p.baseFirst == "same":
			both = graders.Score{Grader: "pairwise", Value: &v, Answer: "tie"}
		case one.Value != nil && two.Value != nil:
			if *one.Value == *two.Value {
				v = *one.Value
			}
			both = graders.Score{
				Grader: "pairwise", Value: &v, Pass: v == 1, Answer: map[float64]string{0: "base", 0.5: "tie", 1: "head"}[v],
			}
		}
		run.Cases = append(run.Cases, runfile.Case{Case: id})
		run.Trials = append(run.Trials, runfile.Trial{Case: id, Trial: 1, Scores: []graders.Score{both, one, two}})
		run.Calls = append(
			run.Calls,
			runfile.Call{Case: id, Trial: 1, For: runfile.ForPairwise, Usage: &runfile.Usage{InputTokens: 10, OutputTokens: 1}},
		)
	}
	return run
}

func times(n int, p said) (out []said) {
	for range n {
		out = append(out, p)
	}
	return out
}

func TestPairwise(t *testing.T) {
	t.Parallel()
	win, loss := said{"second", "first"}, said{"first", "second"}
	first, second := said{"first", "first"}, said{"second", "second"}
	var pairs []said
	for _, list := range [][]said{
		times(41, win), times(19, loss), times(8, first), times(3, second), times(4, said{"tie", "tie"}),
		times(2, said{"tie", "first"}), {{"same", "same"}, {"", "first"}, {"first", ""}},
	} {
		pairs = append(pairs, list...)
	}
	p := compare.PairwiseOf(duel(pairs...), nil)
	require.Equal(
		t, [8]int{80, 1, 2, 78, 41, 18, 19, 77}, [8]int{p.Pairs, p.Same, p.Unscored, p.Units, p.Win, p.Tie, p.Loss, p.Asked},
	)
	require.Equal(t, [2]int{8, 3}, [2]int{p.KeptFirst, p.KeptSecond})
	require.InDelta(t, 11./77, *p.PositionBias, 1e-12)
	// SciPy 1.17.1: binomtest(41, 60), its p-value and exact interval.
	require.InDelta(t, 0.0062176026593266705, *p.P, 1e-9)
	require.InDeltaSlice(t, []float64{0.550440312235939, 0.7974244928813188}, p.WinShareCI[:], 1e-9)
	require.InDelta(t, 41./60, *p.WinShare, 1e-12)
	require.InDelta(t, 22./78, *p.Net, 1e-12)
	require.Less(t, p.NetCI[0], *p.Net)
	require.Equal(t, 800, *p.Judging.Usage.InputTokens)
	require.Equal(t, compare.Preference{Case: "case-000", Trial: 1, Prefers: "head"}, p.Preferences[0])
	require.Equal(t, compare.Preference{Case: "case-079", Trial: 1, Reason: "prose"}, p.Preferences[79])
}

func TestPairwiseCountsGroupsAndRepeatsOnce(t *testing.T) {
	t.Parallel()
	run := duel(said{"second", "first"}, said{"second", "first"}, said{"first", "second"}, said{"first", "second"})
	for i := range 3 {
		run.Cases[i].Group = "dentist"
	}
	again := run.Trials[3]
	again.Trial = 2
	win := duel(said{"second", "first"}).Trials[0].Scores
	again.Scores = win
	run.Trials = append(run.Trials, again)
	p := compare.PairwiseOf(run, nil)
	require.Equal(
		t, [4]int{2, 1, 1, 0}, [4]int{p.Units, p.Win, p.Tie, p.Loss},
		"two of three paraphrases win, and one of two trials is none",
	)
}

func TestPairwiseOfNothing(t *testing.T) {
	t.Parallel()
	p := compare.PairwiseOf(duel(), nil)
	require.Nil(t, p.P)
	require.Nil(t, p.PositionBias)
	p = compare.PairwiseOf(duel(said{"", ""}), nil)
	require.Nil(t, p.Net)
	require.Equal(t, 1, p.Unscored)
	p = compare.PairwiseOf(duel(said{"tie", "tie"}), nil)
	require.InDelta(t, 1, *p.P, 0)
	require.Nil(t, p.WinShare, "nothing was decided")
	require.NotNil(t, p.NetCI)
}

// A pair without a verdict because the judge failed is an error, one by its prose is none.
func TestPairwiseErrors(t *testing.T) {
	t.Parallel()
	run := duel(said{"", ""}, said{"", "first"}, said{"second", "first"})
	run.Trials[0].Scores[1] = graders.Broken("no answer")
	p := compare.PairwiseOf(run, nil)
	require.Equal(t, [2]int{2, 1}, [2]int{p.Unscored, p.Errors})
}
