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

// ComparisonText prints a comparison for people: the sentence, what it rests
// on, a line per grader, the types each side confused, and what flipped.
func ComparisonText(w io.Writer, c *compare.Comparison, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold+verdictColor(c.Verdict), line(c.Headline))
	p.sentences("", phrase.ComparisonBasis(c, o.Calls))
	p.blank()
	p.graders(c)
	p.reliability(phrase.Reliability(c))
	p.gates(c.Gates, o)
	p.pairwise(c, o)
	if o.Brief {
		return p.err
	}
	m := c.Confusion
	p.confusion(m.Expected, m.Returned, func(i, j int) string {
		return fmt.Sprintf("%d → %d", m.Base[i][j], m.Head[i][j])
	})
	if len(m.Expected) > 0 {
		p.prose("", fmt.Sprintf("rows: expected type; cells: replies of %s → %s", line(c.Base.Name), line(c.Head.Name)))
	}
	p.flips(c, o)
	if o.All {
		p.tags(c.Tags)
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
		{Title: "95% interval"}, {Title: "+", Right: true}, {Title: phrase.Minus, Right: true}, {Title: "verdict"},
	}
	var rows [][]string
	for _, g := range c.Graders {
		rows = append(rows, slices.Concat([]string{g.Grader}, phrase.ComparisonCells(g), []string{verdictCell(g)}))
	}
	names := phrase.ShortNames([]string{c.Base.Name, c.Head.Name}, nameWidth(columns, rows, p.o.Width))
	columns[1].Title, columns[2].Title = names[0], names[1]
	narrow(columns, rows, p.o.Width)
	p.table(columns, rows)
	p.sentences("", phrase.Warnings(c.Graders))
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

// verdictCell names the verdict and the p it rests on.
func verdictCell(g compare.Grader) string {
	s := phrase.Verdict(g)
	if g.Gating && g.Verdict != nil && g.PAdjusted != nil {
		s += " " + strings.ReplaceAll(compare.P(*g.PAdjusted), " ", "") // eighty columns are few
	}
	return s
}

func (p *printer) flips(c *compare.Comparison, o Options) {
	limit := fewCases
	if o.All {
		limit = -1
	}
	rows, changed := c.Rows(limit), c.Changed()
	p.blank()
	moved := phrase.FlipCounts(c)
	switch {
	case len(rows) == 0:
		p.line("No case changed.")
		return
	case o.All:
		p.prose("", fmt.Sprintf("%s; all %s, those that changed first:", moved, wording.Count(len(rows), "case")))
	case changed > len(rows):
		p.prose("", fmt.Sprintf("%s; the first %d of %d that changed (--all, or --case ID):", moved, len(rows), changed))
	default:
		p.prose("", moved+"; those that changed:")
	}
	// On a narrow terminal the reason says what matters of the marks.
	wide := o.width() >= wideEnough
	if wide {
		p.prose("", "marks, in the order of the graders: ✓ passes, ✗ fails, ? not scored, · does not apply")
	}
	sides := phrase.ShortNames([]string{c.Base.Name, c.Head.Name}, sideWidth)
	t := caseTable{first: "case", sides: sides, last: "why", width: o.width()}
	for _, row := range rows {
		l := pairLine(row)
		if wide {
			l.sides[0] += " " + marks(row, compare.Mark.BaseMark)
			l.sides[1] += " " + marks(row, compare.Mark.HeadMark)
		}
		t.rows = append(t.rows, l)
	}
	p.check(t.write(p.w))
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

// tags prints where in the suite scores moved, without p: of so many, some
// would be small by chance.
func (p *printer) tags(list []compare.Slice) {
	columns := []column{
		{Title: "tag", Max: 20}, {Title: "grader", Max: 20}, {Title: "cases", Right: true}, {Title: "Δ", Right: true},
		{Title: "95% interval"}, {Title: "+", Right: true}, {Title: phrase.Minus, Right: true},
	}
	var rows [][]string
	for _, s := range list {
		if s.Better+s.Worse > 0 {
			rows = append(rows, []string{
				s.Tag, s.Grader, fmt.Sprint(s.Units), phrase.Signed(s.Delta), phrase.Between(s.CI, true),
				fmt.Sprint(s.Better), fmt.Sprint(s.Worse),
			})
		}
	}
	if len(rows) == 0 {
		return
	}
	p.blank()
	p.prose("", "Tags with changed scores. Not a significance test: some differences are chance.")
	p.table(columns, rows)
}

func pairLine(row compare.CasePair) caseLine {
	return caseLine{
		id: row.Case.Case, input: row.Case.Input, sides: phrase.Sides(row), last: phrase.Differences(row.Marks),
	}
}

// marks are one mark for every grader, the criteria of a rubric left out.
func marks(row compare.CasePair, mark func(compare.Mark) string) string {
	var out strings.Builder
	for _, m := range row.Marks {
		if !strings.Contains(m.Grader, "/") {
			out.WriteString(mark(m))
		}
	}
	return out.String()
}
