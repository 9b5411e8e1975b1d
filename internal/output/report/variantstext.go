package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
)

// leastVariant is the least width of a variant's column: the longest verdict fits.
const leastVariant = 12

// VariantsText prints an overview of variants: graders and variants, the verdicts
// against the first of them, and what the replies took.
func VariantsText(w io.Writer, v compare.Variants, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold, line(phrase.OverviewHeadline(v)))
	p.sentences("", phrase.OverviewBasis(v))
	rows := phrase.Overview(v)
	labels := 0
	for _, r := range rows {
		labels = max(labels, min(textsafe.Width(r.Label), 24))
	}
	names := phrase.VariantNames(v)
	width, perTable := variantColumns(names, labels, o.Width)
	names = phrase.ShortNames(names, width)
	for first := 1; first < len(names); first += perTable - 1 {
		last := min(len(names), first+perTable-1)
		p.blank()
		columns := append([]column{{Title: "grader", Max: 24}}, right(append(names[:1:1], names[first:last]...)...)...)
		var cells [][]string
		for _, r := range rows {
			values := markedCells(r.Cells)
			cells = append(cells, append([]string{r.Label, values[0]}, values[first:last]...))
		}
		narrow(columns, cells, o.Width)
		p.table(columns, cells)
	}
	p.prose("", fmt.Sprintf("marks, against %s: ▲ improved, = no worse, ▼ regressed, ? inconclusive; "+
		"in parentheses: does not count", line(names[0])))
	return p.err
}

// markedCells are the values of a row, with the verdicts of graders as one character
// each, in parentheses if they do not count.
func markedCells(list []phrase.OverviewCell) []string {
	marks := map[compare.Verdict]string{
		compare.Improved: "▲", compare.NoWorse: "=", compare.Regressed: "▼", compare.Inconclusive: "?",
	}
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Value
		if c.Words != "" {
			out[i] += " " + strings.Replace(c.Words, c.Verdict.Words(), marks[*c.Verdict], 1)
		}
	}
	return out
}

// variantColumns says how wide the names of variants may be, and how many columns of
// variants fit beside the labels.
func variantColumns(names []string, labels, terminal int) (width, perTable int) {
	if terminal <= 0 {
		return 1000, len(names)
	}
	longest := leastVariant
	for _, name := range names {
		longest = max(longest, textsafe.Width(name))
	}
	room := terminal - labels
	if perTable = max(2, room/(leastVariant+gap)); perTable >= len(names) {
		return min(longest, room/len(names)-gap), len(names)
	}
	return leastVariant, perTable
}
