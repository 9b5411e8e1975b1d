package report

import (
	"fmt"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// An outcome is what became of one case by one grader.
type outcome string

// The outcomes, as written in CSV files.
const (
	passes        outcome = "pass"
	fails         outcome = "fail"
	unscored      outcome = "unscored"
	notApplicable outcome = "not_applicable"
	failedCall    outcome = "error" // no reply to score, or the grader failed
)

func outcomeOf(c summary.Cell) outcome {
	switch {
	case c.Excluded:
		return notApplicable
	case c.Scored > 0 && c.Pass():
		return passes
	case c.Scored > 0:
		return fails
	case c.Broken > 0, c.Undecided == 0 && c.Failed > 0:
		return failedCall
	}
	return unscored
}

// reasonOf says why a grader found what it found: the reason of the first trial with that outcome, and how many of
// several trials have it.
func reasonOf(trials []runfile.Trial, grader string, found outcome) string {
	if len(trials) == 0 {
		return "not run"
	}
	failed, passed := 0, 0
	for i := range trials {
		switch s := summary.ScoreOf(&trials[i], grader, 0); {
		case trials[i].Error != nil:
			failed++
		case s != nil && s.Pass:
			passed++
		}
	}
	for i := range trials {
		if found == failedCall && trials[i].Error != nil {
			return withCount(trials[i].Error.Message, failed, trials, "without a reply")
		}
		s := summary.ScoreOf(&trials[i], grader, 0)
		switch {
		case s == nil:
		case found == notApplicable && s.NotApplicable != "", found == unscored && s.Unscored != "",
			found == failedCall && s.Broken:
			return phrase.Reason(*s)
		case s.Value != nil && s.Pass == (found == passes) && (found == passes || found == fails):
			return withCount(phrase.Reason(*s), passed, trials, "pass")
		}
	}
	return ""
}

// withCount adds to a reason how many of several trials are alike.
func withCount(reason string, n int, trials []runfile.Trial, what string) string {
	if len(trials) < 2 {
		return reason
	}
	if reason != "" {
		reason += "; "
	}
	return fmt.Sprintf("%s%d of %d trials %s", reason, n, len(trials), what)
}
