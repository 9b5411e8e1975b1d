package report

import (
	"fmt"

	"promptbench/internal/compare"
	"promptbench/internal/report/phrase"
)

// pairwise prints which replies a judge prefers.
func (p *printer) pairwise(c *compare.Comparison, o Options) {
	w := c.Pairwise
	if w == nil {
		return
	}
	base, head := c.Base.Prompt, c.Head.Prompt
	p.blank()
	sign := ""
	if w.P != nil {
		sign = " (sign test, " + compare.P(*w.P) + ")"
	}
	p.prose(bold, line(fmt.Sprintf("Pairwise, %s prefers %s in %s, %s in %d; %s%s.", w.Judging.Model, head, phrase.Plural(w.Win, "unit"), base, w.Loss, phrase.Plural(w.Tie, "tie"), sign)))
	if w.WinShareCI != nil && w.NetCI != nil {
		p.prose("", line(fmt.Sprintf("%s wins %s of the decided (95%% %s); net %s of all (95%% %s)", head,
			phrase.Share(w.WinShare), phrase.Between(w.WinShareCI, false), phrase.Signed(w.Net), phrase.Between(w.NetCI, true))))
	}
	if w.PositionBias != nil {
		p.prose("", line(fmt.Sprintf("position bias %s: of %s asked in both orders it kept to the first in %d and to the second in %d, which count as ties",
			phrase.Share(w.PositionBias), phrase.Plural(w.Asked, "pair"), w.KeptFirst, w.KeptSecond)))
	}
	if w.Same+w.Unscored > 0 {
		p.prose("", line(fmt.Sprintf("%s with the same reply on both sides, a tie; %d without a verdict", phrase.Plural(w.Same, "pair"), w.Unscored)))
	}
	p.judging(w.Judging)
	p.prose("", "It informs: no verdict rests on it.")
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
