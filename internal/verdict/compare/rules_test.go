package compare_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// alike makes two runs in which n cases have the same trials.
func alike(n int, base, head []trial) (b, h made) {
	b, h = one("case_type"), one("case_type")
	for i := range n {
		b.cases[caseID(i)], h.cases[caseID(i)] = base, head
	}
	return b, h
}

func caseID(i int) string { return fmt.Sprintf("case-%04d", i) }

// A trial without a score counts as 1 at the base and 0 at the head in the worst
// case, wherever it is missing, and its case is left out.
func TestMissingTrialsCannotFlatter(t *testing.T) {
	t.Parallel()
	for name, missing := range map[string]float64{"undecided": unscored, "failed calls": failed} {
		base, head := alike(100, []trial{{1}, {1}, {0}}, []trial{{1}, {missing}, {missing}})
		g := only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, 100, g.LeftOut, name)
		require.Equal(t, 100, g.Cases, name)
		require.InDelta(t, 1./3, *g.Delta, 1e-12, "by the trials that have a score")
		require.Equal(t, compare.Inconclusive, *g.Verdict, name)
		require.Contains(t, g.Warnings[0], "improved without the 100 cases left out, but regressed if all", name)

		base, head = alike(100, []trial{{1}, {missing}, {missing}}, []trial{{1}, {1}, {0}})
		require.Equal(t, compare.Regressed, *only(t, hold(t, base, head, compare.Options{})).Verdict, name)
	}
	base, head := alike(100, []trial{{1}, {1}, {1}}, []trial{{1}, {1}, {1}})
	head.cases[caseID(7)] = []trial{{1}, {1}} // never run
	g := only(t, hold(t, base, head, compare.Options{}))
	require.Equal(t, 1, g.LeftOut)
	require.Equal(t, compare.NoWorse, *g.Verdict, "one trial more or less changes nothing")
	one, four := alike(80, []trial{{1}}, []trial{{1}, {1}, {1}, {1}})
	require.Zero(t, only(t, hold(t, one, four, compare.Options{})).LeftOut, "runs may differ in their trials")
}

// What one side alone finds not applicable is left out and counted.
func TestNotApplicableOnOneSideIsLeftOut(t *testing.T) {
	t.Parallel()
	base, head := alike(100, []trial{{1}}, []trial{{1}})
	for i := range 20 {
		head.cases[caseID(i)] = []trial{{notApplicable}}
	}
	c := hold(t, base, head, compare.Options{})
	g := only(t, c)
	require.Equal(t, []int{80, 20}, []int{g.Cases, g.LeftOut})
	require.Equal(t, compare.Inconclusive, *g.Verdict)
	require.Contains(t, g.Warnings[0], "no worse without the 20 cases left out, but regressed")
	require.Equal(t, 20, c.Changed(), "a score that goes is a change")
	require.Equal(t, "✓?", c.Rows(1)[0].Marks[0].BaseMark()+c.Rows(1)[0].Marks[0].HeadMark())

	c = hold(t, head, base, compare.Options{})
	require.Equal(t, 20, only(t, c).LeftOut)

	base.cases[caseID(0)] = []trial{{unscored}} // the grader applies, and could not decide
	require.Equal(t, 20, only(t, hold(t, base, head, compare.Options{})).LeftOut)
	for i := range 20 {
		base.cases[caseID(i)] = []trial{{notApplicable}}
	}
	require.Zero(t, only(t, hold(t, base, head, compare.Options{})).LeftOut)

	base, head = alike(80, []trial{{1}, {1}}, []trial{{1}, {notApplicable}})
	require.Equal(t, 80, only(t, hold(t, base, head, compare.Options{})).LeftOut, "in one trial alone")
}

// More harm is never a milder verdict: no method changes with the number of units
// that differ.
func TestIntervalDoesNotJump(t *testing.T) {
	t.Parallel()
	lower, order := 0.0, []compare.Verdict{compare.NoWorse, compare.Inconclusive, compare.Regressed}
	previous := 0
	for worse := range 150 {
		base, head := alike(150, []trial{{1}}, []trial{{1}})
		for i := range worse {
			head.cases[caseID(i)] = []trial{{0.75}}
		}
		base.cases[caseID(149)], head.cases[caseID(149)] = []trial{{0.5}}, []trial{{0.5}} // never plain
		g := only(t, hold(t, base, head, compare.Options{Samples: 2000}))
		require.Equal(t, compare.Augmented, g.CIMethod)
		require.Less(t, g.CI[0], lower, "%d worse", worse)
		require.Less(t, lower-g.CI[0], 0.02, "%d worse", worse)
		lower = g.CI[0]
		at := indexOf(order, *g.Verdict)
		require.GreaterOrEqual(t, at, previous, "%d worse: %s", worse, *g.Verdict)
		previous = at
	}
	require.Equal(t, 2, previous)
}

func indexOf(order []compare.Verdict, v compare.Verdict) int {
	for i := range order {
		if order[i] == v {
			return i
		}
	}
	return -1
}

// What would settle it goes by the size of differences, where they have sizes.
func TestCasesToSettleGoBySize(t *testing.T) {
	t.Parallel()
	var need []int
	for _, size := range []float64{0.25, 0.5, 1} {
		base, head := alike(60, []trial{{0.5}}, []trial{{0.5}})
		for i := range 20 {
			v := []trial{{0.5 + size/2}, {0.5 - size/2}}
			base.cases[caseID(i)], head.cases[caseID(i)] = v[i%2:i%2+1], v[1-i%2:2-i%2]
		}
		g := only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, compare.Inconclusive, *g.Verdict)
		need = append(need, *g.ToSettle)
	}
	// s² of 60 differences where 20 are ±size, with +1 and -1 appended, over 61.
	require.Equal(t, []int{168, 360, 1132}, need)
}

// The sentence does not hide a significant drop behind no worse.
func TestHeadlineNamesADropWithinTheMargin(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 30, 970, 0)
	c := hold(t, base, head, compare.Options{})
	require.Equal(t, compare.NoWorse, *c.Verdict)
	require.Equal(t, "v3 is no worse than v2: it breaks 30 of 1000 cases and fixes none (case_type). "+
		"A significant drop lies within the margin: 3 points at case_type (margin 5 points).", c.Headline)

	for _, side := range []*made{&base, &head} {
		side.graders = []string{"case_type", "format"}
		for id, trials := range side.cases {
			side.cases[id] = []trial{{trials[0][0], 1}}
		}
	}
	for i := range 40 {
		base.cases[caseID(i)][0][1] = 0
	}
	c = hold(t, base, head, compare.Options{})
	require.Equal(t, compare.Improved, *c.Verdict)
	require.Contains(t, c.Headline, "A significant drop lies within the margin: 3 points at case_type")
}

// Flips by a majority of trials can point against the difference; then the means
// say what happened.
func TestFlipsAgainstTheDifference(t *testing.T) {
	t.Parallel()
	base, head := alike(100, []trial{{0}, {0}, {0}}, []trial{{1}, {0}, {0}})
	for i := range 15 {
		base.cases[caseID(i)], head.cases[caseID(i)] = []trial{{1}, {1}, {0}}, []trial{{1}, {0}, {0}}
	}
	c := hold(t, base, head, compare.Options{})
	g := only(t, c)
	require.Positive(t, *g.Delta)
	require.Equal(t, []int{15, 0}, []int{g.NewlyFail, g.NewlyPass})
	require.Equal(t, "v3 is better than v2 at case_type: the mean of 100 cases goes from 0.10 to 0.33 (p < .001).", c.Headline)
}

// Criteria of a rubric do not regress by one p of many.
func TestCriteriaAreAdjustedTogether(t *testing.T) {
	t.Parallel()
	names := []string{"case_type"}
	for i := range 10 {
		names = append(names, fmt.Sprintf("rubric/c%d", i))
	}
	base, head := one(names...), one(names...)
	for i := range 30 {
		b, h := trial{1}, trial{1}
		for k := range 10 {
			before, after := 1.0, 1.0
			switch { // the first falls six times, the others fall and rise as often
			case k == 0 && i < 6 || k > 0 && i < 4:
				after = 0
			case k > 0 && i >= 4 && i < 8:
				before = 0
			}
			b, h = append(b, before), append(h, after)
		}
		base.cases[caseID(i)], head.cases[caseID(i)] = []trial{b}, []trial{h}
	}
	g := hold(t, base, head, compare.Options{}).Graders[1]
	require.InDelta(t, 0.03125, *g.P, 1e-12)
	require.Equal(t, compare.Inconclusive, *g.Verdict)
	require.Contains(t, g.Warnings[0], "its p is adjusted over the criteria of the rubric")
}

// A reply cut by length has no type in the table, so that its rows agree with the
// grader.
func TestConfusionAgreesWithCaseType(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 3, 27, 0)
	b, h := base.run("v2"), head.run("v3")
	h.Calls[0].FinishReason, h.Calls[1].FinishReason = "length", "MAX_TOKENS" // the latter as older run files have it
	h.Trials[1].Read.Type, h.Trials[2].Read.Type = "question", "question"
	c, err := compare.Compare(b, h, compare.Options{})
	require.NoError(t, err)
	require.Equal(t, [][]int{{27, 1, 2}, {0, 0, 0}}, c.Confusion.Head)
	require.Equal(t, 27, only(t, c).HeadPass)
	require.Equal(t, c.Confusion.Head, summary.Of(h, nil).Confusion)
}

// Improved of one of several heads rests on all of them; regressed does not.
func TestHeadsAreCorrectedTogetherForImproved(t *testing.T) {
	t.Parallel()
	base, better := flips(7, 0, 93, 0)
	_, worse := flips(7, 0, 93, 0)
	even := made{graders: better.graders, cases: map[string][]trial{}}
	for i := range 100 {
		worse.cases[caseID(i)], even.cases[caseID(i)] = base.cases[caseID(i)], base.cases[caseID(i)]
		if i >= 90 && i < 97 {
			worse.cases[caseID(i)] = []trial{{0}}
		}
		if i >= 4 && i < 11 {
			even.cases[caseID(i)] = []trial{{float64((10 - i) / 4)}}
		}
	}
	var list []*compare.Comparison
	for i, head := range []made{better, worse, even, even, even} {
		c, err := compare.Compare(base.run("v2"), head.run(fmt.Sprintf("v%d", 3+i)), compare.Options{})
		require.NoError(t, err)
		list = append(list, c)
	}
	require.Equal(t, compare.Improved, *only(t, list[0]).Verdict)
	compare.Together(list)
	require.NotEqual(t, compare.Improved, *only(t, list[0]).Verdict)
	require.InDelta(t, 4*0.015625, *only(t, list[0]).PAdjusted, 1e-12, "seven flips cannot be significant at K = 4")
	require.Equal(t, compare.Regressed, *only(t, list[1]).Verdict)
	require.InDelta(t, 0.015625, *only(t, list[1]).PAdjusted, 1e-12)
}

// typed makes two runs of one grader over cases of several expected types.
func typed(groups map[string][4]int) (base, head made) {
	base, head = one("case_type"), one("case_type")
	types := map[string]string{}
	for _, name := range []string{"answer", "question", "invalid"} {
		counts, ok := groups[name]
		if !ok {
			continue
		}
		b, h := flips(counts[0], counts[1], counts[2], counts[3])
		for id := range b.cases {
			types[name+id] = name
			base.cases[name+id], head.cases[name+id] = b.cases[id], h.cases[id]
		}
	}
	change := func(c *runfile.Case) { c.Expect.Type = types[c.Case] }
	base.change, head.change = change, change
	return base, head
}

// The recordings of v3 and v4: what cancels out over all cases is named by type.
func TestMixed(t *testing.T) {
	t.Parallel()
	base, head := typed(map[string][4]int{
		"answer": {4, 31, 5, 17}, "question": {38, 0, 13, 5}, "invalid": {0, 12, 0, 43},
	})
	o := compare.Options{Gating: []string{"case_type"}}
	c := hold(t, base, head, o)
	require.Equal(t, compare.Mixed, *c.Verdict)
	require.Equal(t, compare.Inconclusive, *only(t, c).Verdict, "a grader's verdict is never mixed")
	require.Equal(t, "v3 breaks `answer` cases (31 of 57 newly fail) and `invalid` cases (12 of 55 newly fail), "+
		"and fixes `question` cases (38 of 56 newly pass). "+
		"Overall, 61 of 168 cases pass case_type in v2 and 60 in v3.", c.Headline)
	require.Len(t, c.Slices, 3)
	require.Equal(t, []string{"answer", "question", "invalid"},
		[]string{c.Slices[0].Value, c.Slices[1].Value, c.Slices[2].Value}, "as the suite lists them, then the others")
	out, err := json.Marshal(c.Slices[0])
	require.NoError(t, err)
	var s map[string]any
	require.NoError(t, json.Unmarshal(out, &s))
	require.Equal(t, []any{"case_type", "type", "answer", 57., 36., 9., 4., 31., "worse"}, []any{
		s["grader"], s["by"], s["value"], s["cases"], s["base_passed"], s["head_passed"], s["better"], s["worse"], s["verdict"],
	})
	require.InEpsilon(t, 1.7327256500720978e-06, s["p"], 1e-9) // binom.cdf(4, 35, 0.5) by SciPy 1.17.1
	require.Equal(t, []compare.SliceVerdict{"better", "worse"}, []compare.SliceVerdict{c.Slices[1].Verdict, c.Slices[2].Verdict})
	require.InEpsilon(t, 1/float64(1<<38), *c.Slices[1].P, 1e-12)
	require.Empty(t, c.Gates)

	o.GatingByType = []string{"case_type"}
	c = hold(t, base, head, o)
	require.Equal(t, compare.Mixed, *c.Verdict)
	require.True(t, summary.Missed(c.Gates))
	require.Equal(t, []string{"answer", "invalid"}, c.Gates[0].Worse)
	require.Equal(t, "gate missed: `answer` and `invalid` cases are worse at case_type", c.Gates[0].String())
	require.Equal(t, "168 cases reliably detect a drop of 18 points", only(t, c).Warnings[0],
		"no number of cases settles what types settled")
	counts := map[string]int{}
	for _, row := range c.Rows(43)[:7] {
		counts[row.Case.Expect.Type]++
	}
	require.Equal(t, map[string]int{"answer": 5, "invalid": 2}, counts, "in proportion to the 31 and 12 that broke")
}

// A gate by type keeps no other grader from deciding, and is ignored where no type is tested.
func TestGateByType(t *testing.T) {
	t.Parallel()
	base, head := one("case_type", "format", "rubric/a"), one("case_type", "format", "rubric/a")
	for i := range 20 {
		base.cases[caseID(i)], head.cases[caseID(i)] = []trial{{1, 1, 1}}, []trial{{1, 0, 1}}
	}
	c := hold(t, base, head, compare.Options{GatingByType: []string{"case_type", "rubric/a"}})
	require.Equal(t, compare.Regressed, *c.Verdict, "by format")
	require.True(t, c.Graders[2].Gating)
	require.False(t, summary.Missed(c.Gates))
	require.Equal(t, "gate ignored: case_type by type, because it takes two types with 10 scored cases each", c.Gates[0].String())
	c = hold(t, base, head, compare.Options{GatingByType: []string{"case_type"}, Gating: []string{"rubric/a"}})
	require.Equal(t, []bool{true, false, true}, []bool{c.Graders[0].Gating, c.Graders[1].Gating, c.Graders[2].Gating})
}

func TestWhatIsASlice(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		types  map[string][4]int
		margin float64
		want   []string // verdicts, none for no slices
		over   compare.Verdict
	}{
		{"a collapsed type", map[string][4]int{"answer": {0, 8, 12, 0}, "question": {9, 0, 11, 0}}, 0,
			[]string{"worse", "better"}, compare.Mixed},
		{"five flips of a type", map[string][4]int{"answer": {0, 5, 15, 0}, "question": {0, 0, 80, 0}}, 0,
			[]string{"worse", "open"}, compare.Mixed},
		{"one type is no slice", map[string][4]int{"answer": {0, 5, 95, 0}, "question": {0, 0, 9, 0}}, 0,
			nil, compare.Inconclusive},
		{"within the margin", map[string][4]int{"answer": {0, 12, 188, 0}, "question": {2, 0, 198, 0}}, 0.1,
			[]string{"open", "open"}, compare.NoWorse},
		{"regressed stays", map[string][4]int{"answer": {0, 18, 2, 0}, "question": {0, 0, 20, 0}}, 0,
			[]string{"worse", "open"}, compare.Regressed},
		{"better alone leaves the verdict", map[string][4]int{"answer": {6, 0, 14, 0}, "question": {0, 0, 20, 0}}, 0,
			[]string{"better", "open"}, compare.Improved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, head := typed(tt.types)
			c := hold(t, base, head, compare.Options{Margin: tt.margin})
			var got []string
			for _, s := range c.Slices {
				got = append(got, string(s.Verdict))
			}
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.over, *c.Verdict, c.Headline)
		})
	}
}

// A group that spans types counts in each with the cases of that type, and trials
// are averaged before.
func TestSlicesCountUnits(t *testing.T) {
	t.Parallel()
	base, head := one("case_type"), one("case_type")
	change := func(c *runfile.Case) {
		c.Group = c.Case[:len("case-0000")]
		c.Expect.Type = map[byte]string{'a': "answer", 'b': "answer", 'q': "question"}[c.Case[len(c.Case)-1]]
	}
	base.change, head.change = change, change
	for i := range 12 {
		for _, kind := range []string{"a", "b", "q"} {
			base.cases[caseID(i)+kind] = []trial{{1}, {1}}
			head.cases[caseID(i)+kind] = []trial{{1}, {1}}
		}
		head.cases[caseID(i)+"a"] = []trial{{1}, {0}}
	}
	c := hold(t, base, head, compare.Options{})
	require.Len(t, c.Slices, 2)
	answer, question := c.Slices[0], c.Slices[1]
	require.Equal(t, []int{24, 12, 12, 24, 12}, []int{answer.Cases, answer.Units, answer.Worse, answer.BasePassed, answer.HeadPassed})
	require.Equal(t, []int{12, 12, 0}, []int{question.Cases, question.Units, question.Worse})
	require.InDelta(t, 1./4096, *answer.P, 1e-15)
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.Equal(t, 12, only(t, c).Units)
}

// Tags carry a p that is corrected over all of them, and decide nothing.
func TestTagsDecideNothing(t *testing.T) {
	t.Parallel()
	base, head := flips(8, 8, 84, 0)
	change := func(c *runfile.Case) {
		switch {
		case c.Case < caseID(8):
			c.Tags = []string{"rises"}
		case c.Case < caseID(16):
			c.Tags = []string{"falls"}
		case c.Case < caseID(60):
			c.Tags = []string{"same"}
		}
	}
	base.change, head.change = change, change
	c := hold(t, base, head, compare.Options{Margin: 0.2})
	require.Equal(t, compare.NoWorse, *c.Verdict)
	require.Len(t, c.Tags, 3)
	require.InDelta(t, 0.0078125, *c.Tags[0].P, 1e-12, "both smallest of two: twice p over two")
	require.Nil(t, c.Tags[2].P, "fewer than six cases differ")
}
