// Package brief gathers what a person or a model needs to write the next revision of a prompt: why cases fail, what
// changed since an earlier run, and which experiments come next. It is pure, and leaves sealed cases out.
package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Schema is the version of the brief's JSON.
const Schema = 1

// A Brief is about one run of a revision.
type Brief struct {
	Schema int     `json:"schema"`
	Prompt string  `json:"prompt"`
	Run    string  `json:"run"`
	Suite  string  `json:"suite"`
	Model  string  `json:"model"`
	Cases  int     `json:"cases"`
	Failed int     `json:"failed"`     // of the cases
	Wrong  int     `json:"wrong_type"` // of these, with a reply of a wrong type, or of none
	Sealed int     `json:"sealed"`     // cases that are left out
	Causes []Cause `json:"causes"`     // the most frequent first
	Since  *Since  `json:"since"`      // null without an earlier run of another revision
	Better *Better `json:"better"`     // a recorded revision to start from; null if none is surely better
	Next   []Next  `json:"next"`       // experiments, the most promising first

	Summary summary.Summary `json:"-"` // of the run, without the sealed cases
}

// A Cause is one way in which replies fail, with its first cases.
type Cause struct {
	Grader string       `json:"grader,omitempty"` // as in [causes.Cause]
	What   string       `json:"what,omitempty"`
	Failed int          `json:"failed"` // cases
	Tags   []causes.Tag `json:"tags,omitempty"`
	First  []Example    `json:"first"`

	Of causes.Cause `json:"-"`
}

// An Example is a case that fails.
type Example struct {
	Case  string `json:"case"`
	Input string `json:"input"`
}

// Since says what changed since a run of another revision.
type Since struct {
	Base    string              `json:"base"` // the prompt
	Run     string              `json:"run"`  // of the base
	Verdict *compare.Verdict    `json:"verdict"`
	Slices  []compare.TypeSlice `json:"slices"`

	Comparison *compare.Comparison `json:"-"`
}

// Better is a recorded revision that is better than the one of a brief at a grader.
type Better struct {
	Prompt string  `json:"prompt"`
	Path   string  `json:"path"` // as a command names it
	Grader string  `json:"grader"`
	Base   float64 `json:"base_mean"`
	Score  float64 `json:"mean"`
	Mixed  bool    `json:"mixed"` // it is worse on some expected type
}

// Limits of a brief: more than a person acts on at once helps nobody.
const (
	MostCauses   = 5
	ShownCases   = 3
	mostAdvised  = 3 // causes that get an experiment; one whose cases mostly have one already gets none
	alikeToCases = 2 // cases that an experiment names
)

// Unsealed is a run without the cases that are sealed, by the run or by isSealed, and how many these are.
func Unsealed(run *runfile.Run, isSealed func(id string) bool) (*runfile.Run, int) {
	n := 0
	out := run.Only(func(c *runfile.Case) bool {
		if c.Sealed || isSealed(c.Case) {
			n++
			return false
		}
		return true
	})
	return out, n
}

// Of makes the brief of a run without sealed cases. The comparison of an earlier run with it may be nil.
func Of(run *runfile.Run, since *compare.Comparison) Brief {
	sum := summary.Of(run, nil)
	b := Brief{
		Schema: Schema, Prompt: run.Header.Prompt.Name, Run: run.Header.Run, Suite: run.Header.Suite.Name,
		Model: run.Header.Model.ID, Cases: sum.Cases, Failed: len(sum.Failed), Causes: []Cause{}, Next: []Next{},
		Summary: sum,
	}
	wrong := map[string]bool{}
	for i := range run.Trials {
		for _, s := range run.Trials[i].Scores {
			if s.Grader == "case_type" && s.Value != nil && !s.Pass {
				wrong[run.Trials[i].Case] = true
			}
		}
	}
	b.Wrong = len(wrong)
	for _, c := range causes.Of(run) {
		one := Cause{Grader: c.Grader, What: c.What, Failed: len(c.Cases), Tags: c.Tags, Of: c}
		for _, k := range c.Cases[:min(ShownCases, len(c.Cases))] {
			one.First = append(one.First, Example{Case: k.Case, Input: k.Input})
		}
		b.Causes = append(b.Causes, one)
	}
	if since != nil {
		b.Since = &Since{
			Base: since.Base.Prompt, Run: since.Base.Run, Verdict: since.Verdict, Slices: since.Slices, Comparison: since,
		}
		if b.Since.Slices == nil {
			b.Since.Slices = []compare.TypeSlice{}
		}
	}
	return b
}

// Next is an experiment: what to change or look at, and the command that shows what it does.
type Next struct {
	What    string `json:"what"`
	Command string `json:"command,omitempty"`
}

// Advise adds the experiments. File is that of the revision; the others are the revision, the one that it is compared
// with, if any, and the one to write, as a command names them.
func (b *Brief) Advise(file, revision, base, next string) {
	advised, covered := 0, map[string]bool{}
	for _, c := range b.byConsequence() {
		again := 0
		for _, k := range c.Of.Cases {
			if covered[k.Case] {
				again++
			}
		}
		if 2*again > c.Failed || advised == mostAdvised {
			continue
		}
		b.Next, advised = append(b.Next, Next{What: adviceOn(c)}), advised+1
		for _, k := range c.Of.Cases {
			covered[k.Case] = true
		}
	}
	if s := b.Since; s != nil {
		var worse []string
		for _, slice := range s.Slices {
			if slice.Verdict == compare.SliceWorse && !slices.Contains(worse, slice.Value) {
				worse = append(worse, slice.Value)
			}
		}
		if len(worse) > 0 && base != "" {
			b.Next = append(b.Next, Next{
				What: fmt.Sprintf("Find the part of the change from %s that makes %s cases worse.",
					s.Base, strings.Join(worse, " and ")),
				Command: fmt.Sprintf("promptbench blame %s %s", base, revision),
			})
		}
	}
	if b.Failed > 0 {
		b.Next = append(b.Next, Next{
			What:    fmt.Sprintf("Change one thing in a copy of %s, and compare it with %[1]s.", b.Prompt),
			Command: fmt.Sprintf("cp %s %s.prompt.yml; promptbench run %s %[2]s", file, next, revision),
		})
	}
}

// byConsequence are the causes, wrong types first: a reply of another type fails other graders as well.
func (b *Brief) byConsequence() []Cause {
	out := slices.Clone(b.Causes)
	slices.SortStableFunc(out, func(x, y Cause) int {
		isType := func(c Cause) int { return map[bool]int{true: 0, false: 1}[c.Grader == "case_type" || c.Grader == ""] }
		return isType(x) - isType(y)
	})
	return out
}

// adviceOn says what to try against a cause.
func adviceOn(c Cause) string {
	var names []string
	for _, e := range c.First[:min(alikeToCases, len(c.First))] {
		names = append(names, e.Case)
	}
	alike := wording.List(names)
	expected, said, isType := strings.Cut(strings.TrimPrefix(c.What, "expected "), ", said ")
	switch {
	case strings.HasPrefix(c.What, "no reply"):
		return fmt.Sprintf("Run the revision again: %d of its cases have no reply.", c.Failed)
	case strings.Contains(c.What, "cut by length"):
		return "Ask for shorter replies, or raise maxTokens: replies are cut by length."
	case strings.HasPrefix(c.What, "unreadable"), c.Grader == "format":
		return fmt.Sprintf("Show the reply format by one complete example: replies like those to %s do not have it (%s).",
			alike, cmp.Or(c.What, c.Grader))
	case c.Grader == "case_type" && isType:
		return fmt.Sprintf("Say when a reply is %#q and not %#q, and add an example of your own that is like %s.",
			expected, said, alike)
	case strings.HasSuffix(c.Grader, "_count"):
		return fmt.Sprintf("Say how many items a reply has: %s.", c.What)
	case c.What != "" && !strings.HasPrefix(c.What, "not so:"):
		return fmt.Sprintf("State the rule of %s in the prompt: %s.", c.Grader, c.What)
	}
	return fmt.Sprintf("State the rule of %s in the prompt, which replies like those to %s break.", c.Grader, alike)
}
