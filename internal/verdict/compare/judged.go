package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// judgedAlike refuses runs with different judges or rubrics. If that is allowed, it
// returns the judged graders to leave out: their scores are never compared.
func judgedAlike(b, h runfile.Header, o Options) (leftOut, notes []string, err error) {
	other := otherJudge(b.Judge, h.Judge)
	switch {
	case other == "":
		return nil, nil, nil
	case !o.AllowJudge:
		return nil, nil, &Refusal{
			Reason: "the runs were judged differently: " + other,
			Hint: "run both again with one judge and one rubric, which replays their replies; " +
				"or pass --allow judge to leave out what was judged",
		}
	}
	leftOut = judged(append(slices.Clone(b.Graders), h.Graders...))
	return leftOut, []string{fmt.Sprintf("allowed: %s; left out: %s", other, strings.Join(leftOut, ", "))}, nil
}

// judged names the scores that rest on a judge.
func judged(specs []graders.Spec) []string {
	questions := graders.Questions(specs)
	if len(questions) == 0 {
		return nil
	}
	names := []string{"rubric"}
	for _, c := range questions {
		names = append(names, "rubric/"+c.ID)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// otherJudge says how two judges differ, or nothing.
func otherJudge(b, h *runfile.Judge) string {
	switch {
	case b == nil && h == nil:
		return ""
	case b == nil:
		return fmt.Sprintf("the base has no judge, the head has %s", h.Model.ID)
	case h == nil:
		return fmt.Sprintf("the base has judge %s, the head has none", b.Model.ID)
	}
	var what []string
	if other := otherJudgeModel(b.Model, h.Model); other != "" {
		what = append(what, other)
	}
	if b.PromptHash != h.PromptHash {
		what = append(what, fmt.Sprintf("the judge's prompt differs (%.8s against %.8s)", b.PromptHash, h.PromptHash))
	}
	if b.RubricHash != h.RubricHash {
		what = append(what, fmt.Sprintf("the rubric differs (%.8s against %.8s)", b.RubricHash, h.RubricHash))
	}
	if len(what) == 0 && !runfile.SameJudge(b, h) {
		what = append(what, "some criteria have another judge")
	}
	return strings.Join(what, ", ")
}

func otherJudgeModel(b, h runfile.Model) string {
	switch {
	case b.ID != h.ID:
		return fmt.Sprintf("judge %s against %s", b.ID, h.ID)
	case b.Endpoint != h.Endpoint:
		return fmt.Sprintf("judge %s at %s against %s", b.ID, b.Endpoint, h.Endpoint)
	}
	if other := otherParams(b.Params, h.Params); len(other) > 0 {
		return "parameters of the judge: " + strings.Join(other, ", ")
	}
	return ""
}

// setReliability sets the reliability of the grader's judge and the corrected rates:
// by the labels of the run's replies, else by the calibration of the judge.
func (g *Grader) setReliability(o Options) {
	g.Judged = o.Reliability.Of(g.Grader)
	g.BaseCorrected = cmp.Or(summary.CorrectedByLabels(o.BaseLabels, g.Grader), g.Judged.Correct(g.BaseMean, g.Units))
	g.HeadCorrected = cmp.Or(summary.CorrectedByLabels(o.HeadLabels, g.Grader), g.Judged.Correct(g.HeadMean, g.Units))
	g.CorrectedDelta = summary.DeltaByLabels(o.BaseLabels, o.HeadLabels, g.Grader)
}

// shortfall says why the grader's judge cannot gate, or is empty.
func (g *Grader) shortfall() string {
	if g.Judged == nil {
		return ""
	}
	return g.Judged.Shortfall
}
