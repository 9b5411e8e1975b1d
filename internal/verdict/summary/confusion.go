package summary

import (
	"iter"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// Unread heads the column of replies without a readable type.
const Unread = "unread"

// Confusion counts trials by the type that their case expects and the type that
// was read. Rows are the types, columns the types and then the replies without a
// type: unreadable, cut by length, refused or withheld. A case that expects no type
// and a trial without a reply don't count, so that a row adds up to what the grader
// case_type scored, and its diagonal to what passed.
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
			if trials[i].Read != nil {
				table[row][columnOf(&trials[i], c.Expect.Type, types)]++
			}
		}
	}
	return table
}

// columnOf is the place of the type that the reply of a trial has.
func columnOf(t *runfile.Trial, expected string, types []string) int {
	column := slices.Index(types, t.Read.Type)
	if column < 0 || failsAsAWhole(t, expected) {
		return len(types)
	}
	return column
}

// failsAsAWhole reports whether [graders.Fail] made the scores of a trial. Then
// case_type is 0 although the type is the expected one, or not for the type: by the
// one reason that all scores have.
func failsAsAWhole(t *runfile.Trial, expected string) bool {
	s := ScoreOf(t, "case_type", 0)
	if s == nil || s.Value == nil || *s.Value != 0 || s.Reason == "" {
		return false
	}
	isOther := func(o graders.Score) bool { return o.NotApplicable == "" && o.Reason != s.Reason }
	return t.Read.Type == expected ||
		!strings.HasPrefix(s.Reason, "expected ") && !slices.ContainsFunc(t.Scores, isOther)
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
