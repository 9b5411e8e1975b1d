package page

import (
	"fmt"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A graderTable draws every grader's interval on one axis.
type graderTable struct {
	Columns []string
	Ticks   []Tick
	Zero    string // the place of no difference; empty where there is none
	Rows    []graderRow
	Notes   []string
}

type graderRow struct {
	Name     string
	Informs  bool // the verdict does not rest on it
	Verdict  string
	Words    string
	P        string
	Values   []string // by column
	Bar      *Bar     // nil where nothing was scored
	Describe string   // the picture in words
}

func pairGraders(c *compare.Comparison) graderTable {
	var values []float64
	for _, g := range c.Graders {
		if g.CI != nil {
			values = append(values, g.CI[0], g.CI[1], -g.Margin)
		}
	}
	a := around(values)
	t := graderTable{
		Columns: []string{
			textsafe.Cell(c.Base.Name), textsafe.Cell(c.Head.Name), "Δ", "95% interval", "fixed", "broke",
		},
		Ticks: a.ticks(true), Zero: a.at(0),
	}
	for _, g := range c.Graders {
		row := graderRow{
			Name: textsafe.Cell(g.Grader), Informs: !g.Gating, Words: phrase.StarredVerdict(g),
			Values: phrase.ComparisonCells(g),
		}
		if g.Verdict != nil {
			row.Verdict = string(*g.Verdict)
		}
		if g.IsSignificant() {
			row.P = compare.P(*g.PAdjusted)
		}
		if g.CI != nil && g.Delta != nil {
			row.Bar = a.bar(g.CI[0], g.CI[1], *g.Delta)
			row.Bar.Band, row.Bar.BandWidth = a.at(-g.Margin), fmt.Sprintf("%.2f%%", a.share(0)-a.share(-g.Margin))
			row.Describe = fmt.Sprintf("difference %s, 95%% interval from %s to %s",
				phrase.Signed(g.Delta), phrase.Signed(&g.CI[0]), phrase.Signed(&g.CI[1]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func runGraders(s summary.Summary) graderTable {
	a := axis{-0.03, 1.03}
	t := graderTable{Columns: phrase.RunColumns(s.Trials), Ticks: a.ticks(false)}
	for _, g := range s.Graders {
		row := graderRow{Name: textsafe.Cell(g.Grader), Values: phrase.RunCells(g, s.Trials)}
		if g.CI != nil && g.Mean != nil {
			row.Bar = a.bar(g.CI[0], g.CI[1], *g.Mean)
			row.Describe = fmt.Sprintf("mean %s, 95%% interval from %s to %s",
				phrase.Share(g.Mean), phrase.Share(&g.CI[0]), phrase.Share(&g.CI[1]))
			for _, gate := range s.Gates {
				if gate.Grader == g.Grader {
					row.Bar.Marks = append(row.Bar.Marks, Tick{At: a.at(*gate.Min), Label: gate.String()})
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// A typeTable says what became of the replies to the cases of each type.
type typeTable struct {
	Titles []string
	Rows   [][]typeCell
	Notes  []string
}

// A typeCell is text; a change has the class of its pill.
type typeCell struct {
	Text, Pill string
}

func typesOf(from phrase.TypeTable, notes []string) typeTable {
	t := typeTable{Titles: cells(from.Titles)}
	for _, note := range notes {
		t.Notes = append(t.Notes, quoted(note))
	}
	pills := map[compare.SliceVerdict]compare.Verdict{
		compare.SliceWorse: compare.Regressed, compare.SliceBetter: compare.Improved,
	}
	for _, r := range from.Rows {
		row := make([]typeCell, len(r.Cells))
		for i, text := range r.Cells {
			row[i].Text = textsafe.Cell(text)
			if i == from.ChangeAt() && r.Cells[0] != phrase.AllTypes {
				row[i].Pill = "pill " + string(pills[r.Verdict])
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// A confusion is a table of the types one side mistook for one another.
type confusion struct {
	Side    int
	Name    string
	Columns []string
	Rows    []confusionRow
}

type confusionRow struct {
	Expected string
	Cells    []confusionCell
}

// A confusionCell counts trials; Heat grades its share of the row from 0 to 5.
type confusionCell struct {
	Returned string
	Count    int
	Heat     int
	Right    bool
}

func confusionOf(at int, name string, types []string, counts [][]int) confusion {
	c := confusion{Side: at, Name: textsafe.Cell(name), Columns: append(cells(types), phrase.Unreadable)}
	for i, expected := range types {
		total := 0
		for _, n := range counts[i] {
			total += n
		}
		row := confusionRow{Expected: textsafe.Cell(expected)}
		for j, n := range counts[i] {
			cell := confusionCell{Returned: c.Columns[j], Count: n, Right: i == j}
			if total > 0 {
				cell.Heat = (5*n + total - 1) / total
			}
			row.Cells = append(row.Cells, cell)
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}
