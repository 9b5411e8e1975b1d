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
	failedCall    outcome = "error" // no reply to score
)

func outcomeOf(c summary.Cell) outcome {
	switch {
	case c.Excluded:
		return notApplicable
	case c.Scored > 0 && c.Pass():
		return passes
	case c.Scored > 0:
		return fails
	case c.Undecided == 0 && c.Failed > 0:
		return failedCall
	}
	return unscored
}

// reasonOf says why a grader found what it found: the reason of the first trial
// with that outcome, and how many trials had it where there are several.
func reasonOf(trials []runfile.Trial, grader string, found outcome) string {
	for i := range trials {
		if found == failedCall && trials[i].Error != nil {
			return several(trials[i].Error.Message, trials, "without a reply", func(t *runfile.Trial) bool {
				return t.Error != nil
			})
		}
		s := summary.ScoreOf(&trials[i], grader, 0)
		if s == nil {
			continue
		}
		switch {
		case found == notApplicable && s.NotApplicable != "", found == unscored && s.Unscored != "":
			return phrase.Reason(*s)
		case s.Value != nil && s.Pass == (found == passes) && (found == passes || found == fails):
			return several(phrase.Reason(*s), trials, "pass", func(t *runfile.Trial) bool {
				score := summary.ScoreOf(t, grader, 0)
				return score != nil && score.Pass
			})
		}
	}
	if len(trials) == 0 {
		return "not run"
	}
	return ""
}

// several adds how many of several trials are so.
func several(reason string, trials []runfile.Trial, what string, holds func(*runfile.Trial) bool) string {
	if len(trials) < 2 {
		return reason
	}
	n := 0
	for i := range trials {
		if holds(&trials[i]) {
			n++
		}
	}
	if reason != "" {
		reason += "; "
	}
	return fmt.Sprintf("%s%d of %d trials %s", reason, n, len(trials), what)
}
