package report

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/compare"
	"promptbench/internal/report/phrase"
	"promptbench/internal/summary"
)

// judging says of a run what its judge was asked, apart from the replies.
func (p *printer) judging(j *summary.Judging) {
	if j == nil {
		return
	}
	p.prose("", line(fmt.Sprintf("judge %s (%s): %s", j.Model, j.Endpoint, strings.Join(asked(j), " · "))))
}

// judgings says the same of both sides of a comparison.
func (p *printer) judgings(c *compare.Comparison) {
	for _, side := range []compare.Side{c.Base, c.Head} {
		if j := side.Judging; j != nil {
			p.prose("", line(fmt.Sprintf("judge of %s: %s (%s) · %s", side.Prompt, j.Model, j.Endpoint, strings.Join(asked(j), " · "))))
		}
	}
}

// asked lists what a judge answered and what that took.
func asked(j *summary.Judging) []string {
	answers := phrase.Plural(j.Answers, "answer")
	if j.Replayed > 0 {
		answers += fmt.Sprintf(", %d of them replayed", j.Replayed)
	}
	parts := []string{answers, phrase.Plural(j.Calls, "call") + " made"}
	u := j.Usage
	if u.InputTokens != nil && u.OutputTokens != nil {
		parts = append(parts, fmt.Sprintf("%d tokens in, %d out", *u.InputTokens, *u.OutputTokens))
	}
	if u.Cost != nil {
		return append(parts, fmt.Sprintf("cost %.4f", *u.Cost))
	}
	return append(parts, "cost unknown")
}

// beliefs says of the graders of a run that a judge stands behind how far it is
// to be believed, and what their rates come to without its errors.
func (p *printer) beliefs(graders []summary.Grader) {
	var d doubts
	for _, g := range graders {
		d.add(g.Grader, g.Judged)
		if c := g.Corrected; c != nil {
			p.prose("", line(fmt.Sprintf("%s without the judge's errors: %s (%s)", g.Grader, phrase.Decimals(c.Rate), phrase.Between(&c.CI, false))))
		}
	}
	p.doubts(d)
}

// beliefsOf says the same of both sides of a comparison.
func (p *printer) beliefsOf(c *compare.Comparison) {
	var d doubts
	for _, g := range c.Graders {
		d.add(g.Grader, g.Judged)
		if b, h := g.BaseCorrected, g.HeadCorrected; b != nil && h != nil {
			p.prose("", line(fmt.Sprintf("%s without the judge's errors: %s %s (%s), %s %s (%s)", g.Grader,
				c.Base.Prompt, phrase.Decimals(b.Rate), phrase.Between(&b.CI, false), c.Head.Prompt, phrase.Decimals(h.Rate), phrase.Between(&h.CI, false))))
		}
	}
	p.doubts(d)
}

// doubts are the graders that inform only, by the reason why.
type doubts struct {
	why    []string
	scores [][]string
}

func (d *doubts) add(grader string, b *summary.Belief) {
	if b == nil || b.Doubt == "" {
		return
	}
	i := slices.Index(d.why, b.Doubt)
	if i < 0 {
		i = len(d.why)
		d.why, d.scores = append(d.why, b.Doubt), append(d.scores, nil)
	}
	d.scores[i] = append(d.scores[i], grader)
}

func (p *printer) doubts(d doubts) {
	for i, why := range d.why {
		verb := "inform"
		if len(d.scores[i]) == 1 {
			verb = "informs"
		}
		p.prose(yellow, line(fmt.Sprintf("%s %s only: %s", strings.Join(d.scores[i], ", "), verb, why)))
	}
}
