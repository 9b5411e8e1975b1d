package causes_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/causes"
)

func score(grader string, value float64, reason, answer string) graders.Score {
	return graders.Score{Grader: grader, Value: &value, Pass: value == 1, Reason: reason, Answer: answer}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	run := &runfile.Run{}
	add := func(id string, tags []string, trial runfile.Trial) {
		trial.Case, trial.Trial = id, 1
		run.Cases = append(run.Cases, runfile.Case{Case: id, Tags: tags})
		run.Trials = append(run.Trials, trial)
	}
	wrong := func(expected, said string) graders.Score {
		return score("case_type", 0, "expected "+expected+", the reply is "+said+" with 2 items", said)
	}
	for _, id := range []string{"a", "b", "c"} {
		add(id, []string{"short", "all"}, runfile.Trial{Scores: []graders.Score{
			wrong("question", "answer"), score("subtodo_count", 1, "2 items", "2"),
			score("rubric", 0.5, "failed order (repeats an item)", ""), score("rubric/order", 0, "repeats an item", ""),
		}})
	}
	add("d", []string{"all"}, runfile.Trial{Scores: []graders.Score{
		score("case_type", 1, "", "answer"), score("subtodo_count", 0, "7 items, expected 2 to 5 for answer", "7"),
	}})
	add("e", []string{"all"}, runfile.Trial{Scores: []graders.Score{
		score("case_type", 1, "", "answer"), score("subtodo_count", 0, "9 items, expected 2 to 5 for answer", "9"),
	}})
	add("cut", []string{"all"}, runfile.Trial{Scores: []graders.Score{
		score("case_type", 0, "the reply was cut by length", ""), score("format", 0, "the reply was cut by length", ""),
	}})
	add("lost", []string{"all"}, runfile.Trial{Error: &runfile.Error{Kind: "timeout", Message: "no answer within 1s"}})
	add("odd", []string{"all"}, runfile.Trial{
		Read:   &runfile.Read{Defects: []reply.Defect{{Code: reply.CodeNoDocument, Detail: "nothing can be read"}}},
		Scores: []graders.Score{score("case_type", 0, "it can't be read", "unread"), score("format", 0, "it can't be read", "")},
	})
	add("fenced", []string{"all"}, runfile.Trial{
		Read:   &runfile.Read{Defects: []reply.Defect{{Code: reply.CodeFence, Detail: "the document is in a code fence"}}},
		Scores: []graders.Score{score("case_type", 1, "", "answer"), score("format", 0.75, "the document is in a code fence", "json")},
	})
	add("fine", []string{"all"}, runfile.Trial{Scores: []graders.Score{score("case_type", 1, "", "answer")}})

	type cause struct {
		grader, what string
		cases        []string
	}
	var got []cause
	for _, c := range causes.Of(run) {
		one := cause{grader: c.Grader, what: c.What}
		for _, k := range c.Cases {
			one.cases = append(one.cases, k.Case)
		}
		got = append(got, one)
	}
	require.Equal(t, []cause{
		{"case_type", "expected question, said answer", []string{"a", "b", "c"}},
		{"subtodo_count", "expected 2 to 5 for answer", []string{"d", "e"}},
		{"", "no reply: timeout", []string{"lost"}},
		{"", "the reply was cut by length", []string{"cut"}},
		{"", "unreadable: nothing can be read", []string{"odd"}},
		{"format", "the document is in a code fence", []string{"fenced"}},
		{"rubric/order", "repeats an item", []string{"a", "b", "c"}}, // a consequence, so it comes last
	}, got)
	require.Equal(t, []causes.Tag{{Tag: "short", Failed: 3, Of: 3}}, causes.Of(run)[0].Tags)
}

// The reasons of a judge differ from reply to reply, and would make as many causes.
func TestManyReasonsAreOneCause(t *testing.T) {
	t.Parallel()
	run := &runfile.Run{}
	for _, word := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		run.Cases = append(run.Cases, runfile.Case{Case: word})
		run.Trials = append(run.Trials, runfile.Trial{Case: word, Trial: 1, Scores: []graders.Score{
			score("case_type", 1, "", ""), score("rubric/covers", 0, "it leaves out "+word, "no"),
		}})
	}
	got := causes.Of(run)
	require.Len(t, got, 1)
	require.Equal(t, "rubric/covers", got[0].Grader)
	require.Empty(t, got[0].What)
	require.Len(t, got[0].Cases, 9)
}

// Every case that fails in a recorded run has a cause.
func TestRecordedRuns(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../runs/recorded/*Z-v[1-4]-*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		run, err := runfile.Load(path, runfile.Scores)
		require.NoError(t, err)
		has := map[string]bool{}
		for _, c := range causes.Of(run) {
			for _, k := range c.Cases {
				has[k.Case] = true
			}
		}
		for i := range run.Trials {
			fails := false
			for _, s := range run.Trials[i].Scores {
				fails = fails || s.Value != nil && !s.Pass
			}
			require.Equal(t, fails, has[run.Trials[i].Case], "%s %s", path, run.Trials[i].Case)
		}
	}
}
