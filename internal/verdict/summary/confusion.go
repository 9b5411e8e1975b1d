package summary

import (
	"iter"
	"slices"

	"promptbench/internal/record/runfile"
)

// Unread heads the column of replies without a readable type.
const Unread = "unread"

// Confusion counts trials of a run by the type that their case expects and the type that
// was read. Rows are the types, columns the types and then the replies without a
// type: unreadable, cut by length, refused or withheld. A case that expects no type
// and a trial without a reply don't count, so that a row adds up to what the grader
// case_type scored, and its diagonal to what passed.
func Confusion(run *runfile.Run, cases iter.Seq2[*runfile.Case, []runfile.Trial], types []string) [][]int {
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
			if trials[i].Read != nil {
				table[row][columnOf(run, &trials[i], types)]++
			}
		}
	}
	return table
}

// columnOf is the place of the type that the reply of a trial has. A reply that counts
// as failed as a whole has none.
func columnOf(run *runfile.Run, t *runfile.Trial, types []string) int {
	column := slices.Index(types, t.Read.Type)
	if column < 0 || failureOf(run, t) != "" {
		return len(types)
	}
	return column
}

// failureOf says why a reply counts as failed as a whole, or nothing.
func failureOf(run *runfile.Run, t *runfile.Trial) string {
	if call := ReplyTo(run, t); call != nil {
		switch runfile.FinishReason(call.FinishReason) {
		case runfile.FinishLength:
			return "cut by length"
		case runfile.FinishContentFilter:
			return "withheld"
		case runfile.FinishInvalid:
			return "invalid"
		}
	}
	return ""
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
