package labelled_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/labelled"
	"promptbench/internal/verdict/stats"
)

const cases = 60

func specs() []graders.Spec {
	return []graders.Spec{{Name: "rubric", Version: 1, Params: json.RawMessage(
		`{"criteria":[{"id":"tone","question":"Is it kind?","applies_to":["answer"]}]}`)}}
}

func criteria() []graders.Criterion { return graders.Questions(specs()) }

// judgedRun returns a run in which a judge passes the cases for which passes holds.
func judgedRun(passes func(i int) bool) *runfile.Run {
	run := &runfile.Run{Header: runfile.Header{Run: "r", Graders: specs()}}
	for i := range cases {
		run.Cases = append(run.Cases, runfile.Case{
			Case: id(i), Expect: graders.Expect{Type: "answer"}, InputHash: id(i),
		})
		value := 0.0
		if passes(i) {
			value = 1
		}
		run.Trials = append(run.Trials, runfile.Trial{Case: id(i), Trial: 1, Scores: []graders.Score{
			{Grader: "rubric", Value: &value, Pass: passes(i)}, {Grader: "rubric/tone", Value: &value, Pass: passes(i)},
		}})
	}
	return run
}

func id(i int) string { return fmt.Sprintf("case-%02d", i) }

// texts are the hashes of replies of a revision.
func texts(revision string) map[string]string {
	out := map[string]string{}
	for i := range cases {
		out[id(i)] = revision + " " + id(i)
	}
	return out
}

func draw(runs ...string) label.Draw { return label.Draw{Runs: runs} }

// order are the numbers of the cases in the order of a draw.
func order(d label.Draw) []int {
	out := make([]int, cases)
	for i := range out {
		out[i] = i
	}
	label.Sort(d, out, id)
	return out
}

func says(revision string, i int, a label.Answer) label.Label {
	return label.Label{
		Question: rubric.QuestionHash(criteria()[0]), Text: revision + " " + id(i), Labeller: "kim", Answer: a,
	}
}

// labels label the cases: good where a person passes them.
func labels(revision string, of []int, good func(i int) bool) (out []label.Label) {
	for _, i := range of {
		a := label.No
		if good(i) {
			a = label.Yes
		}
		out = append(out, says(revision, i, a))
	}
	return out
}

func third(i int) bool { return i%3 == 0 }
func half(i int) bool  { return i%2 == 0 }

func of(run *runfile.Run, texts map[string]string, d label.Draw, labels []label.Label) *labelled.Run {
	return labelled.Of(run, run.Cases, criteria(), texts, labelled.People{Labels: labels, Draws: []label.Draw{d}})
}

// count is the table of the labelled cases.
func count(of []int, judge, person func(i int) bool) (tp, fp, fn, tn int) {
	for _, i := range of {
		switch {
		case judge(i) && person(i):
			tp++
		case judge(i):
			fp++
		case person(i):
			fn++
		default:
			tn++
		}
	}
	return tp, fp, fn, tn
}

func TestRate(t *testing.T) {
	t.Parallel()
	d := draw("r")
	run, first := judgedRun(half), order(d)[:labelled.Least]
	tp, fp, fn, tn := count(first, half, third)
	rate, lo, hi := stats.JudgedRate(cases, cases/2, tp, fp, fn, tn, 0.95)
	want := &labelled.Estimate{Value: rate, CI: [2]float64{lo, hi}, Labels: labelled.Least, Of: cases}
	drawn := labels("v3", first, third)
	require.Equal(t, want, of(run, texts("v3"), d, drawn).Rate("tone"))

	// Labels that somebody chose change nothing: those after the first that is missing, and too few of a draw.
	chosen := labels("v3", order(d)[labelled.Least+3:], third)
	require.Equal(t, want, of(run, texts("v3"), d, slices.Concat(drawn, chosen)).Rate("tone"))
	few := of(run, texts("v3"), d, slices.Concat(drawn[1:], chosen))
	require.Nil(t, few.Rate("tone"), "the draw ends at once")
	labelledNow, all := of(run, texts("v3"), d, drawn[:12]).Drawn("tone")
	require.Equal(t, [2]int{12, cases}, [2]int{labelledNow, all})
	require.Nil(t, labelled.Of(run, run.Cases, criteria(), texts("v3"), labelled.People{Labels: drawn}).Rate("tone"),
		"without a draw nothing is at random")
	require.Nil(t, of(run, texts("v4"), d, drawn).Rate("tone"), "they are of other replies")
	require.Nil(t, (*labelled.Run)(nil).Rate("tone"))
	require.Nil(t, of(run, texts("v3"), d, drawn).Rate("other"))

	// What two people disagree about, or cannot tell, is answered and decides nothing.
	open := append(slices.Clone(drawn), says("v3", first[0], label.Unsure), labels("v3", order(d)[30:31], third)[0])
	e := of(run, texts("v3"), d, open).Rate("tone")
	require.Equal(t, labelled.Least, e.Labels)

	// A reply that fails as a whole needs no person; one that the judge could not decide is no part of the rate.
	known := texts("v3")
	failed, undecided := slices.IndexFunc(first, func(i int) bool { return !half(i) }), 0
	delete(known, id(first[failed]))
	rest := slices.Delete(slices.Clone(drawn), failed, failed+1)
	e = of(run, known, d, rest).Rate("tone")
	require.Equal(t, labelled.Least, e.Labels)
	run.Trials[first[undecided]].Scores[1].Value = nil
	more := labels("v3", order(d)[:labelled.Least+1], third)
	e = of(run, texts("v3"), d, more).Rate("tone")
	require.Equal(t, [2]int{labelled.Least, cases - 1}, [2]int{e.Labels, e.Of})
}

// Paraphrases are one unit, so that one reply of them counts.
func TestGroupsCountOnce(t *testing.T) {
	t.Parallel()
	run := judgedRun(half)
	for i := range 10 {
		run.Cases[i].Group = "same"
	}
	drawn, units := of(run, texts("v3"), draw("r"), nil).Drawn("tone")
	require.Equal(t, [2]int{0, cases - 9}, [2]int{drawn, units})
	r := of(run, texts("v3"), draw("r"), labels("v3", order(draw("r")), third))
	require.Len(t, r.Units("tone"), cases-9)
	require.Equal(t, cases-9, r.Rate("tone").Of)
}

func TestDifference(t *testing.T) {
	t.Parallel()
	d := draw("a", "b")
	base, head := judgedRun(half), judgedRun(third)
	first := order(d)[:labelled.Least]
	all := slices.Concat(labels("v3", first, half), labels("v4", first, third))
	b, h := of(base, texts("v3"), d, all), of(head, texts("v4"), d, all)
	judge, people := make([]float64, cases), map[int]float64{}
	value := map[bool]float64{true: 1}
	for place, i := range order(d) {
		judge[place] = value[third(i)] - value[half(i)]
		if place < labelled.Least {
			people[place] = judge[place]
		}
	}
	delta, lo, hi := stats.JudgedDifference(judge, people, 0.95)
	require.Equal(t, &labelled.Estimate{
		Value: delta, CI: [2]float64{lo, hi}, Labels: labelled.Least, Of: cases,
	}, labelled.Difference(b, h, "tone"))
	require.NotNil(t, b.Rate("tone"), "the same labels give the rate of each side")

	// Both replies must be labelled, and be to the same input.
	one := of(head, texts("v4"), d, all[:labelled.Least])
	require.Nil(t, labelled.Difference(b, one, "tone"))
	require.Nil(t, labelled.Difference(nil, h, "tone"))
	for i := range head.Cases {
		head.Cases[i].InputHash = "other"
	}
	require.Nil(t, labelled.Difference(b, of(head, texts("v4"), d, all), "tone"))

	// Thirty pairs without a difference do not prove that there is none.
	same := of(base, texts("v3"), d, all)
	e := labelled.Difference(same, same, "tone")
	require.Zero(t, e.Value)
	require.InDelta(t, 0.1157, e.CI[1], 1e-4)
	require.InDelta(t, -0.1157, e.CI[0], 1e-4)
}

func TestNext(t *testing.T) {
	t.Parallel()
	d := draw("r")
	run, places := judgedRun(half), order(d)
	_, _, ok := of(run, texts("v3"), d, nil).Next("tone")
	require.False(t, ok, "without a draw no gain is known")

	// People contradict the judge only where it passes: there a label tells more.
	given := labels("v3", places[:labelled.Least], third)
	for i := range given {
		if !half(places[i]) {
			given[i].Answer = label.No
		}
	}
	before := of(run, texts("v3"), d, given)
	u, gain, ok := before.Next("tone")
	require.True(t, ok)
	require.Positive(t, gain)
	require.True(t, *u.Judge)
	next := places[labelled.Least+slices.IndexFunc(places[labelled.Least:], half)]
	require.Equal(t, id(next), u.Case, "the first of these in the order of the draw")

	// Its label counts, though others of the draw before it are open.
	after := of(run, texts("v3"), d, append(given, says("v3", next, label.No)))
	require.Equal(t, labelled.Least+1, after.Rate("tone").Labels)
	full := of(run, texts("v3"), d, labels("v3", places, third))
	_, _, ok = full.Next("tone")
	require.False(t, ok)
}
