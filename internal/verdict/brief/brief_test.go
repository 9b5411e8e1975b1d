package brief_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/brief"
)

func failing(id, grader, reason, answer string) runfile.Trial {
	return runfile.Trial{Case: id, Trial: 1, Scores: []graders.Score{
		{Grader: grader, Value: new(float64), Reason: reason, Answer: answer},
		{Grader: "other", Value: new(1.0), Pass: true},
	}}
}

// A sealed case stays out, whether the run or the suite of today seals it, and so does what it alone shows.
func TestSealedCasesStayOut(t *testing.T) {
	t.Parallel()
	run := &runfile.Run{
		Cases: []runfile.Case{{Case: "a"}, {Case: "b", Sealed: true}, {Case: "c"}},
		Trials: []runfile.Trial{
			failing("a", "case_type", "expected answer, the reply is question", "question"),
			failing("b", "format", "secret", ""), failing("c", "format", "secret", ""),
		},
	}
	open, sealed := brief.Unsealed(run, func(id string) bool { return id == "c" })
	require.Equal(t, 2, sealed)
	b := brief.Of(open, nil)
	require.Equal(t, 1, b.Cases)
	require.Len(t, b.Causes, 1)
	require.Equal(t, []brief.Example{{Case: "a"}}, b.Causes[0].First)
}

// A reply of a wrong type fails other graders, too: the type is what to work on, and each case counts once.
func TestAdviceIsAboutTheTypeFirst(t *testing.T) {
	t.Parallel()
	run := &runfile.Run{Header: runfile.Header{Prompt: runfile.Prompt{Name: "v2"}}}
	for _, id := range []string{"a", "b", "c"} {
		trial := failing(id, "case_type", "expected answer, the reply is question", "question")
		trial.Scores = append(trial.Scores, failing(id, "count", "2 items, expected 3", "2").Scores[0])
		run.Cases, run.Trials = append(run.Cases, runfile.Case{Case: id}), append(run.Trials, trial)
	}
	for _, id := range []string{"d", "e", "f", "g"} {
		trial := failing(id, "count", "2 items, expected 3", "2")
		run.Cases, run.Trials = append(run.Cases, runfile.Case{Case: id}), append(run.Trials, trial)
	}
	b := brief.Of(run, nil)
	b.Advise("prompts/v2.prompt.yml", "prompts/v2", "", "prompts/v3")
	require.Equal(t, []brief.Next{
		{What: "Say when a reply is `answer` and not `question`, and add an example of your own that is like a and b."},
		{What: "State the rule of count in the prompt: expected 3."},
		{
			What:    "Change one thing in a copy of v2, and compare it with v2.",
			Command: "cp prompts/v2.prompt.yml prompts/v3.prompt.yml; promptbench run prompts/v2 prompts/v3",
		},
	}, b.Next)
}
