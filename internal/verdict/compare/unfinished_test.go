package compare_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// begin begins to compare a head that scores as made with a base of the same cases. The
// base is recorded, unless it is run, too.
func begin(t *testing.T, base, head made, isRun bool, o compare.Options, how compare.Stopping) *compare.Unfinished {
	t.Helper()
	planned := head.run("v3")
	for i := range planned.Trials {
		tr := &planned.Trials[i]
		tr.Error = nil
		tr.Scores = nil
		for k, name := range head.graders {
			score := head.trial(tr.Case, 1, trial{0}).Scores[0]
			score.Grader = name
			if head.cases[tr.Case][0][min(k, len(head.cases[tr.Case][0])-1)] == notApplicable {
				score.Value, score.NotApplicable = nil, "it applies to question"
			}
			tr.Scores = append(tr.Scores, score)
		}
	}
	from := base.run("v2")
	if isRun {
		from = &runfile.Run{Header: from.Header}
	}
	u, err := compare.NewUnfinished(from, &runfile.Run{Header: planned.Header}, planned, isRun, o, how)
	require.NoError(t, err)
	return u
}

// see shows the first n cases.
func see(u *compare.Unfinished, base, head made, n int) {
	b, h := base.run("v2"), head.run("v3")
	u.See(h.Cases[:n], b.Trials[:n], h.Trials[:n])
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	edit := func(m made, ids []int, value float64) made {
		for _, id := range ids {
			m.cases[fmt.Sprintf("case-%04d", id)] = []trial{{value}}
		}
		return m
	}
	for _, tt := range []struct {
		name                 string
		change               func(base, head made) (made, made)
		o                    compare.Options
		gateOnly             bool
		seen                 int
		want                 compare.Verdict // empty: go on
		toEnd, onlyRegressed string
	}{
		{name: "no flip", seen: 180, want: compare.NoWorse},
		{name: "no flip, too early", seen: 150},
		{name: "no flip, gate only", seen: 80, gateOnly: true, want: compare.Inconclusive},
		{name: "a drop", seen: 90, want: compare.Regressed, change: func(base, head made) (made, made) {
			return base, edit(head, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22}, 0)
		}},
		{
			name: "a gate by type", seen: 180, gateOnly: true, o: compare.Options{GatingByType: []string{"case_type"}},
			onlyRegressed: "a gate by type needs all cases",
		},
		{
			name: "a gate on the mean", seen: 180, o: compare.Options{Gates: []config.Gate{{Grader: "case_type", Min: 0.5}}},
			onlyRegressed: "a gate on case_type needs all cases",
		},
		{
			name: "a failed call", seen: 180, onlyRegressed: "some cases have no score",
			change: func(base, head made) (made, made) { return base, edit(head, []int{3}, failed) },
		},
		{
			name: "a case without a score at the base, still to come", seen: 180, onlyRegressed: "some cases have no score",
			change: func(base, head made) (made, made) { return edit(base, []int{199}, unscored), head },
		},
		{
			name: "a value between 0 and 1 in the head", seen: 180, toEnd: "case_type has values between 0 and 1",
			change: func(base, head made) (made, made) { return base, edit(head, []int{5}, 0.5) },
		},
		{
			name: "a value between 0 and 1 in the base, still to come", seen: 180, toEnd: "case_type has values between 0 and 1",
			change: func(base, head made) (made, made) { return edit(base, []int{199}, 0.5), head },
		},
		{
			name: "several trials at the base", seen: 180, toEnd: "there are 2 trials a case",
			change: func(base, head made) (made, made) {
				base.cases["case-0000"] = []trial{{1}, {1}}
				return base, head
			},
		},
		{
			name: "groups", seen: 180, toEnd: "the suite has groups of paraphrases",
			change: func(base, head made) (made, made) {
				head.change = func(c *runfile.Case) {
					if c.Case < "case-0002" {
						c.Group = "g"
					}
				}
				return base, head
			},
		},
		{name: "a grader that does not apply to the cases to come", seen: 72, change: func(base, head made) (made, made) {
			for id := range 100 {
				edit(base, []int{100 + id}, notApplicable)
				edit(head, []int{100 + id}, notApplicable)
			}
			return base, head
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, head := flips(0, 0, 200, 0)
			if tt.change != nil {
				base, head = tt.change(base, head)
			}
			u := begin(t, base, head, false, tt.o, compare.Stopping{GateOnly: tt.gateOnly})
			see(u, base, head, tt.seen)
			d, ok := u.Decide()
			require.Equal(t, tt.want != "", ok)
			require.Equal(t, tt.want, compare.Verdict(d.Verdict))
			require.Equal(t, tt.toEnd, u.ToEnd())
			require.Equal(t, tt.onlyRegressed, u.OnlyRegressed())
			if o := u.Outlook(); tt.want == compare.NoWorse {
				require.Greater(t, o.NoWorse, 0.99)
				require.Less(t, o.Regressed, 0.01)
			}
		})
	}
}

// With a base that is run beside the head, the same is decided as with a recorded one.
func TestUnfinishedOnALiveBase(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 0, 200, 0)
	for _, isRun := range []bool{false, true} {
		u := begin(t, base, head, isRun, compare.Options{}, compare.Stopping{})
		b, h := base.run("v2"), head.run("v3")
		u.See(h.Cases[:100], b.Trials[:100], h.Trials[:100])
		_, ok := u.Decide()
		require.False(t, ok)
		u.See(h.Cases[100:180], b.Trials[100:180], h.Trials[100:180])
		d, ok := u.Decide()
		require.True(t, ok)
		require.Equal(t, runfile.Decided{Verdict: "no_worse", Rule: 1, Base: "run-of-v2"}, d)
	}
}

// A run that stopped early shows its decision against its own base, and nothing is
// tested, whatever it is compared with.
func TestCompareOfAStoppedRun(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 30, 170, 0)
	whole := base.run("v2")
	stopped := head.run("v3").Only(func(c *runfile.Case) bool { return c.Case < "case-0070" })
	stopped.Header.Cases = 200
	stopped.End = &runfile.End{Status: runfile.Complete, Decided: &runfile.Decided{
		Verdict: "regressed", Share: 0.35, Look: 6, Rule: 1, Cases: 70, Base: "run-of-v2", Graders: []string{"case_type"},
	}}
	o := compare.Options{GatingByType: []string{"case_type"}, Gates: []config.Gate{{Grader: "case_type", Min: 0.9}}}
	c, err := compare.Compare(whole, stopped, o)
	require.NoError(t, err)
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.Equal(t, 70, c.Pairs)
	require.Empty(t, c.Changes.Removed)
	require.Empty(t, c.Gates)
	require.Equal(t, "v3 is worse than v2 at case_type, decided after 70 of 200 cases (35%). "+
		"So far it breaks 30 of 70 cases and fixes none.", c.Headline)
	g := only(t, c)
	require.Nil(t, g.P)
	require.Nil(t, g.CI)
	require.Nil(t, g.Verdict)
	require.Equal(t, 30, g.Worse)
	require.Less(t, *g.Delta, -0.4)
	out, err := json.Marshal(c)
	require.NoError(t, err)
	require.Contains(t, string(out), `"decided":{"verdict":"regressed","share":0.35,"look":6,"rule":1,"cases":70,`)

	// Together with others, it still counts as a test and keeps its decision.
	other, err := compare.Compare(whole, head.run("v4"), compare.Options{})
	require.NoError(t, err)
	compare.Together([]*compare.Comparison{c, other})
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.Equal(t, compare.Regressed, *other.Verdict)

	for _, pair := range [][2]*runfile.Run{{stopped, whole}, {head.run("v4"), stopped}} {
		c, err := compare.Compare(pair[0], pair[1], compare.Options{})
		require.NoError(t, err)
		require.Nil(t, c.Verdict)
		require.Nil(t, c.Decided)
		require.Contains(t, c.Headline, "a run that stopped early is not tested again")
	}
	_, err = compare.NewUnfinished(stopped, &runfile.Run{Header: whole.Header}, whole, false,
		compare.Options{}, compare.Stopping{})
	require.ErrorContains(t, err, "run run-of-v3 stopped early, so it cannot be a base")
}
