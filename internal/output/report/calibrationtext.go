package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/calibration"
)

// CalibrationText prints how far a judge agrees with people: figures and agreement table by criterion, what it may gate
// under the bar, and where it says something else than they do.
func CalibrationText(w io.Writer, c calibration.Calibration, bar float64, o Options) error {
	p := &printer{w: w, o: o}
	p.prose("", line(fmt.Sprintf("%s (%s) on %s: %s, %s by %s", c.Judge.Model.ID, c.Judge.Model.Endpoint, c.Suite,
		wording.Count(c.Replies, "reply"), wording.Count(c.Labels, "label"), strings.Join(c.Labellers, ", "))))
	p.prose("", line(fmt.Sprintf("judged %s; each question asked %s, and once with its options reversed",
		phrase.On(c.First, c.Last), wording.Count(c.Asked, "time"))))
	if len(c.Labellers) == 1 {
		p.prose("", "Only one person labelled, so the agreement between people is unknown.")
	}
	for _, r := range c.Raters {
		p.prose("", line(fmt.Sprintf("%s and %s agree on %d labels with kappa %s (%s)",
			r.A, r.B, r.N, phrase.Share(r.Kappa), phrase.Between(r.KappaCI, true))))
	}
	if c.Family != "" {
		p.prose("", line(fmt.Sprintf("%s from models of the judge's own family (%s), which it may favour.",
			wording.Count(c.OfFamily, "reply")+" "+wording.Verb(c.OfFamily, "are"), c.Family)))
	}
	if c.Late > 0 {
		p.prose(yellow, fmt.Sprintf("%s after the judge answered, so the labelling may not be blind.",
			wording.Count(c.Late, "label")+" "+wording.Verb(c.Late, "were")+" given"))
	}
	if c.Missing > 0 {
		p.prose("", fmt.Sprintf("%s not used, because none of these runs holds the reply.",
			wording.Count(c.Missing, "label")+" "+wording.Verb(c.Missing, "are")))
	}
	p.blank()
	p.agreement(c, bar)
	p.blank()
	p.counts(c)
	if !o.Brief {
		p.disagreements(c, o)
	}
	return p.err
}

// agreement prints a line of figures for each criterion, and what keeps it from gating.
func (p *printer) agreement(c calibration.Calibration, bar float64) {
	columns := slices.Concat([]column{{Title: "criterion", Max: 24}}, right("labels", "agree", "kappa"),
		[]column{{Title: "95% interval"}}, right("sens", "spec", "reversed"), []column{{Title: "gate"}})
	var rows [][]string
	for _, k := range c.Criteria {
		gates := "yes"
		if k.Shortfall(bar) != "" {
			gates = "no"
		}
		rows = append(rows, []string{
			k.Criterion, fmt.Sprint(k.N), phrase.Share(k.Agreement), phrase.Share(k.Kappa), phrase.Between(k.KappaCI, true),
			phrase.Share(k.Sensitivity), phrase.Share(k.Specificity), phrase.Share(k.OrderRate), gates,
		})
	}
	p.table(columns, rows)
	for _, meaning := range []string{
		"agree: share of the labelled replies on which judge and people agree",
		"kappa: agreement beyond chance, 0 where it is chance and 1 where it is complete",
		"sens, spec: share of people's passes that the judge passes, of their fails that it fails",
		"reversed: share of replies with another verdict when the options are listed in reverse",
	} {
		p.prose("", meaning)
	}
	p.blank()
	for _, k := range c.Criteria {
		if reason := k.Shortfall(bar); reason != "" {
			p.prose("", line(fmt.Sprintf("%s cannot gate: %s", k.Criterion, reason)))
		}
	}
}

// counts prints the agreement table of each criterion in one line, and how often the judge gave no verdict or another
// one.
func (p *printer) counts(c calibration.Calibration) {
	columns := append([]column{{Title: "passed by →", Max: 24}},
		right("both", "people", "judge", "neither", "no verdict", "asked again")...)
	var rows [][]string
	for _, k := range c.Criteria {
		rows = append(rows, []string{
			k.Criterion, fmt.Sprint(k.TP), fmt.Sprint(k.FN), fmt.Sprint(k.FP), fmt.Sprint(k.TN),
			outOf(k.Unscored, k.Labelled), outOf(k.Flips, k.AskedAgain),
		})
	}
	p.table(columns, rows)
	p.prose("", "no verdict: labelled replies without a verdict")
	p.prose("", "asked again: replies with another verdict when the same question is asked again")
}

func outOf(x, n int) string { return fmt.Sprintf("%d of %d", x, n) }

// disagreements prints where a person and the judge differ, to be read.
func (p *printer) disagreements(c calibration.Calibration, o Options) {
	p.blank()
	if len(c.Disagree) == 0 {
		p.line("No disagreement.")
		return
	}
	shown, more := c.Disagree, ""
	if !o.All && len(shown) > fewCases {
		shown, more = shown[:fewCases], fmt.Sprintf("; the first %d (--all)", fewCases)
	}
	p.line("%s%s:", wording.Count(len(c.Disagree), "disagreement"), more)
	for _, d := range shown {
		p.line("%s", line(fmt.Sprintf("%s · %s: a person says %s, the judge %s", d.Criterion, d.Case, d.Label, d.Verdict)))
		p.prose("", hanging+line("input: "+d.Input))
		p.prose("", hanging+line("reply: "+d.Reply))
		p.prose("", hanging+line("judge: "+d.Reason))
	}
}
