package summary

import (
	"slices"

	"promptbench/graders"
	"promptbench/internal/runfile"
)

// A Cell is what one grader said of one case, over its trials.
type Cell struct {
	Sum       float64 // of the values
	Scored    int     // trials with a value
	Passed    int
	Undecided int  // trials unscored, or ended in an error
	Applies   bool // in at least one trial
	Excluded  bool // the grader said that it does not apply
	Binary    bool // every value is 0 or 1; meaningful where Scored > 0
}

func (c *Cell) add(s graders.Score) {
	switch {
	case s.NotApplicable != "":
		c.Excluded = true
		return
	case s.Value == nil:
		c.Applies = true
		c.Undecided++
		return
	}
	c.Applies = true
	c.Binary = (c.Scored == 0 || c.Binary) && (*s.Value == 0 || *s.Value == 1)
	c.Sum += *s.Value
	c.Scored++
	if s.Pass {
		c.Passed++
	}
}

// Mean is the mean of the values; there must be at least one.
func (c *Cell) Mean() float64 { return c.Sum / float64(c.Scored) }

// Pass holds where over half of the scored trials pass.
func (c *Cell) Pass() bool { return 2*c.Passed > c.Scored }

// Flaky holds where some trials pass and some don't.
func (c *Cell) Flaky() bool { return c.Passed > 0 && c.Passed < c.Scored }

// Cells gathers the trials of a case, a cell per grader of names, and says how
// many trials there are. A trial that ended in an error leaves every grader
// undecided.
func Cells(run *runfile.Run, id string, names []string) ([]Cell, int) {
	out := make([]Cell, len(names))
	trials := run.TrialsOf(id)
	for _, t := range trials {
		if t.Error != nil {
			for i := range out {
				out[i].Undecided++
			}
			continue
		}
		for _, s := range t.Scores {
			if i := slices.Index(names, s.Grader); i >= 0 {
				out[i].add(s)
			}
		}
	}
	return out, len(trials)
}

// GraderNames lists the scores of the runs in the order they were given.
func GraderNames(runs ...*runfile.Run) []string {
	var names []string
	for _, run := range runs {
		for _, t := range run.Trials {
			for _, s := range t.Scores {
				if !slices.Contains(names, s.Grader) {
					names = append(names, s.Grader)
				}
			}
		}
	}
	return names
}
