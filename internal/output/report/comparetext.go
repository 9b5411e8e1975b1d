package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// ComparisonText prints a comparison for people: the verdict, the sentence, what it
// rests on, a line per grader, what became of each type, and the cases that changed. The
// verdict is the last line as well, with what to do next.
func ComparisonText(w io.Writer, c *compare.Comparison, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold+verdictColor(c.Verdict), line(phrase.VerdictLine(c, false)))
	p.prose("", line(c.Headline))
	if next := phrase.NextStep(c); o.Brief && next != "" {
		p.prose("", "Next: "+line(next))
	}
	p.blank()
	p.sentences("", phrase.ComparisonBasis(c, o.Calls))
	p.blank()
	p.graders(c)
	p.reliability(phrase.Informing(c), phrase.PairCorrected(c))
	p.gates(c.Gates, o)
	p.pairwise(c, o)
	if o.Brief {
		return p.err
	}
	names := phrase.ShortNames([]string{c.Base.Name, c.Head.Name}, shortSide)
	p.types(phrase.Types(c, names[0], names[1]))
	p.sentences("", phrase.OtherSlices(c))
	p.flips(c, o)
	if o.All {
		p.tags(c.Tags)
	}
	p.blank()
	p.prose(bold+verdictColor(c.Verdict), line(phrase.VerdictLine(c, true)))
	if next := phrase.NextStep(c); next != "" {
		p.prose("", "Next: "+line(next)+" --all lists every case, --case ID shows one.")
	}
	return p.err
}

func verdictColor(v *compare.Verdict) string {
	if v == nil {
		return ""
	}
	switch *v {
	case compare.Regressed:
		return red
	case compare.Improved:
		return green
	case compare.Inconclusive, compare.Mixed:
		return yellow
	default:
		return ""
	}
}

func (p *printer) graders(c *compare.Comparison) {
	columns := []column{
		{Title: "grader", Max: 24}, {Right: true}, {Right: true}, {Title: "Δ", Right: true},
		{Title: "95% interval"}, {Title: "fixed", Right: true}, {Title: "broke", Right: true}, {Title: "verdict"},
	}
	var rows [][]string
	above := ""
	for _, g := range c.Graders {
		name := g.Grader
		if rest, isBelow := strings.CutPrefix(name, above+"/"); isBelow && above != "" {
			name = "  " + rest
		} else {
			above = name
		}
		rows = append(rows, slices.Concat([]string{name}, phrase.ComparisonCells(g), []string{verdictCell(g)}))
	}
	names := phrase.ShortNames([]string{c.Base.Name, c.Head.Name}, nameWidth(columns, rows, p.o.Width))
	columns[1].Title, columns[2].Title = names[0], names[1]
	narrow(columns, rows, p.o.Width)
	p.table(columns, rows)
	p.sentences("", phrase.Warnings(c.Graders))
	if slices.ContainsFunc(c.Graders, func(g compare.Grader) bool { return !g.Gating }) {
		p.line("Verdicts in parentheses do not count towards the result.")
	}
}

// nameWidth is how wide the names of both sides may be, so that the table fits
// beside its first column.
func nameWidth(columns []column, rows [][]string, terminal int) int {
	const mean = 4 // the width of a cell below the name
	if terminal <= 0 {
		return leastVariant
	}
	return min(leastVariant, mean+max(gap, (terminal-leastID-widthBeside(columns, rows))/2))
}

// verdictCell names the verdict, and the p if the verdict rests on it.
func verdictCell(g compare.Grader) string {
	s := phrase.Verdict(g)
	if g.Gating && g.IsSignificant() {
		s += " " + strings.ReplaceAll(compare.P(*g.PAdjusted), " ", "") // eighty columns are few
	}
	return s
}

func (p *printer) flips(c *compare.Comparison, o Options) {
	limit := fewCases
	switch {
	case o.All:
		limit = -1
	case o.width() < wideEnough:
		limit = fewOnTwoLines
	}
	rows, changed := c.Rows(limit), c.Changed()
	p.blank()
	moved := phrase.FlipCounts(c)
	switch {
	case len(rows) == 0:
		p.line("No case changed.")
		return
	case o.All:
		p.prose("", fmt.Sprintf("%s; all %s, the worst first:", moved, wording.Count(len(rows), "case")))
	case changed > len(rows):
		p.prose("", fmt.Sprintf("%s; the worst %d:", moved, len(rows)))
	default:
		p.prose("", moved+"; those that changed, the worst first:")
	}
	p.check(pairTable(rows, []string{c.Base.Name, c.Head.Name}, o.width()).write(p.w))
}

// pairTable lists cases of two sides: what each reply turned into, and what that changed. What
// only the words of a reply tell takes a line for each side.
func pairTable(rows []compare.CasePair, names []string, width int) caseTable {
	names = phrase.ShortNames(names, shortSide)
	t := caseTable{first: "case", sides: []string{"reply, " + strings.Join(names, " → ")}, last: "what changed", width: width}
	inWords := slices.ContainsFunc(rows, func(r compare.CasePair) bool { return phrase.Turn(r) == "" })
	if inWords {
		t.sides = names
	}
	for _, row := range rows {
		sides := []string{phrase.Turn(row)}
		if inWords {
			sides = phrase.Sides(row)
		}
		t.rows = append(t.rows, caseLine{
			id: row.Case.Case, input: row.Case.Input, sides: sides, last: phrase.Differences(row.Marks),
		})
	}
	return t
}

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
		rows[i] = []string{f.Case, fmt.Sprint(f.Trial), cmp.Or(f.Prefers, "?"), f.Reason}
	}
	columns := []column{
		{Title: "case", Max: idWidth}, {Title: "trial", Right: true}, {Title: "prefers"}, {Title: "reason", Max: whyWidth},
	}
	p.table(columns, rows)
}

// tags prints where in the suite scores changed.
func (p *printer) tags(list []compare.Slice) {
	titles, rows := phrase.Tags(list)
	if len(rows) == 0 {
		return
	}
	columns := right(titles...)
	for _, at := range []int{0, 1, 4} {
		columns[at].Right = false
	}
	columns[0].Max, columns[1].Max = 20, 20
	narrow(columns, rows, p.o.Width)
	p.blank()
	p.prose("", phrase.TagsTitle)
	p.table(columns, rows)
}
