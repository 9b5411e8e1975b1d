package report

import (
	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// beliefs says of the graders of a run that a judge stands behind how far it is
// to be believed, and what their rates come to without its errors.
func (p *printer) beliefs(graders []summary.Grader) {
	corrected, doubts := phrase.RunBeliefs(graders)
	p.sentences("", corrected)
	p.sentences(yellow, doubts)
}

// beliefsOf says the same of both sides of a comparison.
func (p *printer) beliefsOf(c *compare.Comparison) {
	corrected, doubts := phrase.Beliefs(c)
	p.sentences("", corrected)
	p.sentences(yellow, doubts)
}
