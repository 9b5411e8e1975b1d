package report

import (
	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// reliability says of the graders of a run that a judge stands behind how reliable it is,
// and what their rates come to without its errors.
func (p *printer) reliability(graders []summary.Grader) {
	corrected, informing := phrase.RunReliability(graders)
	p.sentences("", corrected)
	p.sentences(yellow, informing)
}

// comparedReliability says the same of both sides of a comparison.
func (p *printer) comparedReliability(c *compare.Comparison) {
	corrected, informing := phrase.Reliability(c)
	p.sentences("", corrected)
	p.sentences(yellow, informing)
}
