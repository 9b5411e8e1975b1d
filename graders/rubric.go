package graders

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"
)

const (
	nameRubric = "rubric"
	unsure     = "unsure"
)

// A Criterion is one thing a [Rubric] looks at. It has either a check or a
// question.
type Criterion struct {
	// ID names the criterion; its score is named rubric/ID. Letters, digits,
	// hyphens, underscores and dots.
	ID string `json:"id"`

	// Check is an expression (github.com/expr-lang/expr) over the reply as it
	// was read: items, type, text (without thinking), thinking, and the case's
	// expected_type, input and vars. Besides the language's own functions it can
	// call chars(s), the length of s in grapheme clusters, and hangul(s), the
	// share of the letters of s that are Hangul, from 0 to 1. It gives true or
	// false, or a number from 0 to 1 that becomes the value; a number passes at 1
	// only, so write a comparison where less will do.
	Check string `json:"check,omitempty"`

	// Question is put to the judge, whose verdict must be one of Options, by
	// default yes, no and unsure. Verdicts in Pass, by default yes, have value
	// 1, the others 0; "unsure" leaves the criterion unscored unless it is in
	// Pass.
	Question string   `json:"question,omitempty"`
	Options  []string `json:"options,omitempty"`
	Pass     []string `json:"pass,omitempty"`

	// AppliesTo restricts the criterion to cases that expect one of these types.
	AppliesTo []string `json:"applies_to,omitempty"`

	// Weight is the criterion's part in the mean, over 0; 0 means 1.
	Weight float64 `json:"weight"`
}

// Rubric returns the grader "rubric". It gives the score "rubric" first, the
// mean of its criteria by weight over those that were scored, which passes where
// each of these passed; then one score "rubric/ID" per criterion, in order. A
// reply that could not be read scores 0 without any judge being asked. A check
// that fails while running, a judge's error and a verdict that is no option
// leave that criterion unscored.
//
// The judge may be nil where no criterion has a question. Mistakes in the
// criteria are each a [ParamError] whose Path starts with criteria and the
// index, joined.
func Rubric(criteria []Criterion, judge Judge) (Grader, error) {
	var m mistakes
	if len(criteria) == 0 {
		m.add([]any{"criteria"}, "", "a rubric needs at least one criterion")
	}
	g := rubric{judge: judge}
	seen := map[string]bool{}
	for i, c := range criteria {
		path := []any{"criteria", i}
		if seen[c.ID] && c.ID != "" {
			m.add(at(path, "id"), "", "another criterion has the id %s", quote(c.ID))
		}
		seen[c.ID] = true
		g.criteria = append(g.criteria, newCriterion(&m, path, c))
		if c.Question != "" && judge == nil {
			m.add(at(path, "question"), "set judge to a model", "a question needs a judge, and none is set")
		}
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	return g, nil
}

type rubric struct {
	criteria []criterion
	judge    Judge
}

type criterion struct {
	Criterion
	program *vm.Program // nil for a question
}

func (g rubric) Spec() Spec {
	criteria := make([]Criterion, len(g.criteria))
	for i, c := range g.criteria {
		criteria[i] = c.Criterion
	}
	return Spec{Name: nameRubric, Version: 1, Params: canonical(map[string]any{"criteria": criteria})}
}

func (g rubric) Grade(ctx context.Context, s Sample) ([]Score, error) {
	scores := make([]Score, 1, 1+len(g.criteria))
	for _, c := range g.criteria {
		score, err := g.grade(ctx, c, s)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("grading %s/%s: %w", nameRubric, c.ID, ctx.Err())
		}
		if err != nil {
			score = unscored(nameRubric+"/"+c.ID, err.Error())
		}
		scores = append(scores, score)
	}
	scores[0] = g.sum(scores[1:])
	return scores, nil
}

// grade scores one criterion; an error says why it is unscored.
func (g rubric) grade(ctx context.Context, c criterion, s Sample) (Score, error) {
	name := nameRubric + "/" + c.ID
	if len(c.AppliesTo) > 0 && !slices.Contains(c.AppliesTo, s.Expect.Type) {
		if s.Expect.Type == "" {
			return notApplicable(name, "the case expects no type"), nil
		}
		return notApplicable(name, "applies to "+strings.Join(c.AppliesTo, ", ")+", the case expects "+s.Expect.Type), nil
	}
	if !s.Reply.Readable() {
		return scored(name, 0, "", shorten("unreadable: "+unreadable(s.Reply), 300)), nil
	}
	if c.program == nil {
		return g.ask(ctx, name, c, s)
	}
	v, err := evaluate(ctx, c.program, s)
	if err != nil {
		return Score{}, err
	}
	reason := ""
	switch {
	case v == 0:
		reason = "not so: " + shorten(c.Check, 60)
	case v < 1:
		reason = fmt.Sprintf("%.2f of 1: %s", v, shorten(c.Check, 60))
	}
	return scored(name, v, "", reason), nil
}

func (g rubric) ask(ctx context.Context, name string, c criterion, s Sample) (Score, error) {
	v, err := g.judge.Ask(ctx, Question{Criterion: c.ID, Text: c.Question, Options: slices.Clone(c.Options), Sample: s})
	if err != nil {
		return Score{}, fmt.Errorf("asking the judge: %w", err)
	}
	switch {
	case !slices.Contains(c.Options, v.Option):
		return Score{}, fmt.Errorf("the judge's verdict %s is none of %s", quote(v.Option), strings.Join(c.Options, ", "))
	case slices.Contains(c.Pass, v.Option):
		return scored(name, 1, v.Option, v.Reason), nil
	case v.Option == unsure:
		score := unscored(name, "the judge is unsure: "+orUnknown(v.Reason))
		score.Answer = v.Option
		return score, nil
	}
	return scored(name, 0, v.Option, v.Reason), nil
}

// sum makes the score of the whole rubric of those of its criteria.
func (g rubric) sum(scores []Score) Score {
	var total, weight float64
	var failed, open []string
	pass, applicable := true, false
	for i, s := range scores {
		applicable = applicable || s.NotApplicable == ""
		id := g.criteria[i].ID
		if s.Unscored != "" {
			open = append(open, id+" ("+s.Unscored+")")
		}
		if s.Value == nil {
			continue
		}
		total += g.criteria[i].Weight * *s.Value
		weight += g.criteria[i].Weight
		if !s.Pass {
			pass = false
			failed = append(failed, id+because(s.Reason))
		}
	}
	switch {
	case !applicable:
		return notApplicable(nameRubric, "no criterion applies to this case")
	case weight == 0:
		return unscored(nameRubric, "no criterion could be scored: "+strings.Join(open, "; "))
	}
	var parts []string
	if len(failed) > 0 {
		parts = append(parts, "failed "+strings.Join(failed, "; "))
	}
	if len(open) > 0 {
		parts = append(parts, "unscored "+strings.Join(open, "; "))
	}
	out := scored(nameRubric, min(total/weight, 1), "", strings.Join(parts, "; "))
	out.Pass = pass
	return out
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}
