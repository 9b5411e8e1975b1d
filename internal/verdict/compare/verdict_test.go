package compare_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// The numbers of the design's example: 1 better, 10 worse, 49 the same.
func TestKnownComparison(t *testing.T) {
	t.Parallel()
	base, head := flips(1, 10, 44, 5)
	for _, side := range []*made{&base, &head} {
		side.graders = []string{"case_type", "format", "subtodo_count"}
		for id, trials := range side.cases {
			side.cases[id] = []trial{{trials[0][0], 1, 0}} // two graders that see no difference
		}
	}
	c := hold(t, base, head, compare.Options{})
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.Len(t, c.Graders, 3)
	g := c.Graders[0]
	require.Equal(t, "case_type", g.Grader)
	require.Equal(t, []int{60, 60, 1, 10, 49, 0}, []int{g.Cases, g.Units, g.Better, g.Worse, g.Same, g.LeftOut})
	require.Equal(t, compare.McNemar, g.Method)
	require.Equal(t, compare.Tango, g.CIMethod)
	require.InDelta(t, 0.9, *g.BaseMean, 1e-12)
	require.InDelta(t, 0.75, *g.HeadMean, 1e-12)
	require.InDelta(t, -0.15, *g.Delta, 1e-12)
	require.InDelta(t, 0.0117, *g.P, 5e-5)
	require.InDelta(t, *g.P, *g.PAdjusted, 1e-12, "graders without a flip cost nothing")
	require.InDelta(t, -0.2675, g.CI[0], 5e-5)
	require.InDelta(t, -0.0511, g.CI[1], 5e-5)
	require.Equal(t, compare.Regressed, *g.Verdict)
	require.Equal(t, []int{54, 45, 10, 1}, []int{g.BasePass, g.HeadPass, g.NewlyFail, g.NewlyPass})
	require.Equal(t, "v3 is worse than v2 at case_type: it breaks 10 of 60 cases and fixes 1 (p = .012).", c.Headline)

	// 60 cases without a flip do not show that nothing dropped by 0.05; 73 do.
	require.Equal(t, compare.Inconclusive, *c.Graders[1].Verdict)
	require.Equal(t, 73, *c.Graders[1].ToSettle)

	require.Len(t, c.Flips, 11)
	require.Equal(t, compare.Flip{Case: "case-0001", Grader: "case_type", Base: 1, Head: 0, ToFail: true}, c.Flips[0])
	require.Equal(t, compare.Flip{Case: "case-0000", Grader: "case_type", Base: 0, Head: 1}, c.Flips[10])
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                      string
		better, worse, pass, fail int
		margin                    float64
		want                      compare.Verdict
		warning                   string // part of one, if any
	}{
		{"six one-way flips improve", 6, 0, 54, 0, 0, compare.Improved, ""},
		{"five do not", 5, 0, 30, 0, 0, compare.NoWorse, ""},
		{"six one-way flips regress", 0, 6, 24, 0, 0, compare.Regressed, ""},
		{"five are open", 0, 5, 25, 0, 0, compare.Inconclusive, "30 cases reliably detect a drop"},
		{"nothing flips in 73 cases", 0, 0, 73, 0, 0, compare.NoWorse, ""},
		{"nothing flips in 72 cases", 0, 0, 72, 0, 0, compare.Inconclusive, "about 1 more case would settle this"},
		{"nothing passes at all", 0, 0, 0, 73, 0, compare.NoWorse, ""},
		{
			"a wider margin takes a drop", 0, 6, 194, 0, 0.2, compare.NoWorse,
			"a significant drop of 3 points (p = .031), within the margin of 20 points",
		},
		{"improved comes before no worse", 10, 0, 990, 0, 0, compare.Improved, ""},
		{
			"five cases can show nothing", 0, 1, 4, 0, 0, compare.Inconclusive,
			"5 cases are too few to detect any drop reliably",
		},
		{"one case", 0, 1, 0, 0, 0, compare.Inconclusive, "1 case"},
		{"as many better as worse, few cases", 10, 10, 40, 0, 0, compare.Inconclusive, "would settle this"},
		{"as many better as worse, many cases", 10, 10, 980, 0, 0, compare.NoWorse, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, head := flips(tt.better, tt.worse, tt.pass, tt.fail)
			c := hold(t, base, head, compare.Options{Margin: tt.margin})
			g := only(t, c)
			require.Equal(t, tt.want, *g.Verdict, "%+v", g)
			require.Equal(t, tt.want, *c.Verdict)
			require.InDelta(t, *g.P, *g.PAdjusted, 0, "one grader needs no correction")
			require.Len(t, c.Flips, tt.better+tt.worse, "every verdict lists the flips")
			if tt.warning == "" {
				require.Empty(t, g.Warnings)
			} else {
				require.Contains(t, fmt.Sprint(g.Warnings), tt.warning)
			}
			require.Equal(t, tt.want == compare.Inconclusive, g.Detectable != nil || g.ToSettle != nil)
		})
	}
}

// Six flips are enough alone and beside idle graders, but not among four graders
// that flip as often.
func TestTaroneHolmOverGatingGraders(t *testing.T) {
	t.Parallel()
	names := []string{"case_type", "format", "subtodo_count", "rubric", "rubric/actionable", "rubric/polite"}
	sixFall := func(flip bool) (base, head made) {
		base, head = one(names...), one(names...)
		for i := range 30 {
			id, before, after, v := fmt.Sprintf("case-%04d", i), 1.0, 1.0, 1.0
			switch {
			case i < 6:
				v = 0
			case flip && i < 11:
				before = 0
			case flip && i < 16:
				after = 0
			}
			base.cases[id] = []trial{{1, before, before, before, 1, 1}}
			head.cases[id] = []trial{{v, after, after, after, v, 1}}
		}
		return base, head
	}
	base, head := sixFall(false)
	c := hold(t, base, head, compare.Options{})
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.InDelta(t, 0.03125, *c.Graders[0].PAdjusted, 1e-12)
	base, head = sixFall(true)
	c = hold(t, base, head, compare.Options{})
	require.Equal(t, compare.Inconclusive, *c.Verdict)
	require.InDelta(t, 0.03125, *c.Graders[0].P, 1e-12)
	require.InDelta(t, 3*0.03125, *c.Graders[0].PAdjusted, 1e-12, "at K = 3 three others could be significant")
	require.Equal(t, compare.Inconclusive, *c.Graders[0].Verdict)
	for i, g := range c.Graders {
		require.Equal(t, i < 4, g.Gating, "criteria of a rubric gate only where they are named: %s", g.Grader)
		require.Equal(t, i < 4, g.PAdjusted != nil)
	}
	require.Equal(t, compare.Regressed, *c.Graders[4].Verdict, "by the p of its rubric's criteria; the other one is idle")
	require.Contains(t, c.Graders[4].Warnings[0], "not part of the overall verdict")

	c = hold(t, base, head, compare.Options{Gating: []string{"case_type"}})
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.InDelta(t, 0.03125, *c.Graders[0].PAdjusted, 1e-12)

	c = hold(
		t, base, head,
		compare.Options{Gating: []string{"rubric/actionable"}, Margins: map[string]float64{"rubric/actionable": 0.5}},
	)
	require.Equal(t, compare.NoWorse, *c.Verdict)
	require.True(t, c.Graders[4].Gating)
	require.InDelta(t, 0.5, c.Graders[4].Margin, 0)

	c = hold(t, base, head, compare.Options{Gating: []string{"no_such"}})
	require.Nil(t, c.Verdict)
	require.Contains(t, c.Notes, "a gate names no_such, which neither run scored")
	require.Contains(t, c.Headline, "No verdict on")
}

func TestOverallVerdict(t *testing.T) {
	t.Parallel()
	// Each grader has 200 cases; the first few flip.
	with := func(flips ...int) (base, head made) {
		base, head = one(), one()
		for i := range flips {
			base.graders = append(base.graders, fmt.Sprintf("g%d", i))
		}
		head.graders = base.graders
		for i := range 200 {
			b, h := trial{}, trial{}
			for _, n := range flips {
				before, after := 1.0, 1.0
				switch {
				case n > 0 && i < n:
					before = 0
				case n < 0 && i < -n:
					after = 0
				}
				b, h = append(b, before), append(h, after)
			}
			id := fmt.Sprintf("case-%03d", i)
			base.cases[id], head.cases[id] = []trial{b}, []trial{h}
		}
		return base, head
	}
	for _, tt := range []struct {
		flips    []int
		want     compare.Verdict
		headline string
	}{
		{
			[]int{40, -40, 0}, compare.Regressed,
			"v3 is worse than v2 at g1: it breaks 40 of 200 cases and fixes none (p < .001). v3 is better than v2 at g0.",
		},
		{
			[]int{40, 0, 0}, compare.Improved,
			"v3 is better than v2 at g0, and no worse elsewhere: it fixes 40 of 200 cases and breaks none",
		},
		{[]int{40}, compare.Improved, "v3 is better than v2 at g0: it fixes 40 of 200"},
		{[]int{0, 0, 0}, compare.NoWorse, "v3 is no worse than v2: none of 200 cases flips (g0)."},
		{
			[]int{40, -5, 0}, compare.Inconclusive,
			"v3 breaks 5 cases and fixes none at g1. 200 cases are too few to call it worse than v2 there. " +
				"v3 is better than v2 at g0.",
		},
	} {
		base, head := with(tt.flips...)
		c := hold(t, base, head, compare.Options{})
		require.Equal(t, tt.want, *c.Verdict, "%v", tt.flips)
		require.Contains(t, c.Headline, tt.headline)
	}
}

// A favourable verdict must not rest on what is missing.
func TestLeftOutPairsCountAsWorse(t *testing.T) {
	t.Parallel()
	lose := func(side made, value float64, n int) {
		for i := range n {
			side.cases[fmt.Sprintf("case-%04d", 50+i)] = []trial{{value}}
		}
	}
	for _, value := range []float64{unscored, failed} {
		base, head := flips(8, 0, 92, 0)
		lose(head, value, 3)
		c := hold(t, base, head, compare.Options{})
		g := only(t, c)
		require.Equal(t, 3, g.LeftOut)
		require.Equal(t, 97, g.Cases)
		require.Less(t, *g.P, 0.05)
		require.Equal(t, compare.NoWorse, *g.Verdict, "what it would be if all of them got worse")
		require.Contains(t, g.Warnings[0], "improved without the 3 cases left out, but no worse if all of them got worse")

		base, head = flips(8, 0, 92, 0)
		lose(head, value, 6)
		g = only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, compare.Inconclusive, *g.Verdict)
		require.Contains(t, g.Warnings[0], "improved without the 6 cases left out, but inconclusive if all of them got worse")
		require.NotNil(t, g.Detectable, "what so many units could have shown holds all the same")
		require.Nil(t, g.ToSettle, "more cases are not what is missing")

		base, head = flips(20, 0, 80, 0)
		lose(head, value, 1)
		g = only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, compare.Improved, *g.Verdict, "one case more or less changes nothing")

		base, head = flips(0, 0, 100, 0)
		lose(base, value, 4)
		lose(head, value, 4) // the same cases: missing on both sides is left out, too
		g = only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, 4, g.LeftOut)
		require.Equal(t, compare.Inconclusive, *g.Verdict)

		base, head = flips(0, 12, 88, 0)
		lose(head, value, 4)
		g = only(t, hold(t, base, head, compare.Options{}))
		require.Equal(t, compare.Regressed, *g.Verdict, "what is missing never speaks for the head")
	}
}

func TestNotApplicableIsNotLeftOut(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 0, 100, 0)
	for i := range 20 {
		id := fmt.Sprintf("case-%04d", i)
		base.cases[id] = []trial{{notApplicable}}
		head.cases[id] = []trial{{notApplicable}}
	}
	head.cases["case-0000"] = []trial{{failed}} // the base knows that the grader does not apply
	c := hold(t, base, head, compare.Options{})
	g := only(t, c)
	require.Equal(t, 80, g.Cases)
	require.Zero(t, g.LeftOut)
	require.Equal(t, compare.NoWorse, *g.Verdict)
	require.Equal(t, 1, c.Head.Errors)
}

func TestNothingToJudge(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 0, 20, 0)
	none := func(value float64) made {
		m := one("case_type")
		for id := range head.cases {
			m.cases[id] = []trial{{value}}
		}
		return m
	}
	c := hold(t, base, none(failed), compare.Options{})
	g := only(t, c)
	require.Equal(t, compare.Inconclusive, *c.Verdict)
	require.Equal(t, 20, g.LeftOut)
	require.Nil(t, g.P)
	require.Nil(t, g.CI)
	require.Contains(t, g.Warnings, "no case is scored on both sides; 20 left out")
	require.Equal(t, "No verdict on v3 against v2: no grader scored a case on both sides.", c.Headline)

	c = hold(t, none(failed), none(failed), compare.Options{})
	require.Equal(t, compare.Inconclusive, *c.Verdict, "the graders that the headers name were left out everywhere")

	c = hold(t, none(notApplicable), none(notApplicable), compare.Options{})
	require.Nil(t, only(t, c).Verdict)
	require.Nil(t, c.Verdict)
	require.Contains(t, c.Headline, "No verdict on v3 against v2")

	run := head.run("v3")
	run.Trials, run.End = nil, nil // killed right after the cases were written
	c, err := compare.Compare(base.run("v2"), run, compare.Options{})
	require.NoError(t, err)
	require.Equal(t, compare.Inconclusive, *c.Verdict)
	require.Contains(t, c.Notes, "the head run is incomplete: it has no end line")
	require.Equal(t, "not run", c.Rows(-1)[0].Head.Error)

	_, err = compare.Compare(
		&runfile.Run{Header: runfile.Header{Prompt: runfile.Prompt{Hash: "a"}}}, &runfile.Run{}, compare.Options{},
	)
	require.ErrorContains(t, err, "neither run has a case")
}

// With repeats, groups or values between, the sign-flip permutation test
// decides, and the interval is the same method however many units differ.
func TestOtherValues(t *testing.T) {
	t.Parallel()
	each := func(side made, values func(i int) []trial, change func(*runfile.Case)) made {
		side = made{graders: side.graders, cases: maps.Clone(side.cases), change: change}
		for i := range 40 {
			side.cases[fmt.Sprintf("case-%04d", i)] = values(i)
		}
		return side
	}
	at := func(i, below int, x, y trial) trial {
		if i < below {
			return x
		}
		return y
	}
	pass, fail, half := trial{1}, trial{0}, trial{0.5}
	empty := one("case_type")
	inGroups := func(c *runfile.Case) { c.Group = c.Case[:len("case-000")] } // ten to a group

	for _, tt := range []struct {
		name       string
		base, head func(i int) []trial
		change     func(*runfile.Case)
		units      int
		method     compare.Method
		bounds     compare.Method
		want       compare.Verdict
	}{
		{
			"a value between, few differ", func(int) []trial { return []trial{pass} },
			func(i int) []trial { return []trial{at(i, 9, half, pass)} },
			nil, 40, compare.ExactFlips, compare.Augmented, compare.Regressed,
		},
		{
			"a value between, ten differ", func(int) []trial { return []trial{pass} },
			func(i int) []trial { return []trial{at(i, 10, half, pass)} },
			nil, 40, compare.ExactFlips, compare.Augmented, compare.Regressed,
		},
		{
			"two trials", func(int) []trial { return []trial{pass, pass} },
			func(i int) []trial { return []trial{at(i, 18, fail, pass), pass} },
			nil, 40, compare.ExactFlips, compare.Augmented, compare.Regressed,
		},
		{
			"two trials at the base, one at the head", func(int) []trial { return []trial{pass, pass} },
			func(int) []trial { return []trial{pass} },
			nil, 40, compare.ExactFlips, compare.Augmented, compare.Inconclusive,
		},
		{
			"groups", func(int) []trial { return []trial{pass} },
			func(i int) []trial { return []trial{at(i, 10, fail, pass)} },
			inGroups, 4, compare.ExactFlips, compare.Augmented, compare.Inconclusive,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := hold(t, each(empty, tt.base, tt.change), each(empty, tt.head, tt.change), compare.Options{})
			g := only(t, c)
			require.Equal(t, 40, g.Cases)
			require.Equal(t, tt.units, g.Units)
			require.Equal(t, tt.method, g.Method)
			require.Equal(t, tt.bounds, g.CIMethod)
			require.Equal(t, tt.want, *g.Verdict, "%+v", g)
			require.Nil(t, g.PStdErr, "an exact p has no error")
		})
	}
}

// A p from resampling says how exact it is, and comes out the same each time.
func TestSampledP(t *testing.T) {
	t.Parallel()
	base, head := one("format"), one("format")
	for i := range 120 {
		id := fmt.Sprintf("case-%04d", i)
		base.cases[id] = []trial{{float64(i%7) / 7}}
		head.cases[id] = []trial{{float64((i*i)%11) / 11}}
	}
	first := only(t, hold(t, base, head, compare.Options{Seed: 7, Samples: 500}))
	require.Equal(t, compare.SampledFlips, first.Method)
	require.NotNil(t, first.PStdErr)
	require.Equal(t, first, only(t, hold(t, base, head, compare.Options{Seed: 7, Samples: 500})))
}

// Cases count once in a group, and a unit passes where over half of its trials
// do.
func TestUnitsPassByTheirTrials(t *testing.T) {
	t.Parallel()
	base, head := one("case_type"), one("case_type")
	base.change = func(c *runfile.Case) { c.Group = "치과" }
	head.change = base.change
	// By cases one of two passes; by trials four of six do.
	base.cases["a"], base.cases["b"] = []trial{{1}, {1}, {1}}, []trial{{1}, {0}, {0}}
	head.cases["a"], head.cases["b"] = []trial{{1}, {1}, {0}}, []trial{{1}, {0}, {0}}
	g := only(t, hold(t, base, head, compare.Options{}))
	require.Equal(t, 1, g.Units)
	require.Equal(t, 1, g.BasePass)
	require.Zero(t, g.HeadPass, "three of six is not over half")
	require.InDelta(t, (1+1.0/3)/2, *g.BaseMean, 1e-12)
	require.Equal(t, 1, g.Worse)
}
