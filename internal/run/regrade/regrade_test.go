package regrade_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/regrade"
)

// Grading again is worth a note where it changed a reading or a value, not where
// only words differ.
func TestChanged(t *testing.T) {
	t.Parallel()
	trial := func() runfile.Trial {
		return runfile.Trial{
			Case: "가", Trial: 1,
			Read: &runfile.Read{
				Format: reply.JSON, Type: "answer", Items: []string{"가기"},
				Defects: []reply.Defect{{Code: reply.CodeFence, Detail: "line 1"}},
			},
			Scores: []graders.Score{graders.Scored(1, "fine"), graders.Unscored("down")},
		}
	}
	for name, c := range map[string]struct {
		change  func(*runfile.Trial)
		changed bool
	}{
		"nothing":         {func(*runfile.Trial) {}, false},
		"a reason":        {func(x *runfile.Trial) { x.Scores[0].Reason = "good" }, false},
		"words":           {func(x *runfile.Trial) { x.Read.Defects[0].Detail, x.Read.Items[0] = "line 2", "" }, false},
		"a new case":      {func(x *runfile.Trial) { x.Case, x.Read = "나", nil }, false},
		"a value":         {func(x *runfile.Trial) { x.Scores[0] = graders.Scored(0, "fine") }, true},
		"a score":         {func(x *runfile.Trial) { x.Scores[1] = graders.Scored(1, "") }, true},
		"fewer graders":   {func(x *runfile.Trial) { x.Scores = x.Scores[:1] }, true},
		"a type":          {func(x *runfile.Trial) { x.Read.Type = "question" }, true},
		"one more item":   {func(x *runfile.Trial) { x.Read.Items = append(x.Read.Items, "오기") }, true},
		"another defect":  {func(x *runfile.Trial) { x.Read.Defects[0].Code = reply.CodeQuotes }, true},
		"nothing is read": {func(x *runfile.Trial) { x.Read = nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again := trial()
			c.change(&again)
			before, after := &runfile.Run{Trials: []runfile.Trial{trial()}}, &runfile.Run{Trials: []runfile.Trial{again}}
			require.Equal(t, c.changed, regrade.Changed(before, after))
		})
	}
}
