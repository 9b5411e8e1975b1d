package graders

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"promptbench/graders/reply"
)

// Fail returns the scores of a reply that failed as a whole: cut by length,
// refused by a content filter, or never written because the prompt was over the
// context. That is the prompt's doing, so every score that applies to the case,
// unscored ones too, becomes 0 and no pass with the reason; Answer keeps what
// was read. A score that is not applicable stays as it is. The scores passed in
// are not changed.
//
// To ask no judge about such a reply, grade the sample with a zero
// [reply.Reply] and give those scores to Fail.
func Fail(scores []Score, reason string) []Score {
	out := make([]Score, len(scores))
	for i, s := range scores {
		out[i] = s
		if s.NotApplicable == "" {
			out[i] = scoreWith(0, s.Answer, reason).withGrader(s.Grader)
		}
	}
	return out
}

// Break returns the scores of a reply that could not be graded: every score that applies to the case is broken.
func Break(scores []Score, reason string) []Score {
	out := make([]Score, len(scores))
	for i, s := range scores {
		out[i] = s
		if s.NotApplicable == "" {
			out[i] = Broken(reason).withGrader(s.Grader)
		}
	}
	return out
}

// scoreWith gives a value in [0,1] with what the grader read; 1 passes. A value
// outside is a mistake of the grader and makes the score unscored.
func scoreWith(v float64, answer, reason string) Score {
	if math.IsNaN(v) || v < 0 || v > 1 {
		return Unscored(fmt.Sprintf("the value %v is not between 0 and 1", v))
	}
	return Score{Value: &v, Pass: v == 1, Answer: answer, Reason: reason}
}

// scoreIf gives 1 or 0.
func scoreIf(pass bool, answer, reason string) Score {
	if pass {
		return scoreWith(1, answer, reason)
	}
	return scoreWith(0, answer, reason)
}

func (s Score) withGrader(grader string) Score {
	s.Grader = grader
	return s
}

// orUnknown keeps a score from being neither scored, unscored nor not
// applicable because someone gave an empty reason.
func orUnknown(why string) string {
	if strings.TrimSpace(why) == "" {
		return "no reason given"
	}
	return why
}

// unread is the answer of a grader that found nothing to read.
const unread = "unread"

// whyUnreadable says that a reply could not be read, and why as far as its defects
// tell.
func whyUnreadable(r reply.Reply) string {
	if strings.TrimSpace(r.Text) == "" {
		return whyEmpty(r)
	}
	out := "the reply can't be read"
	if why := joinDefects(r.Defects); why != "" {
		out += ": " + why
	}
	return out
}

// whyEmpty says why a reply has no text, as far as its defects tell.
func whyEmpty(r reply.Reply) string {
	for _, d := range r.Defects {
		switch d.Code {
		case reply.CodeTransform:
			return d.Detail
		case reply.CodeElsewhere:
			return "the reply is empty: " + d.Detail
		}
	}
	return "the reply is empty"
}

func joinDefects(defects []reply.Defect) string {
	parts := make([]string, len(defects))
	for i, d := range defects {
		parts[i] = cmp.Or(d.Detail, string(d.Code))
	}
	return joinFindings(parts)
}
