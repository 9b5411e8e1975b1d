package summary

import (
	"slices"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// A Cell is what one grader said of one case, over its trials.
type Cell struct {
	Sum       float64 // of the values
	Scored    int     // trials with a value
	Passed    int
	Undecided int  // trials that the grader could not decide
	Broken    int  // of these, trials in which it failed, or its judge
	Failed    int  // trials without a score, because the call failed
	Excluded  bool // in some trial the grader said that it does not apply
	Binary    bool // every value is 0 or 1; meaningful where Scored > 0
}

// CellOf gathers what a grader said in the trials of one case. A trial that
// ended in an error leaves every grader undecided. At is the grader's place
// among the names, where its score most likely stands.
func CellOf(trials []runfile.Trial, grader string, at int) Cell {
	c := Cell{Binary: true}
	for i := range trials {
		if s := ScoreOf(&trials[i], grader, at); s != nil {
			c.add(s)
		} else {
			c.Failed++
		}
	}
	return c
}

// ScoreOf returns what a grader said of a trial, or nil. At is where the score
// most likely is.
func ScoreOf(t *runfile.Trial, grader string, at int) *graders.Score {
	if t.Error != nil {
		return nil
	}
	if at < len(t.Scores) && t.Scores[at].Grader == grader {
		return &t.Scores[at]
	}
	for i := range t.Scores {
		if t.Scores[i].Grader == grader {
			return &t.Scores[i]
		}
	}
	return nil
}

// ReplyTo returns the call whose reply a trial graded, or nil.
func ReplyTo(run *runfile.Run, t *runfile.Trial) *runfile.Call {
	if replies := RepliesTo(run, t); len(replies) > 0 {
		return &replies[len(replies)-1]
	}
	return nil
}

// RepliesTo returns the calls of a trial up to the one whose reply it graded: several of a conversation, none where
// there is no such call.
func RepliesTo(run *runfile.Run, t *runfile.Trial) []runfile.Call {
	for replies := range runfile.RepliesIn(run.CallsOf(t.Case)) {
		if last := &replies[len(replies)-1]; last.Trial == t.Trial && (last.Key == t.Key || t.Key == "") {
			return replies
		}
	}
	return nil
}

func (c *Cell) add(s *graders.Score) {
	switch {
	case s.NotApplicable != "":
		c.Excluded = true
	case s.Value == nil:
		c.Undecided++
		if s.Broken {
			c.Broken++
		}
	default:
		c.Binary = c.Binary && (*s.Value == 0 || *s.Value == 1)
		c.Sum += *s.Value
		c.Scored++
		if s.Pass {
			c.Passed++
		}
	}
}

// NotApplicable reports whether the grader said that it does not apply, and nothing
// else in any trial.
func (c *Cell) NotApplicable() bool { return c.Excluded && !c.applies() }

func (c *Cell) applies() bool { return c.Scored+c.Undecided > 0 }

// NotApplicable reports whether a grader does not apply to a case that two runs
// have: one says so, and the other has no score that says otherwise.
func NotApplicable(base, head *Cell) bool {
	return (base.Excluded || head.Excluded) && !base.applies() && !head.applies()
}

// Mean is the mean of the values; there must be at least one.
func (c *Cell) Mean() float64 { return c.Sum / float64(c.Scored) }

// Pass holds where over half of the scored trials pass.
func (c *Cell) Pass() bool { return 2*c.Passed > c.Scored }

// Flaky holds where some trials pass and some don't.
func (c *Cell) Flaky() bool { return c.Passed > 0 && c.Passed < c.Scored }

// GraderNames lists the scores of the runs in the order they were given. Runs
// in which nothing was graded at all have those that their headers name.
func GraderNames(runs ...*runfile.Run) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, run := range runs {
		for i := range run.Trials {
			for k := range run.Trials[i].Scores {
				add(run.Trials[i].Scores[k].Grader)
			}
		}
	}
	if len(names) == 0 {
		for _, run := range runs {
			for _, spec := range run.Header.Graders {
				add(spec.Name)
			}
		}
	}
	return names
}
