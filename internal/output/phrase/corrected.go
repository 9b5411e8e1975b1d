package phrase

import (
	"fmt"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A Corrected is a table of rates without the judge's errors, a row for each
// criterion, that all rest on the same.
type Corrected struct {
	Head    string // what they rest on
	Columns []string
	Rows    [][]string
}

// Sentences are the table as lines of text.
func (t Corrected) Sentences() []string {
	out := []string{t.Head}
	for _, row := range t.Rows {
		cells := make([]string, len(row)-1)
		for i, cell := range row[1:] {
			cells[i] = t.Columns[i+1] + " " + cell
		}
		out = append(out, row[0]+": "+strings.Join(cells, ", "))
	}
	return out
}

// RunCorrected are the rates of a run without the judge's errors: those from labels of
// its replies, then those by a calibration.
func RunCorrected(graders []summary.Grader) []Corrected {
	var byLabels, calibrated basisOfRates
	for _, g := range graders {
		c := g.Corrected
		switch {
		case c == nil:
		case c.Method == summary.ByLabels:
			byLabels.add(g.Grader, c.Labels, correctedRate(c), fmt.Sprintf("%d of %d", c.Labels, c.Of))
		default:
			calibrated.add(g.Grader, 0, correctedRate(c))
		}
	}
	return tables(byLabels, calibrated, []string{"criterion", "rate (95% interval)", "labelled"})
}

// PairCorrected is [RunCorrected] for both sides of a comparison, with their difference.
// A row with a rate by a calibration rests on that.
func PairCorrected(c *compare.Comparison) []Corrected {
	var byLabels, calibrated basisOfRates
	for _, g := range c.Graders {
		b, h := g.BaseCorrected, g.HeadCorrected
		switch {
		case b == nil || h == nil:
		case b.Method == summary.ByLabels && h.Method == b.Method:
			change := "–"
			if d := g.CorrectedDelta; d != nil {
				change = fmt.Sprintf("%s (%s)", Signed(&d.Delta), Between(&d.CI, true))
			}
			byLabels.add(g.Grader, min(b.Labels, h.Labels), correctedRate(b), correctedRate(h), change)
		default:
			calibrated.add(g.Grader, 0, correctedRate(b), correctedRate(h))
		}
	}
	return tables(byLabels, calibrated, []string{"criterion", c.Base.Name, c.Head.Name, "change"})
}

// basisOfRates are the rows that rest on the same.
type basisOfRates struct {
	rows        [][]string
	least, most int // labels that a rate rests on
}

func (b *basisOfRates) add(score string, labels int, cells ...string) {
	if len(b.rows) == 0 {
		b.least = labels
	}
	b.least, b.most = min(b.least, labels), max(b.most, labels)
	b.rows = append(b.rows, append([]string{strings.TrimPrefix(score, "rubric/")}, cells...))
}

func tables(byLabels, calibrated basisOfRates, columns []string) (out []Corrected) {
	if n := byLabels.most; n > 0 {
		labels := wording.Count(n, "random label")
		if byLabels.least < n {
			labels = fmt.Sprintf("%d to %s", byLabels.least, labels)
		}
		out = append(out, Corrected{
			Head:    "Without the judge's errors, from " + labels + " of these replies for each criterion",
			Columns: columns, Rows: byLabels.rows,
		})
	}
	if len(calibrated.rows) > 0 {
		out = append(out, Corrected{
			Head:    "Without the judge's errors, if " + summary.AsCalibrated,
			Columns: columns[:len(calibrated.rows[0])], Rows: calibrated.rows,
		})
	}
	return out
}

func correctedRate(c *summary.Corrected) string {
	return fmt.Sprintf("%s (%s)", Decimals(c.Rate), Between(&c.CI, false))
}
