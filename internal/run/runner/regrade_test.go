package runner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

func TestRegrade(t *testing.T) {
	t.Parallel()
	s := load(t, suiteText)
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		if n == 6 {
			return "", &model.Error{Kind: model.KindServer, Status: 500}
		}
		return always(ctx, n, r)
	}}
	j, memories := job(t, s, m, "v3")
	j.Trials = 2
	run(t, j)
	old := &runfile.Run{Header: runfile.Header{Run: "old", Prompt: runfile.Prompt{ReplyFormat: "json"}}}
	old.Cases, old.Calls, old.Trials = memories[0].cases, memories[0].calls, memories[0].trials

	same, err := runner.Regrade(t.Context(), old, j.Grading, 4, nil)
	require.NoError(t, err)
	require.Equal(t, old.Trials, same.Trials, "grading again changes nothing by itself")
	require.Equal(t, old.Cases, same.Cases)

	cases := map[string]runfile.Case{}
	for _, c := range old.Cases {
		c.Expect.Type = "question"
		c.Tags = []string{"new"}
		if c.Case == "친구" {
			c.InputHash = "another input"
		}
		cases[c.Case] = c
	}
	changed, err := runner.Regrade(t.Context(), old, j.Grading, 4, cases)
	require.NoError(t, err)
	require.Equal(t, "question", changed.Cases[0].Expect.Type)
	require.Equal(t, []string{"social"}, changed.Cases[1].Tags, "a case with another input keeps what was recorded")
	require.Equal(t, map[string]float64{"case_type": 0, "format": 1}, values(old.Trials[0]))
	require.Equal(t, map[string]float64{"case_type": 1, "format": 1}, values(changed.Trials[0]))
	require.Equal(t, "server", changed.Trials[5].Error.Kind)
	require.Len(t, changed.Header.Graders, 2)
	require.Empty(t, old.Header.Graders, "the run itself is left alone")
	require.Len(t, m.order(), 6, "no call is made")

	j.Grading.Graders = append(j.Grading.Graders, broken{})
	_, err = runner.Regrade(t.Context(), old, j.Grading, 4, nil)
	require.ErrorContains(t, err, "grading run old again")
}

// Of a file that somebody edited, no number of replies and no call of a tool makes grading fail.
func TestRegradeTakesAnyReplies(t *testing.T) {
	t.Parallel()
	j, _ := job(t, load(t, suiteText), &scripted{ask: always}, "v3")
	answered := []graders.ToolCall{{Name: "look", Arguments: "{broken", Result: "x"}}
	one := func(purpose string, calls []graders.ToolCall) runfile.Call {
		return runfile.Call{Case: "a", Trial: 1, For: purpose, Reply: `{"type":"answer"}`, ToolCalls: calls}
	}
	for _, calls := range [][]runfile.Call{
		{one(runfile.ForTurn, nil), one(runfile.ForTurn, nil), one(runfile.ForReply, nil)},
		{one(runfile.ForTurn, answered), one(runfile.ForTurn, nil), one(runfile.ForReply, answered)},
		{one(runfile.ForReply, answered)},
	} {
		for _, c := range []runfile.Case{
			{Case: "a", Input: "x"},
			{Case: "a", Input: "x", Turns: []graders.Turn{{Input: "x"}, {Input: "y"}}},
			{Case: "a", Input: "x", Messages: []graders.Message{{Role: graders.RoleUser, Content: "x"}}},
		} {
			old := &runfile.Run{Cases: []runfile.Case{c}, Calls: calls}
			out, err := runner.Regrade(t.Context(), old, j.Grading, 1, nil)
			require.NoError(t, err)
			require.Len(t, out.Trials, 1)
			require.NotEmpty(t, c.Shown(calls))
		}
	}
}

// What a judge failed to say then it is not asked now, and it stays a failure.
func TestRegradeKeepsWhatTheJudgeFailedAt(t *testing.T) {
	t.Parallel()
	j, memories := job(t, load(t, suiteText), &scripted{ask: always}, "v3")
	down := judgeOf(t, &scripted{ask: func(context.Context, int, model.Request) (string, error) {
		return "", &model.Error{Kind: model.KindServer, Status: 500}
	}})
	rubric := func(judge graders.Judge) graders.Grader {
		g, err := graders.Rubric([]graders.Criterion{{ID: "concrete", Question: "?"}}, judge)
		require.NoError(t, err)
		return g
	}
	j.Judge, j.Grading.Graders = down, append(j.Grading.Graders, rubric(down))
	ends := run(t, j)
	require.Equal(t, 3, ends[0].Errors)
	old := &runfile.Run{Header: runfile.Header{Run: "old", Prompt: runfile.Prompt{ReplyFormat: "json"}}}
	old.Cases, old.Calls, old.Trials = memories[0].cases, memories[0].calls, memories[0].trials
	j.Grading.Graders[len(j.Grading.Graders)-1] = rubric(&runner.Judge{})
	again, err := runner.Regrade(t.Context(), old, j.Grading, 4, nil)
	require.NoError(t, err)
	require.Equal(t, old.Trials, again.Trials)
}
