package project

import (
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/calibration"
	"promptbench/internal/verdict/summary"
)

// JudgeReliabilities returns how far the judge of a run agrees with people, by score.
// A score cannot gate without a calibration of this very judge and rubric, or below
// the bar of the config. Neither can a rubric that rests on such a score.
func (p *Project) JudgeReliabilities(run *runfile.Run) summary.JudgeReliabilities {
	questions := graders.Questions(run.Header.Graders)
	if len(questions) == 0 {
		return nil
	}
	out := summary.JudgeReliabilities{}
	whole := summary.JudgeReliability{}
	var informing []string
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
		b := summary.JudgeReliability{Judge: whole.Judge}
		if h := run.Header.Judge; h != nil && h.Criteria[c.ID].ID != "" {
			b.Judge = h.Criteria[c.ID].ID
		}
		k, ok := cal.Of(c.ID)
		switch {
		case unread != "":
			b.Shortfall = unread
		case run.Header.Judge == nil:
			b.Shortfall = "the run has no judge"
		case !ok:
			b.Shortfall = fmt.Sprintf("%s is not calibrated for this rubric (promptbench judge calibrate)", b.Judge)
		default:
			b.Shortfall, b.Kappa, b.KappaCI, b.Agreement = k.Shortfall(p.Config.Judged.Bar), k.Kappa, k.KappaCI, k.Table()
		}
		if b.Shortfall != "" {
			informing = append(informing, c.ID)
			whole.Shortfall = b.Shortfall
		}
		out["rubric/"+c.ID] = b
	}
	if len(informing) > 0 && cal != nil { // else it is the same for all
		whole.Shortfall = "it rests on " + strings.Join(informing, ", ")
	}
	if whole.Shortfall != "" {
		out["rubric"] = whole
	}
	return out
}

// Summary sums up a run, with the usage and the reliability of its judge,
// and checks the gates of the config.
func (p *Project) Summary(run *runfile.Run) summary.Summary {
	s := summary.Of(run, p.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID))
	s.Judging = summary.JudgingOf(run, p.JudgePrice(run))
	s.Embedding = summary.EmbeddingOf(run, p.EmbeddingPrice(run))
	people, err := p.Labelled(run)
	s.SetReliability(p.JudgeReliabilities(run), people)
	if err != nil {
		s.LabelsErr = err.Error()
	}
	s.Gates = s.CheckGates(p.Config.Gates)
	return s
}
