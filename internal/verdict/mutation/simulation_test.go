//go:build simulation

// How often the unchanged prompt is noticed, and how often a broken one is. It takes seconds:
//
//	go test -tags simulation -run Simulated -v ./internal/verdict/mutation

package mutation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/mutation"
)

// A world is a suite of three types and two graders. A share of cases fails with the original, and a share of all
// scores turns out otherwise by chance.
type world struct {
	r      *rand.Rand
	cases  []runfile.Case
	passes map[string][2]bool
	chance float64
}

var types = []string{"answer", "question", "invalid"}

func newWorld(seed uint64, cases int, chance float64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 19)), passes: map[string][2]bool{}, chance: chance}
	for i := range cases {
		id := fmt.Sprintf("case-%04d", i)
		w.cases = append(w.cases, runfile.Case{
			Case: id, InputHash: id, Expect: graders.Expect{Type: types[w.r.IntN(len(types))]},
		})
		w.passes[id] = [2]bool{w.r.Float64() < 0.6, w.r.Float64() < 0.8}
	}
	return w
}

// run is what a prompt makes of all cases: breaks is the share of a type's cases that fail whatever the original does.
func (w *world) run(name string, breaks map[string]float64) *runfile.Run {
	run := &runfile.Run{
		Header: runfile.Header{
			Run: "run-of-" + name, Prompt: runfile.Prompt{Name: name, Hash: name}, Suite: runfile.Suite{Name: "todos"},
			Model: runfile.Model{Endpoint: "local", ID: "m"}, Reply: reply.Rules{Types: types}, Trials: 1,
			Graders: []graders.Spec{{Name: "case_type"}, {Name: "subtodo_count"}}, Cases: len(w.cases),
		},
		Cases: append([]runfile.Case{}, w.cases...), End: &runfile.End{Status: runfile.Complete},
	}
	for _, c := range w.cases {
		broken := w.r.Float64() < breaks[c.Expect.Type]
		t := runfile.Trial{Case: c.Case, Trial: 1}
		for k, g := range run.Header.Graders {
			pass := w.passes[c.Case][k] && !broken
			if w.r.Float64() < w.chance {
				pass = !pass
			}
			value := 0.0
			if pass {
				value = 1
			}
			t.Scores = append(t.Scores, graders.Score{Grader: g.Name, Value: &value, Pass: pass})
		}
		run.Trials = append(run.Trials, t)
	}
	return run
}

// race stops a run as a job does: at the first look at which it is decided.
func (w *world) race(t *testing.T, base, run *runfile.Run) *runfile.Run {
	t.Helper()
	planned := w.run("planned", nil)
	u, err := compare.NewUnfinished(base, &runfile.Run{Header: run.Header}, planned, false,
		compare.Options{Drift: true}, compare.Stopping{GateOnly: true, Notices: true, Heads: 1})
	require.NoError(t, err)
	from := 0
	for _, at := range compare.Looks(len(w.cases)) {
		u.See(run.Cases[from:at], nil, run.Trials[from:at])
		from = at
		if d, ok := u.Decide(); ok {
			d.Cases = at
			out := *run
			out.Cases, out.Trials = run.Cases[:at:at], run.Trials[:at:at]
			out.End = &runfile.End{Status: runfile.Complete, Decided: &d}
			return &out
		}
	}
	return run
}

// noticed is how many of 100 runs are noticed, and the share of the calls that they took.
func noticed(t *testing.T, cases int, chance float64, breaks map[string]float64) (n int, calls float64) {
	t.Helper()
	for seed := range 100 {
		w := newWorld(uint64(seed), cases, chance)
		base := w.run("original", nil)
		run := w.race(t, base, w.run("head", breaks))
		o := mutation.Planned([]mutation.Mutant{{ID: "m"}})[0]
		require.NoError(t, o.Read(base, run, compare.Options{}))
		if *o.Noticed {
			n++
		}
		calls += float64(o.Cases) / float64(cases) / 100
	}
	t.Logf("%d cases, %.0f%% of scores by chance, breaks %v: %d of 100 noticed, %.0f%% of the calls",
		cases, 100*chance, breaks, n, 100*calls)
	return n, calls
}

// The unchanged prompt is noticed in at most 5 of 100 runs.
func TestSimulatedControls(t *testing.T) {
	t.Parallel()
	for _, cases := range []int{60, 168, 300} {
		for _, chance := range []float64{0, 0.01, 0.05, 0.1, 0.3} {
			n, _ := noticed(t, cases, chance, nil)
			require.LessOrEqual(t, n, 5, "%d cases, %v", cases, chance)
		}
	}
}

// A prompt that breaks a fifth of the cases that pass is noticed, and so is one that breaks half of one type.
func TestSimulatedMutants(t *testing.T) {
	t.Parallel()
	all := map[string]float64{"answer": 0.2, "question": 0.2, "invalid": 0.2}
	for _, chance := range []float64{0, 0.01, 0.05} {
		n, calls := noticed(t, 168, chance, all)
		require.GreaterOrEqual(t, n, 80)
		require.Less(t, calls, 1.)
		n, _ = noticed(t, 168, chance, map[string]float64{"question": 0.5})
		require.GreaterOrEqual(t, n, 80)
	}
}
