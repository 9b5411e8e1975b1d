package graders

import (
	"context"

	"promptbench/graders/reply"
)

// Func returns a grader that gives one score a sample, the one that score
// returns, under the name. The version rises whenever the same reply would be
// scored differently. See [Scored], [Unscored] and [NotApplicable].
func Func(name string, version int, score func(Sample) Score) Grader {
	return function{name, version, score}
}

type function struct {
	name    string
	version int
	score   func(Sample) Score
}

func (g function) Spec() Spec { return Spec{Name: g.name, Version: g.version} }

func (g function) Grade(ctx context.Context, s Sample) ([]Score, error) {
	out := g.score(s)
	out.Grader = g.name
	return one(ctx, out)
}

// Scored returns a score of a value from 0 to 1, which passes at 1, with the
// reason for it. Any other value is a mistake, and unscored.
func Scored(value float64, reason string) Score { return scored("", value, "", reason) }

// Unscored returns the score of a grader that could not decide, and why.
func Unscored(why string) Score { return unscored("", why) }

// NotApplicable returns the score of a grader that does not apply to a case, and
// why.
func NotApplicable(why string) Score { return notApplicable("", why) }

// Unreadable returns the score of a reply that is not [reply.Reply.Readable]: 0,
// which is the prompt's doing, with what is wrong with it.
func Unreadable(r reply.Reply) Score {
	return scored("", 0, "", shorten("unreadable: "+unreadable(r), 300))
}
