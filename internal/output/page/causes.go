package page

import (
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
)

// A causeRow is why some cases of a run fail. Its cases are the first of them.
type causeRow struct {
	Count, What, Tags string
	Cases             []string
	More              int
}

// Limits of the list of causes.
const (
	mostCauses = 12
	firstCases = 3
)

func causesOf(run *runfile.Run) (rows []causeRow) {
	found := causes.Of(run)
	for _, c := range found[:min(mostCauses, len(found))] {
		r := causeRow{
			Count: wording.Count(len(c.Cases), "case"), What: textsafe.Cell(phrase.Cause(c)),
			Tags: textsafe.Cell(phrase.CauseTags(c)), More: max(0, len(c.Cases)-firstCases),
		}
		for _, k := range c.Cases[:min(firstCases, len(c.Cases))] {
			r.Cases = append(r.Cases, textsafe.Cell(k.Case))
		}
		rows = append(rows, r)
	}
	return rows
}
