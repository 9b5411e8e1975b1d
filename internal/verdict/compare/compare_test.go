package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	base, head := flips(1, 1, 98, 0)
	for _, tt := range []struct {
		name   string
		change func(base, head *runfile.Run)
		o      compare.Options
		want   string // part of the refusal; empty: none
	}{
		{"nothing in the way", func(_, _ *runfile.Run) {}, compare.Options{}, ""},
		{
			"the same prompt", func(b, h *runfile.Run) { h.Header.Prompt.Hash = b.Header.Prompt.Hash }, compare.Options{},
			"use noise",
		},
		{
			"the same prompt, for drift", func(b, h *runfile.Run) { h.Header.Prompt.Hash = b.Header.Prompt.Hash },
			compare.Options{Drift: true}, "",
		},
		{
			"one run, for drift",
			func(b, h *runfile.Run) { h.Header.Prompt.Hash, h.Header.Run = b.Header.Prompt.Hash, b.Header.Run },
			compare.Options{Drift: true}, "base and head are one run",
		},
		{
			"the same prompt, for its noise", func(b, h *runfile.Run) { h.Header.Prompt.Hash = b.Header.Prompt.Hash },
			compare.Options{Noise: true}, "",
		},
		{
			"another model", func(_, h *runfile.Run) { h.Header.Model.ID = "other" }, compare.Options{},
			"model example-model against other; the models differ, so the prompt may not be the cause",
		},
		{
			"another endpoint", func(_, h *runfile.Run) { h.Header.Model.Endpoint = "openai" }, compare.Options{},
			"endpoint local against openai",
		},
		{
			"another model, allowed", func(_, h *runfile.Run) { h.Header.Model.ID = "other" }, compare.Options{AllowModel: true},
			"",
		},
		{"one prompt on two models, allowed", func(b, h *runfile.Run) {
			h.Header.Model.ID, h.Header.Prompt.Hash = "other", b.Header.Prompt.Hash
		}, compare.Options{AllowModel: true}, ""},
		{"another name of the model", func(_, h *runfile.Run) { h.Header.Model.Name = "fast" }, compare.Options{}, ""},
		{
			"another version of a grader", func(_, h *runfile.Run) { h.Header.Graders[0].Version = 2 }, compare.Options{},
			"case_type by version 1 and version 2; grade both by one suite first",
		},
		{
			"other parameters of a grader", func(_, h *runfile.Run) { h.Header.Graders[0].Params = json.RawMessage(`{}`) },
			compare.Options{}, "case_type by different parameters",
		},
		{
			"other reading rules", func(_, h *runfile.Run) { h.Header.Reply.Refusal = "안 돼요." }, compare.Options{},
			"read by different rules",
		},
		{
			"another version of the reader", func(_, h *runfile.Run) { h.Header.Reader = 2 }, compare.Options{},
			"read by version 1 and version 2 of the reader",
		},
		{"a header from before readers had versions", func(_, h *runfile.Run) { h.Header.Reader = 1 }, compare.Options{}, ""},
		{"80 of 100 cases", func(_, h *runfile.Run) { h.Cases = h.Cases[:80] }, compare.Options{}, ""},
		{
			"79 of 100 cases", func(_, h *runfile.Run) { h.Cases = h.Cases[:79] }, compare.Options{},
			"only 79 of 100 cases are in both runs with the same input (0 added, 21 removed, 0 changed); at least 80%",
		},
		{"21 changed", func(_, h *runfile.Run) {
			for i := range 21 {
				h.Cases[i].InputHash = "other"
			}
		}, compare.Options{}, "(0 added, 0 removed, 21 changed)"},
		{
			"no case in common", func(b, h *runfile.Run) { b.Cases, h.Cases = b.Cases[:50], h.Cases[50:] }, compare.Options{},
			"only 0 of 100",
		},
		{
			"an empty head", func(_, h *runfile.Run) { h.Cases, h.Trials, h.Calls = nil, nil, nil }, compare.Options{},
			"only 0 of 100",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, h := base.run("v2"), head.run("v3")
			tt.change(b, h)
			c, err := compare.Compare(b, h, tt.o)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			var refusal *compare.Refusal
			require.ErrorAs(t, err, &refusal)
			require.ErrorContains(t, err, tt.want)
			require.Nil(t, c)
		})
	}
}

// Programs that read the JSON loop over its lists: none may be null, though
// nothing flipped, nothing was noted and no case was left over.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 0, 100, 0)
	c, err := compare.Compare(base.run("v2"), head.run("v3"), compare.Options{})
	require.NoError(t, err)
	data, err := json.Marshal(c)
	require.NoError(t, err)
	for _, list := range []string{`"flips":[]`, `"notes":[]`, `"gates":[]`, `"added":[]`, `"removed":[]`, `"changed":[]`} {
		require.Contains(t, string(data), list)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	base, head := flips(1, 1, 98, 0)
	b, h := base.run("v2"), head.run("v3")
	temperature, seed := 0.7, 3
	b.Header.Model.Params = params.Params{Temperature: &temperature, Extra: map[string]any{"top_k": 1}}
	h.Header.Model.Params = params.Params{Seed: &seed, Extra: map[string]any{"top_k": 1}}
	h.Header.Model.Name = "fast"
	h.Header.Trials = 3
	h.Header.Suite.Name = "todos"
	b.Torn, b.End = true, nil
	h.End = &runfile.End{Status: runfile.Interrupted, Reason: "interrupted"}
	h.Cases[0].Expect.Type = "question"
	c, err := compare.Compare(b, h, compare.Options{Notes: []string{"both runs were graded again"}})
	require.NoError(t, err)
	require.Equal(t, []string{
		"both runs were graded again",
		"parameters differ, base against head: seed unset against 3, temperature 0.7 against unset",
		"the base ran suite subtodos, the head suite todos",
		"the base has 1 trial per case, the head has 3",
		"the base run is incomplete: it has no end line, and its last line is cut off",
		"the head run is interrupted",
		"1 case has different expectations in the two runs",
	}, c.Notes)
}

func TestUnpairedCasesAreListed(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 0, 100, 0)
	delete(base.cases, "case-0003")
	delete(head.cases, "case-0001")
	delete(head.cases, "case-0099")
	h := head.run("v3")
	h.Cases[0].InputHash = "edited"
	c, err := compare.Compare(base.run("v2"), h, compare.Options{})
	require.NoError(t, err)
	require.Equal(
		t,
		compare.Changes{
			Added: []string{"case-0003"}, Removed: []string{"case-0001", "case-0099"}, Changed: []string{"case-0000"},
		},
		c.Changes,
	)
	require.Equal(t, 96, c.Pairs)
	require.Equal(t, 96, only(t, c).Units)
	require.Len(t, c.Rows(-1), 96)
}

func TestTagsAndConfusion(t *testing.T) {
	t.Parallel()
	base, head := flips(2, 4, 90, 4)
	tags := func(c *runfile.Case) {
		c.Tags = []string{"전체", "전체"} // twice counts once
		if c.Case < "case-0006" {
			c.Tags = append(c.Tags, "flips")
		}
	}
	base.change, head.change = tags, tags
	b, h := base.run("v2"), head.run("v3")
	h.Trials[0].Read.Type = "question"
	h.Trials[1].Read.Type = ""
	h.Trials[2].Read.Type = "something else"
	h.Trials[3].Read = nil
	h.Cases[4].Expect.Type = ""
	c, err := compare.Compare(b, h, compare.Options{})
	require.NoError(t, err)
	require.Len(t, c.Tags, 2)
	require.Equal(t, "flips", c.Tags[0].Tag)
	require.Equal(t, []int{6, 2, 4}, []int{c.Tags[0].Units, c.Tags[0].Better, c.Tags[0].Worse})
	require.Equal(t, 100, c.Tags[1].Units)
	require.InDelta(t, -0.02, *c.Tags[1].Delta, 1e-12)
	require.Equal(t, only(t, c).CI, c.Tags[1].CI)

	require.Equal(t, []string{"answer", "question", "unread"}, c.Confusion.Returned)
	require.Equal(t, [][]int{{99, 0, 0}, {0, 0, 0}}, c.Confusion.Base, "a case that expects no type does not count")
	require.Equal(t, [][]int{{95, 1, 2}, {0, 0, 0}}, c.Confusion.Head)
}

func TestRowsComeMostTellingFirst(t *testing.T) {
	t.Parallel()
	base, head := one("case_type", "format"), one("case_type", "format")
	add := func(id string, b, h trial) { base.cases[id], head.cases[id] = []trial{b}, []trial{h} }
	add("a-same", trial{1, 1}, trial{1, 1})
	add("b-moved", trial{0, 0.25}, trial{0, 0.5})
	add("c-passes", trial{0, 1}, trial{1, 1})
	add("d-both", trial{0, 1}, trial{1, 0.5})
	add("e-fails", trial{1, notApplicable}, trial{0, notApplicable})
	add("f-lost", trial{1, 1}, trial{1, unscored})
	add("g-error", trial{1, 1}, trial{failed})
	c := hold(t, base, head, compare.Options{})
	ids := func(limit int) (out []string) {
		for _, row := range c.Rows(limit) {
			out = append(out, row.Case.Case)
		}
		return out
	}
	require.Equal(t, []string{"e-fails", "d-both", "c-passes", "f-lost", "g-error", "b-moved"}, ids(10))
	require.Equal(t, []string{"e-fails", "d-both", "c-passes", "f-lost", "g-error", "b-moved", "a-same"}, ids(-1))
	require.Equal(t, []string{"e-fails", "d-both"}, ids(2))
	require.Empty(t, ids(0))
	require.Equal(t, 6, c.Changed())
	require.Equal(t, []int{2, 2}, []int{c.NewlyFail, c.NewlyPass})
	marks := ""
	for _, row := range c.Rows(-1) {
		for _, m := range row.Marks {
			marks += m.BaseMark() + m.HeadMark() + " "
		}
	}
	require.Equal(t, "✓✗ ·· ✗✓ ✓✗ ✗✓ ✓✓ ✓✓ ✓? ✓? ✓? ✗✗ ✗✗ ✓✓ ✓✓ ", marks)
	require.Equal(t, compare.CaseSide{Error: "server"}, c.Rows(-1)[4].Head)
	require.Equal(t, compare.CaseSide{Said: summary.Said{Type: "answer", Items: 2}}, c.Rows(-1)[4].Base)
}

func TestGatesAreHeldAgainstTheHead(t *testing.T) {
	t.Parallel()
	base, head := flips(0, 40, 60, 0)
	c := hold(t, base, head, compare.Options{Gates: []config.Gate{{Grader: "case_type", Of: config.Mean, Min: 0.8}}})
	require.Len(t, c.Gates, 1)
	require.False(t, c.Gates[0].Pass)
	require.InDelta(t, 0.6, *c.Gates[0].Value, 1e-12)
}

// Two runs of one prompt, days apart, are told apart by the day; what was
// replayed shows no drift, and the comparison says so.
func TestDrift(t *testing.T) {
	t.Parallel()
	m := made{graders: []string{"case_type"}, cases: map[string][]trial{}}
	worse := made{graders: m.graders, cases: map[string][]trial{}}
	for i := range 40 {
		id := fmt.Sprintf("case-%02d", i)
		m.cases[id], worse.cases[id] = []trial{{1}}, []trial{{float64(min(1, i/20))}}
	}
	base, head := m.run("v3"), worse.run("v3")
	head.Header.Run = "another-run-of-v3"
	for i := range head.Calls {
		head.Calls[i].At = head.Calls[i].At.AddDate(0, 0, 3)
	}
	c, err := compare.Compare(base, head, compare.Options{Drift: true})
	require.NoError(t, err)
	require.Equal(
		t, "v3 is worse than it was on 2026-11-23 at case_type: it breaks 20 of 40 cases and fixes none (p < .001).",
		c.Headline,
	)
	require.Equal(
		t, []string{"base and head are runs of the same prompt: a difference comes from the model or chance"}, c.Notes,
	)

	for i := range 30 {
		head.Calls[i].ReplayedFrom = "run-of-v3"
	}
	for i := range head.Calls {
		head.Calls[i].At = base.Calls[i].At
	}
	c, err = compare.Compare(base, head, compare.Options{Drift: true})
	require.NoError(t, err)
	require.Contains(t, c.Headline, "v3 is worse than it was in run run-of-v3 at case_type")
	require.Equal(
		t,
		[]string{
			"base and head are runs of the same prompt: a difference comes from the model or chance; " +
				"30 of the head's 40 replies are replayed and cannot show drift",
		},
		c.Notes,
	)
}

func TestNoiseHeadline(t *testing.T) {
	t.Parallel()
	base, head := flips(2, 3, 15, 0)
	c := hold(t, base, head, compare.Options{Noise: true})
	require.Equal(t, "5 of 20 cases flip between two runs of v3, although nothing changed.", c.Headline)
}

// Any two runs either overlap too little and are refused, or their comparison is
// valid JSON (which a NaN is not), the same each time, consistent in its counts
// and verdicts, and mirrored if the two change places.
func TestAnyTwoRuns(t *testing.T) {
	t.Parallel()
	value := rapid.SampledFrom([]float64{0, 1, 1, 0.5, 1.0 / 3, unscored, notApplicable, failed})
	side := func(t *rapid.T, from, to int, grouped bool) made {
		m := one("case_type", "rubric", "rubric/a")
		for i := from; i < to; i++ {
			var trials []trial
			for range rapid.IntRange(0, 3).Draw(t, "trials") {
				tr := trial{value.Draw(t, "a"), value.Draw(t, "b"), value.Draw(t, "c")}
				if slices.Contains(tr, failed) { // an error is of the whole trial
					tr[0] = failed
				}
				trials = append(trials, tr)
			}
			m.cases[fmt.Sprintf("%02d", i)] = trials
		}
		m.change = func(c *runfile.Case) {
			if grouped {
				c.Group = c.Case[:1]
			}
			c.Tags = []string{"tag-" + c.Case[1:]}
		}
		return m
	}
	compared, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 5, 10, 12, 15, 20}).Draw(t, "base cases")
		removed := min(n, rapid.IntRange(0, 2).Draw(t, "removed"))
		added := rapid.IntRange(0, 2).Draw(t, "added")
		grouped := rapid.Bool().Draw(t, "grouped")
		base, head := side(t, 0, n, grouped), side(t, removed, n+added, grouped)
		o := compare.Options{Samples: 200}
		c, err := compare.Compare(base.run("v2"), head.run("v3"), o)
		if 5*(n-removed) < 4*(n+added) || n+added == 0 {
			var refusal *compare.Refusal
			require.ErrorAs(t, err, &refusal)
			refused++
			return
		}
		require.NoError(t, err)
		compared++
		out, err := json.Marshal(c)
		require.NoError(t, err)
		again, err := compare.Compare(base.run("v2"), head.run("v3"), o)
		require.NoError(t, err)
		same, err := json.Marshal(again)
		require.NoError(t, err)
		require.True(t, bytes.Equal(out, same))
		require.NotContains(t, string(out), "null,null", "no half of an interval")
		require.Equal(t, n-removed, c.Pairs)
		require.Len(t, c.Rows(-1), c.Pairs)
		require.NotEmpty(t, c.Headline)
		requireConsistent(t, c)
		mirror, err := compare.Compare(head.run("v3"), base.run("v2"), o)
		require.NoError(t, err)
		requireMirrored(t, c, mirror)
	})
	t.Logf("%d pairs of runs compared, %d refused", compared, refused)
	require.Greater(t, 3*compared, refused, "too few pairs of runs are compared")
	require.Positive(t, refused)
}

// requireConsistent holds the numbers of a comparison against each other, and
// every verdict against the numbers that it rests on.
func requireConsistent(t require.TestingT, c *compare.Comparison) {
	flips := map[string]int{}
	for _, f := range c.Flips {
		flips[fmt.Sprint(f.Grader, f.ToFail)]++
	}
	worst := 0
	order := []compare.Verdict{"", compare.NoWorse, compare.Improved, compare.Inconclusive, compare.Regressed}
	for _, g := range c.Graders {
		require.Equal(t, g.Units, g.Better+g.Worse+g.Same)
		require.LessOrEqual(t, g.Units, g.Cases)
		require.LessOrEqual(t, max(g.Cases, g.LeftOut), c.Pairs, "a case may have the scores of some trials")
		require.Equal(t, flips[fmt.Sprint(g.Grader, true)], g.NewlyFail)
		require.Equal(t, flips[fmt.Sprint(g.Grader, false)], g.NewlyPass)
		require.Equal(t, !strings.Contains(g.Grader, "/"), g.Gating)
		if g.Verdict == nil {
			require.Zero(t, g.Cases+g.LeftOut)
			continue
		}
		if g.Gating {
			worst = max(worst, slices.Index(order, *g.Verdict))
		}
		if g.Units == 0 {
			require.Equal(t, compare.Inconclusive, *g.Verdict)
			continue
		}
		p := g.P
		if g.Gating {
			require.GreaterOrEqual(t, *g.PAdjusted, *g.P)
			p = g.PAdjusted
		}
		require.True(t, *p > 0 && *p <= 1)
		require.True(t, -1 <= g.CI[0] && g.CI[0] <= g.CI[1] && g.CI[1] <= 1)
		require.InDelta(t, *g.HeadMean-*g.BaseMean, *g.Delta, 1e-9)
		switch *g.Verdict {
		case compare.Improved:
			require.True(t, *p < 0.05 && *g.Delta > 0)
		case compare.NoWorse:
			require.GreaterOrEqual(t, g.CI[0], -g.Margin)
		case compare.Regressed:
			require.True(t, *p < 0.05 && *g.Delta < 0 && g.CI[0] < -g.Margin)
		}
	}
	if c.Verdict == nil {
		require.Zero(t, worst)
	} else {
		require.Equal(t, order[worst], *c.Verdict)
	}
}

// requireMirrored requires of a comparison with base and head exchanged that it
// counts the same the other way round.
func requireMirrored(t require.TestingT, c, mirror *compare.Comparison) {
	byName := map[string]compare.Grader{}
	for _, g := range mirror.Graders {
		byName[g.Grader] = g
	}
	for _, g := range c.Graders {
		m := byName[g.Grader]
		require.Equal(t,
			[]int{g.Units, g.LeftOut, g.Better, g.Worse, g.NewlyFail, g.NewlyPass},
			[]int{m.Units, m.LeftOut, m.Worse, m.Better, m.NewlyPass, m.NewlyFail})
		if g.Delta != nil && g.Method == compare.McNemar && m.Method == compare.McNemar {
			require.InDelta(t, *g.Delta, -*m.Delta, 1e-9)
			require.InDelta(t, *g.P, *m.P, 1e-9)
			require.InDelta(t, g.CI[0], -m.CI[1], 1e-9)
		}
	}
}

func TestJSONNames(t *testing.T) {
	t.Parallel()
	base, head := flips(1, 10, 44, 5)
	base.graders, head.graders = []string{"case_type", "format"}, []string{"case_type", "format"}
	for _, m := range []made{base, head} {
		for id, trials := range m.cases {
			m.cases[id] = []trial{{trials[0][0], notApplicable}}
		}
	}
	out, err := json.Marshal(hold(t, base, head, compare.Options{}))
	require.NoError(t, err)
	var c map[string]any
	require.NoError(t, json.Unmarshal(out, &c))
	for name := range strings.FieldsSeq(
		"schema base head verdict headline suite pairs graders gates confusion tags flips cases notes newly_fail newly_pass",
	) {
		require.Contains(t, c, name)
	}
	list, ok := c["graders"].([]any)
	require.True(t, ok)
	first, ok := list[0].(map[string]any)
	require.True(t, ok)
	second, ok := list[1].(map[string]any)
	require.True(t, ok)
	for name := range strings.FieldsSeq(
		"grader cases units base_mean head_mean delta ci p p_adjusted method better worse same left_out verdict warnings",
	) {
		require.Contains(t, first, name)
		require.NotNil(t, first[name], name)
		require.Contains(t, second, name)
	}
	for name := range strings.FieldsSeq("base_mean head_mean delta ci p p_adjusted method ci_method verdict") {
		require.Nil(t, second[name], "what is undefined is null: %s", name)
	}
	flip, err := json.Marshal(c["flips"].([]any)[0]) //nolint:errcheck // a list, or the test fails
	require.NoError(t, err)
	require.JSONEq(t, `{"case":"case-0001","grader":"case_type","base":1,"head":0,"newly_fails":true}`, string(flip))
	require.Equal(t, "regressed", c["verdict"])
}
