package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/compare"
)

// ComparisonText prints a comparison for people: the verdict, the sentence, what it
// rests on, a line per grader, what became of each type, and the cases that changed. The
// verdict ends it as well, with what to do next and the command for it, if one is known.
func ComparisonText(w io.Writer, c *compare.Comparison, known phrase.Commands, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold+verdictColor(c.Verdict), line(phrase.VerdictLine(c)))
	p.prose("", line(c.Headline))
	if next, _ := phrase.NextStep(c, known, ""); o.Brief && next != "" {
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
	first := p.flips(c, o)
	if o.All {
		p.tags(c.Tags)
	}
	p.blank()
	p.prose(bold+verdictColor(c.Verdict), line(phrase.VerdictLine(c)))
	if types := phrase.TypesChanged(c); types != "" {
		p.prose("", line(types))
	}
	p.prose("", line(phrase.Essentials(c)))
	next, command := phrase.NextStep(c, known, first)
	if next != "" {
		p.prose("", "Next: "+line(next))
	}
	if command != "" {
		p.line("%s%s", hanging, line(command)) // not wrapped, so that it can be copied
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
	p.sentences("", slices.Concat(phrase.Legend(c), phrase.Warnings(c.Graders)))
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
	s := phrase.StarredVerdict(g)
	if g.Gating && g.IsSignificant() {
		s += " " + strings.ReplaceAll(compare.P(*g.PAdjusted), " ", "") // eighty columns are few
	}
	return s
}

// flips lists the cases that changed, and returns the id of the first.
func (p *printer) flips(c *compare.Comparison, o Options) (first string) {
	limit := fewCases
	switch {
	case o.All:
		limit = -1
	case o.width() < wideEnough:
		limit = fewOnOneScreen
	}
	p.blank()
	title, limit := phrase.ChangedCases(c, limit)
	rows := c.Rows(limit)
	if len(rows) == 0 {
		p.line("No case changed.")
		return ""
	}
	if limit >= 0 && c.Changed() > len(rows) {
		title += " (--all)"
	}
	p.prose("", line(title)+":")
	p.check(pairTable(rows, []string{c.Base.Name, c.Head.Name}, o.width(), o.All).write(p.w))
	return rows[0].Case.Case
}

// pairTable lists cases of two sides: what is expected, what each reply turned into, and what
// that changed. What only the words of a reply tell takes a line for each side. On a narrow
// terminal a case takes a line, with the beginning of its input; if the table is long, what
// changed and the input take a second one.
func pairTable(rows []compare.CasePair, names []string, width int, long bool) caseTable {
	names = phrase.ShortNames(names, shortSide)
	t := caseTable{first: "case", sides: names, last: "what changed", width: width}
	inWords := slices.ContainsFunc(rows, func(r compare.CasePair) bool { return phrase.Turn(r) == "" })
	typed := slices.ContainsFunc(rows, func(r compare.CasePair) bool { return r.Case.Expect.Type != "" })
	narrow := width < wideEnough && !inWords
	switch {
	case narrow && long:
		t.last = ""
	case narrow:
		t.last = "input"
	}
	if !inWords {
		t.sides = []string{"reply, " + strings.Join(names, " → ")}
		if typed {
			t.sides = slices.Insert(t.sides, 0, phrase.Expected)
		}
	}
	for _, row := range rows {
		l := caseLine{id: row.Case.Case, input: row.Case.Input, sides: phrase.Sides(row), last: phrase.Differences(row.Marks)}
		switch {
		case narrow && long:
			l.input, l.last = l.last+" · "+l.input, ""
		case narrow:
			l.input, l.last = "", l.input
		}
		if !inWords {
			l.sides = []string{phrase.Turn(row)}
			if typed {
				l.sides = slices.Insert(l.sides, 0, row.Case.Expect.Type)
			}
		}
		t.rows = append(t.rows, l)
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
