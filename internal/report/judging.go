package report

import (
	"fmt"
	"strings"

	"promptbench/internal/compare"
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
	answers := plural(j.Answers, "answer")
	if j.Replayed > 0 {
		answers += fmt.Sprintf(", %d of them replayed", j.Replayed)
	}
	parts := []string{answers, plural(j.Calls, "call") + " made"}
	u := j.Usage
	if u.InputTokens != nil && u.OutputTokens != nil {
		parts = append(parts, fmt.Sprintf("%d tokens in, %d out", *u.InputTokens, *u.OutputTokens))
	}
	if u.Cost != nil {
		return append(parts, fmt.Sprintf("cost %.4f", *u.Cost))
	}
	return append(parts, "cost unknown")
}
