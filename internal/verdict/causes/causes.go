// Package causes groups the failures of a run by what went wrong, without a model: a type in place of another, a
// defect, a criterion, a reply that is wrong as a whole. It is pure.
package causes

import (
	"cmp"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// A Cause is one way in which replies fail, and the cases that fail so.
type Cause struct {
	Grader string         `json:"grader,omitempty"` // empty where the reply as a whole is wrong
	What   string         `json:"what,omitempty"`   // empty where the grader's reasons differ from case to case
	Cases  []runfile.Case `json:"-"`                // in the order of the run, each once
	Tags   []Tag          `json:"tags,omitempty"`   // that fail so much more often than all cases; the most telling first

	WrongType int `json:"wrong_type,omitempty"` // cases of it whose reply has a wrong type as well
}

// Follows reports whether the cause may be a consequence of wrong types: over half of its replies have one.
func (c Cause) Follows() bool {
	return c.Grader != typeGrader && c.Grader != "format" && c.Grader != "" && 2*c.WrongType > len(c.Cases)
}

const typeGrader = "case_type"

// A Tag is how many of its cases fail for a cause.
type Tag struct {
	Tag    string `json:"tag"`
	Failed int    `json:"failed"`
	Of     int    `json:"of"`
}

const (
	// distinct is how many reasons of one grader are causes of their own. With more, as a judge gives them, the grader
	// is the cause.
	distinct = 8
	// A tag with fewer failures, or less than so many times the share of all cases, tells nothing.
	leastFailures = 3
	telling       = 2
)

// A failure is one way in which one trial fails. The kind tells causes of a grader apart; the words are for people.
type failure struct{ grader, kind, words string }

// Of returns the causes in a run, those with the most cases first, and at the end those that follow from a wrong type.
// A case is in several where it fails in several ways. A reply that is wrong as a whole has one cause, not one for each
// grader.
func Of(run *runfile.Run) []Cause {
	type key struct{ grader, kind string }
	failed := map[string][]failure{} // by case
	kinds := map[string]map[string]bool{}
	for i := range run.Trials {
		t := &run.Trials[i]
		for _, f := range failuresOf(t) {
			failed[t.Case] = append(failed[t.Case], f)
			if kinds[f.grader] == nil {
				kinds[f.grader] = map[string]bool{}
			}
			kinds[f.grader][f.kind] = true
		}
	}
	wrongType := func(id string) bool {
		return slices.ContainsFunc(failed[id], func(f failure) bool { return f.grader == typeGrader })
	}
	found := map[key]*Cause{}
	words := map[key]map[string]int{}
	for _, c := range run.Cases {
		for _, f := range failed[c.Case] {
			k := key{f.grader, f.kind}
			if f.grader != "" && len(kinds[f.grader]) > distinct {
				k.kind, f.words = "", ""
			}
			if found[k] == nil {
				found[k], words[k] = &Cause{Grader: f.grader}, map[string]int{}
			}
			words[k][f.words]++
			if n := len(found[k].Cases); n == 0 || found[k].Cases[n-1].Case != c.Case {
				found[k].Cases = append(found[k].Cases, c)
				if f.grader != typeGrader && wrongType(c.Case) {
					found[k].WrongType++
				}
			}
		}
	}
	all := tagsOf(run.Cases)
	out := make([]Cause, 0, len(found))
	for k, c := range found {
		c.What = mostFrequent(words[k])
		c.Tags = tellingTags(tagsOf(c.Cases), all, float64(len(c.Cases))/float64(len(run.Cases)))
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cause) int {
		last := func(c Cause) int { return map[bool]int{true: 1}[c.Follows()] }
		return cmp.Or(
			last(a)-last(b),
			len(b.Cases)-len(a.Cases),
			cmp.Compare(a.Grader, b.Grader),
			cmp.Compare(a.What, b.What),
		)
	})
	return out
}

// failuresOf returns the ways in which a trial fails.
func failuresOf(t *runfile.Trial) []failure {
	if t.Error != nil {
		return []failure{{kind: t.Error.Kind, words: "no reply: " + cmp.Or(t.Error.Kind, "an error")}}
	}
	if t.Read != nil && reply.Worst(t.Read.Defects) == reply.Fatal {
		isFatal := func(d reply.Defect) bool { return d.Severity() == reply.Fatal }
		d := t.Read.Defects[slices.IndexFunc(t.Read.Defects, isFatal)]
		return []failure{{kind: string(d.Code), words: "unreadable: " + cmp.Or(d.Detail, string(d.Code))}}
	}
	var failing []graders.Score
	all, same := true, true
	for _, s := range t.Scores {
		if s.Value == nil {
			continue
		}
		if all = all && !s.Pass; !s.Pass {
			failing = append(failing, s)
			same = same && s.Reason == failing[0].Reason
		}
	}
	if all && same && len(failing) > 1 { // it failed as a whole: cut by length, refused, withheld
		return []failure{{kind: failing[0].Reason, words: failing[0].Reason}}
	}
	var out []failure
	for _, s := range failing {
		out = append(out, failuresIn(t, s, failing)...)
	}
	return out
}

// failuresIn returns the ways in which a trial fails one grader.
func failuresIn(t *runfile.Trial, s graders.Score, failing []graders.Score) []failure {
	switch {
	case slices.ContainsFunc(failing, func(other graders.Score) bool {
		return strings.HasPrefix(other.Grader, s.Grader+"/")
	}):
		return nil // its criteria say it
	case s.Grader == "format" && t.Read != nil && len(t.Read.Defects) > 0:
		var out []failure
		for _, d := range t.Read.Defects {
			if f := (failure{s.Grader, string(d.Code), cmp.Or(d.Detail, string(d.Code))}); !slices.ContainsFunc(out,
				func(o failure) bool { return o.kind == f.kind }) {
				out = append(out, f)
			}
		}
		return out
	case s.Grader == typeGrader:
		expected, _, _ := strings.Cut(s.Reason, ", the reply is ")
		words := expected + ", said " + s.Answer
		return []failure{{s.Grader, words, words}}
	}
	words := withoutAnswer(s)
	return []failure{{s.Grader, words, words}}
}

// withoutAnswer is a reason without what was found in the reply: of "2 items, expected 3" it is "expected 3".
func withoutAnswer(s graders.Score) string {
	if rest, begins := strings.CutPrefix(s.Reason, s.Answer+" "); begins && s.Answer != "" {
		if _, expected, found := strings.Cut(rest, ", "); found {
			return expected
		}
	}
	return s.Reason
}

// mostFrequent returns the words said most often, of equally frequent ones the first by name.
func mostFrequent(words map[string]int) string {
	best, most := "", 0
	for w, n := range words {
		if n > most || n == most && w < best {
			best, most = w, n
		}
	}
	return best
}

func tagsOf(cases []runfile.Case) map[string]int {
	n := map[string]int{}
	for i := range cases {
		for _, tag := range cases[i].Tags {
			n[tag]++
		}
	}
	return n
}

func tellingTags(failed, all map[string]int, share float64) []Tag {
	var out []Tag
	for tag, n := range failed {
		if n >= leastFailures && float64(n)/float64(all[tag]) >= telling*share {
			out = append(out, Tag{Tag: tag, Failed: n, Of: all[tag]})
		}
	}
	slices.SortFunc(out, func(a, b Tag) int {
		return cmp.Or(b.Failed*a.Of-a.Failed*b.Of, b.Failed-a.Failed, cmp.Compare(a.Tag, b.Tag))
	})
	return out
}
