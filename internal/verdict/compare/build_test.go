package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// What a grader can say of a trial beside a value.
const (
	unscored      = -1.0
	notApplicable = -2.0
	failed        = -3.0 // the call: the whole trial has an error
)

// A trial is what the graders of a made-up run said, in their order.
type trial []float64

// A made is a made-up run: by case id, its trials.
type made struct {
	graders []string
	cases   map[string][]trial
	change  func(*runfile.Case)
}

// run is the run file that holds what was made up.
func (m made) run(name string) *runfile.Run {
	most := 1
	run := &runfile.Run{
		Header: runfile.Header{
			Run: "run-of-" + name, Prompt: runfile.Prompt{
				Name: name, Hash: "hash of " + name,
			}, Suite: runfile.Suite{Name: "subtodos"},
			Model: runfile.Model{
				Name: "local", Endpoint: "local", ID: "example-model",
			}, Reply: reply.Rules{Types: []string{"answer", "question"}},
		},
		End: &runfile.End{Status: runfile.Complete},
	}
	for _, g := range m.graders {
		run.Header.Graders = append(run.Header.Graders, graders.Spec{Name: g, Version: 1})
	}
	for id, trials := range m.cases {
		c := runfile.Case{Case: id, Input: "입력 " + id, InputHash: "hash of " + id, Expect: graders.Expect{Type: "answer"}}
		if m.change != nil {
			m.change(&c)
		}
		run.Cases = append(run.Cases, c)
		most = max(most, len(trials))
		for i, values := range trials {
			run.Trials = append(run.Trials, m.trial(id, i+1, values))
			run.Calls = append(
				run.Calls,
				runfile.Call{Case: id, Trial: i + 1, For: runfile.ForReply, At: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)},
			)
		}
	}
	run.Header.Trials = most
	slices.SortFunc(run.Cases, func(a, b runfile.Case) int { return strings.Compare(a.Case, b.Case) })
	slices.SortStableFunc(run.Trials, func(a, b runfile.Trial) int { return strings.Compare(a.Case, b.Case) })
	slices.SortStableFunc(run.Calls, func(a, b runfile.Call) int { return strings.Compare(a.Case, b.Case) })
	return run
}

func (m made) trial(id string, number int, values trial) runfile.Trial {
	t := runfile.Trial{Case: id, Trial: number}
	if len(values) > 0 && values[0] == failed {
		t.Error = &runfile.Error{Kind: "server", Status: 500, Message: "the endpoint failed (500)"}
		return t
	}
	t.Read = &runfile.Read{Format: reply.JSON, Type: "answer", Items: []string{"하나", "둘"}}
	for i, v := range values {
		s := graders.Score{Grader: m.graders[i]}
		switch v {
		case unscored:
			s.Unscored = "the judge is down"
		case notApplicable:
			s.NotApplicable = "it applies to question"
		default:
			s.Value, s.Pass = &v, v == 1
		}
		t.Scores = append(t.Scores, s)
	}
	return t
}

// flips makes two runs of one grader and one trial: so many cases that get
// better, get worse, pass on both sides and fail on both.
func flips(better, worse, pass, fail int) (base, head made) {
	base, head = one("case_type"), one("case_type")
	add := func(n int, b, h float64) {
		for range n {
			id := fmt.Sprintf("case-%04d", len(base.cases))
			base.cases[id], head.cases[id] = []trial{{b}}, []trial{{h}}
		}
	}
	add(better, 0, 1)
	add(worse, 1, 0)
	add(pass, 1, 1)
	add(fail, 0, 0)
	return base, head
}

func one(names ...string) made { return made{graders: names, cases: map[string][]trial{}} }

// hold compares the two as v2 and v3.
func hold(t *testing.T, base, head made, o compare.Options) *compare.Comparison {
	t.Helper()
	c, err := compare.Compare(base.run("v2"), head.run("v3"), o)
	require.NoError(t, err)
	return c
}

func only(t *testing.T, c *compare.Comparison) compare.Grader {
	t.Helper()
	require.Len(t, c.Graders, 1)
	return c.Graders[0]
}
