package page

import (
	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
)

// An overview is a table of variants: graders, verdicts and what the replies took.
type overview struct {
	Names []string
	Rows  []overviewRow
}

type overviewRow struct {
	Label string
	Cells []overviewCell
}

// An overviewCell is a value with a verdict, which may be empty.
type overviewCell struct{ Value, Verdict, Words string }

func variantsSection(v compare.Variants) section {
	basis := phrase.OverviewBasis(v)
	s := section{
		Title: "Overview", Headline: textsafe.Cell(phrase.OverviewHeadline(v)),
		Lead: textsafe.Cell(basis[0]), Notes: cells(basis[1:]),
		Overview: &overview{Names: cells(phrase.VariantNames(v))},
	}
	for _, r := range phrase.Overview(v) {
		row := overviewRow{Label: textsafe.Cell(r.Label)}
		for _, c := range r.Cells {
			cell := overviewCell{Value: textsafe.Cell(c.Value), Words: c.Words}
			if c.Verdict != nil {
				cell.Verdict = string(*c.Verdict)
			}
			if c.Verdict != nil && c.Words == "" {
				cell.Value, cell.Words = "", cell.Value
			}
			row.Cells = append(row.Cells, cell)
		}
		s.Overview.Rows = append(s.Overview.Rows, row)
	}
	return s
}
