package summary

import (
	"math"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
)

// ManyTries is from how many tries on the best of them is said to be partly the luckiest.
const ManyTries = 5

// Tries are the revisions that were tried on a suite.
type Tries struct {
	Count  int          `json:"tries,omitempty"`        // distinct prompts, on any model; 0 where they are not counted
	Splits []SplitScore `json:"split_scores,omitempty"` // from [ManyTries] on
}

// A SplitScore is what the best of several tries scores where it was not chosen.
type SplitScore struct {
	Grader string  `json:"grader"`
	Score  float64 `json:"score"`  // see [stats.SplitScore]
	Best   float64 `json:"best"`   // the highest mean over all units
	Prompt string  `json:"prompt"` // that has it; of several the first
	Tries  int     `json:"tries"`  // that the score is over
	Units  int     `json:"units"`  // that all of them have
}

// SplitScores computes the split score of each grader over the units that all runs have,
// a run being one try. Fewer than two runs or units give none.
func SplitScores(tries []*runfile.Run, graders []string) []SplitScore {
	if len(tries) < 2 {
		return nil
	}
	var shared []runfile.Case
	for _, c := range tries[0].Cases {
		inAll := true
		for _, run := range tries[1:] {
			other, ok := run.Case(c.Case)
			inAll = inAll && ok && other.InputHash == c.InputHash
		}
		if inAll {
			shared = append(shared, c)
		}
	}
	var out []SplitScore
	for at, grader := range graders {
		values := valuesOf(tries, shared, grader, at)
		s := SplitScore{
			Grader: grader, Score: stats.SplitScore(values, 0), Best: math.Inf(-1), Tries: len(tries), Units: len(values[0]),
		}
		if math.IsNaN(s.Score) {
			continue
		}
		for i, run := range tries {
			if mean := stats.Mean(values[i]); mean > s.Best {
				s.Best, s.Prompt = mean, run.Header.Prompt.Name
			}
		}
		out = append(out, s)
	}
	return out
}

// valuesOf are the values of the units by one grader, for each try. Cases that lack the
// score of a try are left out.
func valuesOf(tries []*runfile.Run, cases []runfile.Case, grader string, at int) [][]float64 {
	out := make([][]float64, len(tries))
	units := map[string]int{} // of groups
	var sizes []float64
	for _, c := range cases {
		row := make([]float64, 0, len(tries))
		for _, run := range tries {
			if cell := CellOf(run.TrialsOf(c.Case), grader, at); cell.Scored > 0 {
				row = append(row, cell.Mean())
			}
		}
		if len(row) < len(tries) {
			continue
		}
		unit, known := units[c.Group]
		if c.Group == "" || !known {
			unit = len(sizes)
			units[c.Group], sizes = unit, append(sizes, 0)
			for i := range out {
				out[i] = append(out[i], 0)
			}
		}
		sizes[unit]++
		for i, value := range row {
			out[i][unit] += value
		}
	}
	for i := range out {
		for unit, n := range sizes {
			out[i][unit] /= n
		}
	}
	return out
}
