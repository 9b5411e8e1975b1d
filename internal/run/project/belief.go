package project

import (
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/calibration"
	"promptbench/internal/verdict/summary"
)

// Beliefs look up how far the judge of a run agrees with people: without a
// calibration of this very judge and rubric, or under the bar of the config, its
// scores inform and decide nothing, and neither does a rubric that rests on one
// of them.
func (p *Project) Beliefs(run *runfile.Run) summary.Beliefs {
	questions := graders.Questions(run.Header.Graders)
	if len(questions) == 0 {
		return nil
	}
	out := summary.Beliefs{}
	whole := summary.Belief{}
	var doubted []string
	cal, unread := (*calibration.Calibration)(nil), ""
	if h := run.Header.Judge; h != nil {
		whole.Judge = h.Model.ID
		found, err := calibration.Find(p.RunsDir, h)
		if err != nil {
			unread = err.Error()
		}
		cal = found
	}
	for _, c := range questions {
		b := summary.Belief{Judge: whole.Judge}
		if h := run.Header.Judge; h != nil && h.Criteria[c.ID].ID != "" {
			b.Judge = h.Criteria[c.ID].ID
		}
		k, ok := cal.Of(c.ID)
		switch {
		case unread != "":
			b.Doubt = unread
		case run.Header.Judge == nil:
			b.Doubt = "the run has no judge"
		case !ok:
			b.Doubt = fmt.Sprintf("%s is not calibrated for this rubric (promptbench judge calibrate)", b.Judge)
		default:
			b.Doubt, b.Kappa, b.KappaCI, b.Agreement = k.Doubt(p.Config.Judged.Bar), k.Kappa, k.KappaCI, k.Table()
		}
		if b.Doubt != "" {
			doubted = append(doubted, c.ID)
			whole.Doubt = b.Doubt
		}
		out["rubric/"+c.ID] = b
	}
	if len(doubted) > 0 && cal != nil { // else it is the same for all
		whole.Doubt = "it rests on " + strings.Join(doubted, ", ")
	}
	if whole.Doubt != "" {
		out["rubric"] = whole
	}
	return out
}

// Summary sums up a run, with what its judge was asked and how far it is to be
// believed, and holds it to the gates of the config.
func (p *Project) Summary(run *runfile.Run) summary.Summary {
	s := summary.Of(run, p.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID))
	s.Judging = summary.JudgingOf(run, p.JudgePrice(run))
	s.Believe(p.Beliefs(run))
	s.Gates = s.Hold(p.Gates())
	return s
}
