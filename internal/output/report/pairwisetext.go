package report

import (
	"fmt"

	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/compare"
)

// pairwise prints which replies a judge prefers.
func (p *printer) pairwise(c *compare.Comparison, o Options) {
	w := c.Pairwise
	if w == nil {
		return
	}
	p.blank()
	said := phrase.Pairwise(c)
	p.sentences(bold, said[:1])
	p.sentences("", said[1:])
	if o.All {
		p.preferences(w.Preferences)
	}
}

func (p *printer) preferences(list []compare.Preference) {
	rows := make([][]string, len(list))
	for i, f := range list {
		prefers := f.Prefers
		if prefers == "" {
			prefers = "?"
		}
		rows[i] = []string{f.Case, fmt.Sprint(f.Trial), prefers, f.Reason}
	}
	p.table([]column{{Title: "case", Max: idWidth}, {Title: "trial", Right: true}, {Title: "prefers"}, {Title: "reason", Max: whyWidth}}, rows)
}
