package summary

import (
	"iter"
	"slices"

	"promptbench/internal/record/runfile"
)

// Unread heads the column of replies without a readable type.
const Unread = "unread"

// Confusion counts trials by the type that their case expects and the type that
// was read. Rows are the types, columns the types and then the unreadable
// replies; a case that expects no type and a trial without a reply don't count.
func Confusion(cases iter.Seq2[*runfile.Case, []runfile.Trial], types []string) [][]int {
	table := make([][]int, len(types))
	for i := range table {
		table[i] = make([]int, len(types)+1)
	}
	for c, trials := range cases {
		row := slices.Index(types, c.Expect.Type)
		if row < 0 {
			continue
		}
		for i := range trials {
			if trials[i].Read == nil {
				continue
			}
			column := slices.Index(types, trials[i].Read.Type)
			if column < 0 {
				column = len(types)
			}
			table[row][column]++
		}
	}
	return table
}

// casesOf are the cases of a run with their trials.
func casesOf(run *runfile.Run) iter.Seq2[*runfile.Case, []runfile.Trial] {
	return func(yield func(*runfile.Case, []runfile.Trial) bool) {
		for i := range run.Cases {
			if !yield(&run.Cases[i], run.TrialsOf(run.Cases[i].Case)) {
				return
			}
		}
	}
}
