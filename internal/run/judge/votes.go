package judge

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
)

// Majority makes one verdict of all votes on a question, those without a
// verdict included: the option of over half of them, with its share where there
// is more than one vote. The reason is that of the first such vote.
func Majority(votes []Verdict) graders.Verdict {
	if len(votes) == 1 && votes[0].Fault != "" {
		return graders.Verdict{Unscored: votes[0].Fault, Broken: votes[0].Broken}
	}
	counts := map[string]int{}
	for _, v := range votes {
		if v.Fault != "" {
			continue
		}
		if counts[v.Option]++; 2*counts[v.Option] <= len(votes) {
			continue
		}
		return decided(votes, v.Option)
	}
	return graders.Verdict{
		Unscored: "no majority among the votes: " + strings.Join(tally(votes), ", "),
		Broken:   slices.ContainsFunc(votes, func(v Verdict) bool { return v.Broken }),
	}
}

func decided(votes []Verdict, option string) graders.Verdict {
	out := graders.Verdict{Option: option}
	n := 0
	for _, v := range votes {
		if v.Fault != "" || v.Option != option {
			continue
		}
		if n++; n == 1 {
			out.Reason = v.Reason
		}
	}
	if len(votes) > 1 {
		out.Share = float64(n) / float64(len(votes))
	}
	return out
}

// tally counts the votes in words, in the order in which they were met.
func tally(votes []Verdict) []string {
	var names []string
	counts := map[string]int{}
	for _, v := range votes {
		name := v.Option
		if v.Fault != "" {
			name = "without a verdict (" + v.Fault + ")"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		counts[name]++
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", counts[name], name)
	}
	return names
}
