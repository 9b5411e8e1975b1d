package main

import (
	"fmt"

	"promptbench/internal/record/runfile"
)

// undecided counts the scores that no grader could give, and keeps the first of
// them by case and grader as an example: trials end in any order.
type undecided struct {
	scores                int
	caseID, grader, first string
}

func (u *undecided) add(t runfile.Trial) {
	for _, s := range t.Scores {
		if s.Unscored == "" {
			continue
		}
		u.scores++
		if u.first == "" || t.Case < u.caseID {
			u.caseID, u.grader, u.first = t.Case, s.Grader, s.Unscored
		}
	}
}

// why says what could not be decided; empty where all was.
func (u *undecided) why() string {
	if u.scores == 0 {
		return ""
	}
	return fmt.Sprintf("%s undecided, such as %s of case %s: %s", count(u.scores, "score"), u.grader, u.caseID, u.first)
}
