package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"promptbench/internal/text/textsafe"
)

// A column is one column of a table. A column with a Max is cut to that many terminal columns, its title too; the
// others are as wide as their cells.
type column struct {
	Title string
	Right bool
	Max   int
}

// right returns columns that are aligned to the right.
func right(titles ...string) []column {
	columns := make([]column, len(titles))
	for i, title := range titles {
		columns[i] = column{Title: title, Right: true}
	}
	return columns
}

// writeTable prints aligned columns without borders, two spaces apart. tablewriter's own cutting and wrapping are off,
// because they drop text; and it adds up the widths of runes, by which a joined emoji takes six columns instead of two.
// So cells are cut before, and stand-ins of their width are laid out.
func writeTable(w io.Writer, columns []column, rows [][]string) error {
	var s standIns
	header := make([]string, len(columns))
	align := make([]tw.Align, len(columns))
	for i, c := range columns {
		header[i] = s.take(fit(c.Title, c.Max))
		align[i] = tw.AlignLeft
		if c.Right {
			align[i] = tw.AlignRight
		}
	}
	var out strings.Builder
	table := tablewriter.NewTable(&out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Symbols:  tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	)
	table.Header(header)
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i := range columns {
			if i < len(row) {
				cells[i] = s.take(fit(row[i], columns[i].Max))
			}
		}
		if err := table.Append(cells); err != nil {
			return fmt.Errorf("laying out a table: %w", err)
		}
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("drawing a table: %w", err)
	}
	for line := range strings.Lines(s.back(out.String())) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// narrow cuts the first column of a table that would be wider than the terminal: its words break off, while a number
// must stay whole.
func narrow(columns []column, rows [][]string, terminal int) {
	if terminal <= 0 {
		return
	}
	columns[0].Max = min(columns[0].Max, max(leastName, terminal-widthBeside(columns, rows)))
}

// widthBeside is the width of all columns but the first, with the gaps before them.
func widthBeside(columns []column, rows [][]string) int {
	used := 0
	for i := range columns[1:] {
		used += gap + widthOf(columns, rows, i+1)
	}
	return used
}

// widthBefore is the width of all columns but the last, with the gaps after them.
func widthBefore(columns []column, rows [][]string) int {
	used := 0
	for i := range columns[:len(columns)-1] {
		used += widthOf(columns, rows, i) + gap
	}
	return used
}

// widthOf is the width of one column.
func widthOf(columns []column, rows [][]string, at int) int {
	c := columns[at]
	width := textsafe.Width(fit(c.Title, c.Max))
	for _, row := range rows {
		width = max(width, textsafe.Width(fit(row[at], c.Max)))
	}
	return width
}

// standIns are the cells that were taken out of a table, in its order.
type standIns struct{ cells []string }

const standIn = 'x'

// take keeps a cell and returns its placeholder: as many letters as the cell has columns.
func (s *standIns) take(cell string) string {
	width := textsafe.Width(cell)
	if width > 0 {
		s.cells = append(s.cells, cell)
	}
	return strings.Repeat(string(standIn), width)
}

// back puts the cells into the drawn table, where nothing but letters and spaces stands.
func (s *standIns) back(drawn string) string {
	var out strings.Builder
	before := ' '
	for _, r := range drawn {
		switch {
		case r != standIn:
			out.WriteRune(r)
		case before != standIn && len(s.cells) > 0:
			out.WriteString(s.cells[0])
			s.cells = s.cells[1:]
		}
		before = r
	}
	return out.String()
}

func fit(cell string, limit int) string {
	cell = textsafe.Cell(cell)
	if limit > 0 {
		return textsafe.Cut(cell, limit)
	}
	return cell
}
