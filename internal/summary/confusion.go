package summary

import (
	"slices"

	"promptbench/internal/runfile"
)

// Unread heads the column of replies without a readable type.
const Unread = "unread"

// Confusion counts the trials of the given cases by expected and by returned
// type. Rows are the types, columns the types and then the unreadable replies;
// a case that expects no type and a trial without a reply don't count.
func Confusion(run *runfile.Run, cases []runfile.Case, types []string) [][]int {
	table := make([][]int, len(types))
	for i := range table {
		table[i] = make([]int, len(types)+1)
	}
	for _, c := range cases {
		row := slices.Index(types, c.Expect.Type)
		if row < 0 {
			continue
		}
		for _, t := range run.TrialsOf(c.Case) {
			if t.Read == nil {
				continue
			}
			column := slices.Index(types, t.Read.Type)
			if column < 0 {
				column = len(types)
			}
			table[row][column]++
		}
	}
	return table
}
