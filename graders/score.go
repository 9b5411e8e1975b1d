package graders

import (
	"fmt"
	"math"
	"strings"
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
		if s.NotApplicable != "" {
			out[i] = s
			continue
		}
		out[i] = scored(s.Grader, 0, s.Answer, reason)
	}
	return out
}

// scored gives a value in [0,1]; 1 passes. A value outside is a mistake of the
// grader and makes the score unscored.
func scored(grader string, v float64, answer, reason string) Score {
	if math.IsNaN(v) || v < 0 || v > 1 {
		return unscored(grader, fmt.Sprintf("the value %v is not between 0 and 1", v))
	}
	return Score{Grader: grader, Value: &v, Pass: v == 1, Answer: answer, Reason: reason}
}

// passed gives 1 or 0.
func passed(grader string, ok bool, answer, reason string) Score {
	if ok {
		return scored(grader, 1, answer, reason)
	}
	return scored(grader, 0, answer, reason)
}

func unscored(grader, why string) Score {
	return Score{Grader: grader, Unscored: orUnknown(why)}
}

func notApplicable(grader, why string) Score {
	return Score{Grader: grader, NotApplicable: orUnknown(why)}
}

// orUnknown keeps a score from being neither scored, unscored nor not
// applicable because someone gave an empty reason.
func orUnknown(why string) string {
	if strings.TrimSpace(why) == "" {
		return "no reason given"
	}
	return why
}
