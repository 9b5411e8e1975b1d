package graders

import (
	"cmp"
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

func rubricBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameRubric,
		Text: "Criteria that an expression checks or a judge is asked about.",
		Expect: Expectation{
			Key: "meets", Text: "Demands in words, for criteria whose question holds {{meets}}.",
			texts: func(e Expect) []string { return e.Meets },
		},
		TypesAt: []string{"criteria", "[]", "applies_to"},
		params: func() []param {
			return []param{
				{
					key: "criteria", text: "Each gives a score, rubric/ID; rubric is their weighted mean.",
					kinds: []string{"array"}, need: isRequired,
					more: map[string]any{"minItems": 1, "items": objectSchema(criterionParams())},
				},
				textParam("judge", "A name under models: the judge of its questions, over that of the config."),
				flagParam("batch", "true: all questions of a reply in one call."),
				votesParam("How often each question is asked, from 1 to 9."),
			}
		},
		build: func(p params) (Grader, error) { return Rubric(p.criteria(p.values), p.asked.Judge) },
	}
}

func criterionParams() []param {
	return []param{
		textParam("id", "Letters, digits, hyphens, underscores and dots; unique.").needed(isRequired),
		textParam("check", "An expression: true, false or a number from 0 to 1. A criterion has this or a question.").
			needed(isOneOf),
		saysParam(),
		textParam("question", "What the judge is asked.").needed(isOneOf),
		wordsParam("options", "The verdicts that there are; yes, no and unsure without it."),
		{
			key: "anchors", text: "What each option means.", kinds: []string{"object"},
			more: map[string]any{"additionalProperties": textParam("", "").schema()},
		},
		wordsParam("pass", "The verdicts that pass: one, or a list; yes without it."),
		textParam("judge", "The judge of this question, over that of the rubric."),
		flagParam("batch", "true: in one call with the other such questions; without it, as the rubric says."),
		votesParam("How often this question is asked, from 1 to 9; without it, as the rubric says."),
		appliesToParam(),
		atParam(),
		{
			key: "weight", text: "Its part in the mean, over 0; 1 without it.", kinds: []string{"number"},
			more: map[string]any{"exclusiveMinimum": 0},
		},
	}
}

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

	// Says is what a reply does that fails the check, such as "repeats an item". Reasons
	// hold it in place of the expression. It decides nothing, so no [Spec] has it.
	Says string `json:"-"`

	// Question is put to the judge, whose verdict must be one of Options, by
	// default yes, no and unsure. Verdicts in Pass, by default yes, have value
	// 1, the others 0; "unsure" leaves the criterion unscored unless it is in
	// Pass. Anchors say what an option means: a scale has one for each step.
	// {{meets}} in a question stands for what the case demands, see
	// [Expect.Meets], and the criterion does not apply to a case without demands.
	Question string            `json:"question,omitempty"`
	Options  []string          `json:"options,omitempty"`
	Anchors  map[string]string `json:"anchors,omitempty"`
	Pass     []string          `json:"pass,omitempty"`

	// Judge names the judge of this question; empty for the usual one.
	Judge string `json:"judge,omitempty"`

	// Batch asks the question in one call with all others that have it, and the
	// same judge and votes. Otherwise each question is a call of its own.
	Batch bool `json:"batch,omitempty"`

	// Votes is how often the question is asked, from 1 to [MaxVotes]; the verdict
	// of over half of the votes holds, and without one the criterion is unscored.
	// 0 means 1.
	Votes int `json:"votes,omitempty"`

	// At is the turn of a conversation whose reply the criterion is about, from 1;
	// 0 is the last.
	At int `json:"at,omitempty"`

	// AppliesTo restricts the criterion to cases that expect one of these types.
	AppliesTo []string `json:"applies_to,omitempty"`

	// Weight is the criterion's part in the mean, over 0; 0 means 1.
	Weight float64 `json:"weight"`
}

// Rubric returns the grader "rubric". It gives the score "rubric" first, the
// mean by weight of its criteria that apply, which passes where each of these
// passed; then one score "rubric/ID" per criterion, in order. A reply that could
// not be read scores 0 without any judge being asked. A check that fails while
// running, a judge's error and a verdict that is no option leave that criterion
// unscored, and with it the rubric; its reason gives the bounds of the mean. Only
// [ErrStopped] ends the grading.
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
	scores := make([]Score, 1+len(g.criteria))
	var open []int // criteria that are left to the judge
	for i, c := range g.criteria {
		score, forJudge := c.grade(ctx, s)
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("grading %s: %w", c.score(), err)
		}
		scores[1+i] = score.withGrader(c.score())
		if forJudge {
			open = append(open, i)
		}
	}
	for _, together := range g.calls(open) {
		if err := g.ask(ctx, s, together, scores[1:]); err != nil {
			return nil, err
		}
	}
	scores[0] = g.sum(scores[1:]).withGrader(nameRubric)
	return scores, nil
}

func (c criterion) score() string { return nameRubric + "/" + c.ID }

// grade gives the criterion's score, or reports that the judge is to decide it.
func (c criterion) grade(ctx context.Context, s Sample) (score Score, forJudge bool) {
	if s.earlier && (!c.PerCase() || c.At > 0) {
		return NotApplicable("it is about another reply"), false
	}
	at, ok := s.at(c.At)
	if !ok {
		return NotApplicable(s.noTurn(c.At)), false
	}
	s = at
	switch types := strings.Join(c.AppliesTo, ", "); {
	case types != "" && s.Expect.Type == "":
		return NotApplicable("the case expects no type"), false
	case types != "" && !slices.Contains(c.AppliesTo, s.Expect.Type):
		return NotApplicable("applies to " + types + ", the case expects " + s.Expect.Type), false
	case c.PerCase() && len(s.Expect.Meets) == 0:
		return NotApplicable("the case demands nothing in words"), false
	case !s.IsReadable():
		return Unreadable(s.Reply), false
	case c.program == nil:
		return Score{}, true
	}
	v, err := evaluate(ctx, c.program, s)
	if err != nil {
		return Unscored(err.Error()), false
	}
	return Scored(v, c.reason(v)), false
}

// reason says why the check gave less than 1.
func (c criterion) reason(v float64) string {
	says, number := c.Says, ""
	if v > 0 {
		number = fmt.Sprintf("%.2f", v)
	}
	switch {
	case v == 1:
		return ""
	case says == "":
		return shorten(c.Check, 60) + " is " + cmp.Or(number, "false")
	case number != "":
		says += " (" + number + " of 1)"
	}
	return says
}

// sum makes the score of the whole rubric of those of its criteria. One without a
// score leaves the rubric without one: leaving it out would raise the mean.
func (g rubric) sum(scores []Score) Score {
	var total, weight, missing float64
	var said, failed, open []string
	broken := false
	for i, s := range scores {
		id, part := g.criteria[i].ID, g.criteria[i].Weight
		switch {
		case s.NotApplicable != "":
			continue
		case s.Value == nil:
			missing += part
			broken = broken || s.Broken
			open = append(open, id+" ("+s.Unscored+")")
		default:
			total += part * *s.Value
		}
		weight += part
		switch {
		case s.Value == nil || s.Pass:
		case g.criteria[i].Says == "" || s.Reason == "":
			if s.Reason != "" {
				id += " (" + s.Reason + ")"
			}
			failed = append(failed, id)
		case !slices.Contains(said, s.Reason): // of an unreadable reply all say the same
			said = append(said, s.Reason)
		}
	}
	switch {
	case weight == 0:
		return NotApplicable("no criterion applies to this case")
	case len(open) > 0:
		why := "no criterion could be scored: " + strings.Join(open, "; ")
		if missing < weight {
			why = fmt.Sprintf("unscored %s; the mean is between %.2f and %.2f",
				strings.Join(open, "; "), total/weight, (total+missing)/weight)
		}
		out := Unscored(why)
		out.Broken = broken
		return out
	}
	if len(failed) > 0 {
		said = append(said, "failed "+strings.Join(failed, "; "))
	}
	out := Scored(min(total/weight, 1), strings.Join(said, "; "))
	out.Pass = len(said) == 0
	return out
}
