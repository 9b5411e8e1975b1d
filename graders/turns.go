package graders

import (
	"context"
	"fmt"
	"strings"
)

// GradeTurns scores the replies of a trial: one, or those of a conversation in order. A grader looks at the last reply,
// and at each earlier one whose turn has the expectations that the grader reads. Each of its scores is then the mean
// over these replies, which passes where all of them do. It is unscored where one of them is.
func GradeTurns(ctx context.Context, g Grader, turns []Sample) ([]Score, error) {
	last := turns[len(turns)-1]
	if len(turns) > 1 {
		last.turns = turns
	}
	scores, err := g.Grade(ctx, last)
	if err != nil || len(turns) == 1 {
		return scores, err
	}
	if _, ok := g.(atTurn); ok {
		return scores, nil
	}
	declared, isBuiltIn := LookUp(g.Spec().Builder())
	if !isBuiltIn || declared.Expect.Key == "" {
		return scores, nil
	}
	combined := make([]turnScores, len(scores))
	for i, s := range turns[:len(turns)-1] {
		if declared.Expect.Words(s.Expect) == "" {
			continue
		}
		s.turns, s.earlier = turns, true
		more, err := g.Grade(ctx, s)
		if err != nil {
			return nil, err
		}
		for k := range min(len(more), len(combined)) {
			combined[k] = append(combined[k], turnScore{more[k], i + 1})
		}
	}
	for k := range scores {
		if len(combined[k]) > 0 {
			scores[k] = append(combined[k], turnScore{scores[k], len(turns)}).together()
		}
	}
	return scores, nil
}

type turnScore struct {
	Score
	turn int
}

// turnScores are the scores of one name, in order of the turns.
type turnScores []turnScore

func (t turnScores) together() Score {
	last := t[len(t)-1].Score
	var sum float64
	var passed, scored int
	var failed, open []string
	broken := false
	for _, s := range t {
		switch {
		case s.NotApplicable != "":
			continue
		case s.Value == nil:
			broken = broken || s.Broken
			open = append(open, fmt.Sprintf("turn %d: %s", s.turn, s.Unscored))
			continue
		case s.Pass:
			passed++
		default:
			failed = append(failed, fmt.Sprintf("turn %d: %s", s.turn, orUnknown(s.Reason)))
		}
		scored++
		sum += *s.Value
		last.Answer, last.Reason, last.Share = s.Answer, s.Reason, s.Share
	}
	out := last
	switch {
	case len(open) > 0:
		out = Unscored(strings.Join(open, "; "))
		out.Broken = broken
	case scored > 0:
		out = scoreWith(sum/float64(scored), last.Answer, last.Reason)
		if out.Pass, out.Share = passed == scored, last.Share; !out.Pass {
			out.Reason = strings.Join(failed, "; ")
		}
	}
	return out.withGrader(last.Grader)
}
