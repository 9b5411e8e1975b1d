package graders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxVotes is how often one question may be asked.
const MaxVotes = 9

// calls parts the criteria that the judge has to decide into calls: one each, or
// one for all that are asked as a batch and have the same judge and votes.
func (g rubric) calls(open []int) [][]int {
	var out [][]int
	for _, i := range open {
		c := g.criteria[i]
		at := slices.IndexFunc(out, func(call []int) bool {
			first := g.criteria[call[0]]
			return c.Batch && first.Batch && first.Judge == c.Judge && first.Votes == c.Votes && first.At == c.At
		})
		if at < 0 {
			out = append(out, []int{i})
			continue
		}
		out[at] = append(out[at], i)
	}
	return out
}

// ask puts some of the criteria to the judge and fills in their scores.
func (g rubric) ask(ctx context.Context, s Sample, together []int, scores []Score) error {
	s, _ = s.at(g.criteria[together[0]].At)
	questions := make([]Question, len(together))
	for k, i := range together {
		questions[k] = g.criteria[i].question(s)
	}
	verdicts, err := g.judge.Ask(ctx, s, questions)
	if ctx.Err() != nil {
		return fmt.Errorf("grading %s: %w", g.criteria[together[0]].score(), ctx.Err())
	}
	if errors.Is(err, ErrStopped) {
		return err
	}
	if err == nil && len(verdicts) != len(questions) {
		err = fmt.Errorf("%d verdicts for %d questions", len(verdicts), len(questions))
	}
	for k, i := range together {
		if err != nil {
			scores[i] = Broken("asking the judge: " + err.Error())
		} else {
			scores[i] = g.criteria[i].scoreOf(verdicts[k])
		}
		scores[i].Grader = g.criteria[i].score()
	}
	return nil
}

// question is the criterion as a judge gets it. What is in it is the judge's.
func (c criterion) question(s Sample) Question {
	return Question{
		Criterion: c.ID, Text: demands(c.Question, s.Expect.Meets),
		Options: slices.Clone(c.Options), Anchors: maps.Clone(c.Anchors),
		Votes: max(1, c.Votes), Judge: c.Judge,
	}
}

// scoreOf makes a score of a verdict. A verdict that is no option decides nothing.
func (c criterion) scoreOf(v Verdict) Score {
	var out Score
	switch {
	case v.Broken:
		return Broken(v.Unscored)
	case v.Unscored != "":
		return Unscored(v.Unscored)
	case !slices.Contains(c.Options, v.Option):
		return Unscored("the judge's verdict " + quote(v.Option) + " is none of " + strings.Join(c.Options, ", "))
	case v.Option == unsure && !slices.Contains(c.Pass, unsure):
		out = Unscored("the judge is unsure: " + orUnknown(v.Reason))
		out.Answer = v.Option
	default:
		out = scoreIf(slices.Contains(c.Pass, v.Option), v.Option, v.Reason)
	}
	out.Share = v.Share
	return out
}

// Questions returns the criteria that are put to a judge, given the specs of a
// suite or of a run.
func Questions(specs []Spec) []Criterion {
	var out []Criterion
	for _, spec := range specs {
		for _, c := range spec.criteria() {
			if c.Question != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// ScoreNames returns the names of the scores that such a grader gives: its own,
// and rubric/ID for each criterion of a rubric, as far as Params can be read.
func (s Spec) ScoreNames() []string {
	out := []string{s.Name}
	for _, c := range s.criteria() {
		out = append(out, nameRubric+"/"+c.ID)
	}
	return out
}

// criteria returns those of a rubric, nil for others and where Params can't be read.
func (s Spec) criteria() []Criterion {
	var params struct {
		Criteria []Criterion `json:"criteria"`
	}
	if s.Name != nameRubric || json.Unmarshal(s.Params, &params) != nil {
		return nil
	}
	return params.Criteria
}
