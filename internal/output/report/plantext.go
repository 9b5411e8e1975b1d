package report

import (
	"fmt"
	"io"

	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/plan"
)

// PlanText prints what a job would need and could show.
func PlanText(w io.Writer, j plan.Plan) error {
	p := &printer{w: w}
	how := ""
	if j.Batch {
		how = ", in batches"
	}
	p.line("%s", line(fmt.Sprintf("%s on %s, %s%s; nothing has been sent", phrase.Plural(len(j.Revisions), "revision"), j.Suite, phrase.CasesAndTrials(j.Cases, j.Trials), how)))
	p.blank()
	columns := []column{
		{Title: "revision", Max: 20}, {Title: "model", Max: 24}, {Title: "replies", Right: true}, {Title: "replayed", Right: true},
		{Title: "new calls", Right: true}, {Title: "tokens", Right: true}, {Title: "cost", Right: true},
	}
	var rows [][]string
	for _, r := range j.Revisions {
		rows = append(rows, []string{
			r.Prompt, r.Model, fmt.Sprint(r.Replies), fmt.Sprint(r.Replayed), fmt.Sprint(r.New), spread(r.Tokens, "%.0f"), spread(r.Cost, "%.4f"),
		})
	}
	p.table(columns, rows)
	for _, r := range j.Revisions {
		if r.Judging > 0 {
			p.line("%s", line(fmt.Sprintf("The judge is asked about %s up to %s; tokens and cost above leave that out.", r.Prompt, phrase.Plural(r.Judging, "time"))))
		}
	}
	p.blank()
	if j.Drop != nil {
		p.line("%s with %s each can show a drop of %.0f points or more (at %.0f%% power,", phrase.Plural(j.Units, "unit"), phrase.Plural(j.Trials, "trial"), 100**j.Drop, 100*plan.Power)
		p.line("%.0f%% of single trials getting better by chance, p held to %.2g over %s).", 100*plan.RiseByLuck, plan.Alpha, phrase.Plural(j.Graders, "gating grader"))
	} else {
		p.line("%s are too few to show any drop at %.0f%% power.", phrase.Plural(j.Units, "unit"), 100*plan.Power)
	}
	switch {
	case j.MoreUnits == nil:
		p.line("No suite of a realistic size shows a drop of 5 points under these assumptions.")
	case *j.MoreUnits == 0:
		p.line("That is enough for a drop of 5 points.")
	default:
		p.line("A drop of 5 points takes %s.", phrase.Plural(*j.MoreUnits, "more unit"))
	}
	return p.err
}

// PlanJSON prints a plan as one JSON object on one line.
func PlanJSON(w io.Writer, j plan.Plan) error { return writeJSON(w, j) }

func spread(r *plan.Range, format string) string {
	switch {
	case r == nil:
		return "unknown"
	case r.Low == r.High:
		return fmt.Sprintf(format, r.Low)
	}
	return fmt.Sprintf(format+" … "+format, r.Low, r.High)
}
