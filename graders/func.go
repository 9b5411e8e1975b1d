package graders

import (
	"context"
	"fmt"

	"promptbench/graders/reply"
)

// Func returns a grader that gives one score a sample, the one that score
// returns, under the name. The version rises whenever the same reply would be
// scored differently. See [Scored], [Unscored] and [NotApplicable].
func Func(name string, version int, score func(Sample) Score) Grader {
	return function{
		Spec{Name: name, Version: version},
		func(_ context.Context, s Sample) Score { return score(s) },
	}
}

// A function is a grader that gives one score, which it names after its spec.
type function struct {
	spec  Spec
	score func(context.Context, Sample) Score
}

// newFunction makes a built-in grader that needs no context.
func newFunction(name string, params any, score func(Sample) Score) Grader {
	g, _ := Func(name, 1, score).(function)
	g.spec.Params = canonical(params)
	return g
}

func (g function) Spec() Spec { return g.spec }

func (g function) Grade(ctx context.Context, s Sample) ([]Score, error) {
	out := g.score(ctx, s)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("grading %s: %w", g.spec.Name, err)
	}
	out.Grader = g.spec.Name
	return []Score{out}, nil
}

// Scored returns a score of a value from 0 to 1, which passes at 1, with the
// reason for it. Any other value is a mistake, and unscored.
func Scored(value float64, reason string) Score { return scoreWith(value, "", reason) }

// Unscored returns the score of a grader that could not decide, and why.
func Unscored(why string) Score { return Score{Unscored: orUnknown(why)} }

// Broken returns the score of a grader that failed, or whose judge did, and how: it
// ended, or it did not answer in time. Such a trial counts as an error of the run.
func Broken(how string) Score { return Score{Unscored: orUnknown(how), Broken: true} }

// NotApplicable returns the score of a grader that does not apply to a case, and
// why.
func NotApplicable(why string) Score { return Score{NotApplicable: orUnknown(why)} }

// Unreadable returns the score of a reply that is not [reply.Reply.Readable]: 0,
// which is the prompt's doing, with what is wrong with it.
func Unreadable(r reply.Reply) Score {
	return Scored(0, shorten("unreadable: "+whyUnreadable(r), 300))
}
