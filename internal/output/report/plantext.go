package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/plan"
)

// PlanText prints what a job would need and could show.
func PlanText(w io.Writer, j plan.Plan) error {
	p := &printer{w: w}
	how := ""
	if j.Batch {
		how = ", in batches"
	}
	if j.Draw != nil {
		how += ", " + phrase.Drawn(j.Draw, j.Cases)
	}
	p.line("%s", line(fmt.Sprintf("%s on %s, %s%s; nothing is sent",
		wording.Count(len(j.Revisions), columnNoun(j)), j.Suite, phrase.CasesAndTrials(j.Cases, j.Trials), how)))
	p.blank()
	columns := append([]column{{Title: "revision", Max: 20}, {Title: "model", Max: 24}},
		right("replies", "replayed", "new calls", "tokens", "cost")...)
	var rows [][]string
	for _, r := range j.Revisions {
		model := r.Model
		if slices.ContainsFunc(j.Revisions, func(o plan.Revision) bool { return o.Model == r.Model && o.Name != r.Name }) {
			model = phrase.Model(runfile.Model{ID: r.Model, Name: r.Name}) // several of one id
		}
		rows = append(rows, []string{
			r.Prompt, model, fmt.Sprint(r.Replies), fmt.Sprint(r.Replayed), fmt.Sprint(r.New),
			phrase.Spread(r.Tokens, "%.0f"), phrase.Spread(r.Cost, "%.4f"),
		})
	}
	p.table(columns, rows)
	for _, r := range j.Revisions {
		if r.Rounds > 0 {
			p.line("%s", line(fmt.Sprintf(
				"%s takes up to %s more with results of tools, at most %d in a turn; the tokens and the cost above do not "+
					"include that.", r.Prompt, wording.Count(r.Rounds, "call"), runfile.MaxRounds)))
		}
		if r.Judging > 0 {
			p.line("%s", line(fmt.Sprintf(
				"The judge is asked about %s up to %s; the tokens and the cost above do not include that.",
				r.Prompt, wording.Count(r.Judging, "time"))))
		}
		if r.Embeddings > 0 {
			p.line("%s", line(fmt.Sprintf(
				"The model of embeddings is asked about %s up to %s; the tokens and the cost above do not include that.",
				r.Prompt, wording.Count(r.Embeddings, "time"))))
		}
	}
	p.blank()
	able := wording.Verb(j.Units, "are") + " too few to detect any drop reliably"
	if j.Drop != nil {
		drop := wording.Count(int(math.Round(100**j.Drop)), "point")
		able = "reliably " + wording.Verb(j.Units, "detect") + " a drop of " + drop
	}
	p.line("%s with %s each %s, at %.0f%% power,",
		wording.Count(j.Units, "case"), wording.Count(j.Trials, "trial"), able, 100*plan.Power)
	p.line("assuming %.0f%% of replies improve by chance; alpha %.2g across %s.",
		100*plan.ChanceOfRise, plan.Alpha, wording.Count(j.Graders, "grader"))
	if j.Units != j.Cases {
		p.line("Each group of paraphrases counts as one case.")
	}
	if j.Sealed > 0 {
		p.line("%s.", phrase.LeftSealed(j.Sealed, j.Cases))
	}
	isSaid := j.Drop != nil && math.Round(100**j.Drop) == 5 // above, as nearly as a whole number of points says it
	switch {
	case isSaid:
	case j.MoreUnits == nil:
		p.line("No suite of a realistic size reliably detects a drop of 5 points.")
	case *j.MoreUnits == 0:
		p.line("This is enough to detect a drop of 5 points.")
	default:
		p.line("Detecting a drop of 5 points needs %s.", wording.About(*j.MoreUnits, "more case"))
	}
	p.early(j.Early)
	return p.err
}

// early says what stopping early will probably save.
func (p *printer) early(e *plan.Early) {
	switch {
	case e == nil:
		return
	case e.ToEnd != "":
		p.prose("", line("With --until-decided, this run still goes to the end, because "+e.ToEnd+"."))
		return
	case e.OnlyRegressed != "":
		p.prose("", line("With --until-decided, this run stops early only if it regressed, because "+e.OnlyRegressed+"."))
	}
	shares := make([]string, len(e.Shares))
	for i, s := range e.Shares {
		shares[i] = fmt.Sprintf("%.0f%% if a grader drops by %.0f points", 100*s.Share, 100*s.Drop)
		if s.Drop == 0 {
			shares[i] = fmt.Sprintf("%.0f%% of the cases if nothing changes", 100*s.Share)
		}
	}
	p.prose("", fmt.Sprintf("With --until-decided, a run takes about %s, assuming that %.0f%% of cases flip by chance.",
		wording.List(shares), 100*plan.ChanceOfFlip))
}

// columnNoun is what the rows of a plan are: variants where they are on several models.
func columnNoun(j plan.Plan) string {
	for _, r := range j.Revisions {
		if r.Model != j.Revisions[0].Model || r.Name != j.Revisions[0].Name || r.Endpoint != j.Revisions[0].Endpoint {
			return "variant"
		}
	}
	return "revision"
}
