package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/history"
)

// A seen is what a made-up run made of the one case: p passes, f fails, ? is
// unscored, - does not apply, ! has no reply, and a dot has no such case.
func run(day int, mark byte) *runfile.Run {
	r := &runfile.Run{Header: runfile.Header{
		Run: "run-" + string(rune('a'+day)), Started: time.Date(2026, 11, 1+day, 0, 0, 0, 0, time.UTC), Trials: 1,
		Prompt: runfile.Prompt{Name: "v3", Hash: "aaaa"}, Suite: runfile.Suite{Name: "subtodos"},
	}}
	if mark == '.' {
		return r
	}
	r.Cases = []runfile.Case{{Case: "치과", Input: "치과 가기", InputHash: "1"}}
	t := runfile.Trial{Case: "치과", Trial: 1}
	value := 0.0
	s := graders.Score{Grader: "case_type"}
	switch mark {
	case 'p':
		value = 1
		s.Value, s.Pass = &value, true
	case 'f':
		s.Value = &value
	case '?':
		s.Unscored = "the judge is down"
	case '-':
		s.NotApplicable = "not here"
	case '!':
		t.Error = &runfile.Error{Kind: "server"}
	}
	if t.Error == nil {
		t.Read, t.Scores = &runfile.Read{Type: "answer", Items: []string{"하나"}}, []graders.Score{s}
	}
	r.Trials = []runfile.Trial{t}
	return r
}

func TestSinceWhenACaseFails(t *testing.T) {
	t.Parallel()
	for marks, want := range map[string]history.Streak{
		"pppf": {State: history.Fails, Since: "run-d", Before: "run-c"},
		"ppff": {State: history.Fails, Since: "run-c", Before: "run-b"},
		"ffff": {State: history.Fails, Since: "run-a"},
		"fpff": {State: history.Fails, Since: "run-c", Before: "run-b"},
		"ffpp": {State: history.Passes, Since: "run-c", Before: "run-b"},
		"pppp": {State: history.Passes, Since: "run-a"},
		"pf?f": {State: history.Fails, Since: "run-b", Before: "run-a"},
		"p?ff": {State: history.Fails, Since: "run-c", Before: "run-a"},
		"pff?": {State: history.Fails, Since: "run-b", Before: "run-a"},
		"p!f-": {State: history.Fails, Since: "run-c", Before: "run-a"},
		"p.f.": {State: history.Fails, Since: "run-c", Before: "run-a"},
		"?!-?": {State: history.Unscored},
	} {
		var seen []history.Appearance
		for day := range len(marks) {
			newest := len(marks) - 1 - day // first, as they are found
			if s, ok := history.AppearanceOf(run(newest, marks[newest]), "치과"); ok {
				seen = append(seen, s)
			}
		}
		trace := history.TraceOf("치과", []string{"case_type"}, seen)
		want.Grader = "case_type"
		require.Equal(t, []history.Streak{want}, trace.Graders, marks)
	}
}

func TestChangedInputsAreNamed(t *testing.T) {
	t.Parallel()
	a, b, c := run(0, 'p'), run(1, 'p'), run(2, 'f')
	c.Cases[0].InputHash = "2"
	var seen []history.Appearance
	for _, r := range []*runfile.Run{c, b, a} {
		s, ok := history.AppearanceOf(r, "치과")
		require.True(t, ok)
		seen = append(seen, s)
	}
	trace := history.TraceOf("치과", []string{"case_type"}, seen)
	require.Equal(t, []string{"run-c"}, trace.Changed)
	require.Equal(t, "answer", trace.Runs[0].Type)
	require.Equal(t, 1, trace.Runs[0].Items)
	require.Equal(t, "run-b", trace.Find("run-b").Run)
	require.Nil(t, trace.Find("run-z"))
}

func TestRunsStandInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	h := history.History{}
	for _, day := range []int{2, 0, 1} {
		r := run(day, 'p')
		r.Header.Prompt.Name = []string{"v4", "v3", "v4"}[day]
		h.Add(history.Of(r))
	}
	require.Equal(t, "run-a", h.Runs[0].ID)
	require.Equal(t, "run-c", h.Runs[2].ID)
	require.Equal(t, []string{"v4", "v3"}, h.Prompts())
	require.Equal(t, []string{"case_type"}, h.Graders)
	require.InDelta(t, 1.0, *h.Runs[0].Grader("case_type").Mean, 0)
	require.Nil(t, h.Runs[0].Grader("rubric"))
	require.Equal(t, []string{"rubric"}, history.Main([]string{"rubric", "rubric/short"}))
	require.Equal(t, []string{"rubric/short"}, history.Main([]string{"rubric/short"}))
}
