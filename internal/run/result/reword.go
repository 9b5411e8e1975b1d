package result

import (
	"encoding/json"
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
)

// Reword gives failing checks of a run the words that the suite has for them, if the run is older than these words. S
// may be nil: the suite is then the one that the run names, if it is still there. Checks that have changed keep their
// reasons.
func Reword(run *runfile.Run, s *suite.Suite) {
	expressions := graders.Expressions(run.Header.Graders)
	old := func(score graders.Score) bool {
		check, ok := expressions[score.Grader]
		return ok && score.Value != nil && !score.Pass && saysExpression(score.Reason, check)
	}
	var words map[string]string
	for i := range run.Trials {
		scores := run.Trials[i].Scores
		for k, score := range scores {
			if !old(score) {
				continue
			}
			if words == nil {
				words = wordsOf(run, s, expressions)
			}
			says := words[score.Grader]
			if says == "" {
				continue
			}
			if *score.Value > 0 {
				says += fmt.Sprintf(" (%.2f of 1)", *score.Value)
			}
			scores[k].Reason = says
			rubric, _, _ := strings.Cut(score.Grader, "/")
			for j := range scores { // its reason holds those of its criteria
				if scores[j].Grader == rubric && j != k {
					scores[j].Reason = strings.ReplaceAll(scores[j].Reason, score.Reason, says)
				}
			}
		}
	}
}

// saysExpression reports whether a reason holds the expression of a check in place of words.
func saysExpression(reason, check string) bool {
	rest, isOld := strings.CutPrefix(reason, "not so: ")
	if !isOld {
		var found bool
		if rest, _, found = strings.Cut(reason, " is "); !found {
			return false
		}
	}
	begin := strings.TrimSuffix(rest, "…")
	return begin != "" && strings.HasPrefix(check, begin)
}

// wordsOf are the words of the checks that are still the ones of the run, by score.
func wordsOf(run *runfile.Run, s *suite.Suite, expressions map[string]string) map[string]string {
	words := map[string]string{}
	if s == nil {
		found, probs := suite.Load(run.Header.Suite.Path)
		if found == nil || probs.Err() != nil {
			return words
		}
		s = found
	}
	if s.Name != run.Header.Suite.Name {
		return words
	}
	type check struct {
		ID    string `json:"id"`
		Check string `json:"check"`
		Says  string `json:"says"`
	}
	add := func(score string, c check) {
		if expressions[score] == c.Check {
			words[score] = c.Says
		}
	}
	for _, g := range s.Graders {
		var params struct {
			check
			Criteria []check `json:"criteria"`
		}
		if json.Unmarshal(g.Params, &params) != nil {
			continue
		}
		add(g.Score, params.check)
		for _, c := range params.Criteria {
			add(g.Score+"/"+c.ID, c)
		}
	}
	return words
}
