//go:build simulation

package compare_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// A talk is a case with turns. The reply to each is good with a chance, and hardly ever after one that was not: what
// goes wrong early is in the conversation that the later replies answer.
type talk struct {
	turns        int
	first, after float64 // chances of a good reply: to the first turn, and to one after a good reply
	recovers     float64 // and after a bad one
}

// talksOf are cases of 3 to 10 turns. Most go well from end to end, some break at any turn, some never go well.
func talksOf(r *rand.Rand, n int) []talk {
	out := make([]talk, n)
	for i := range out {
		first := []float64{0.97, 0.97, 0.97, 0.6, 0.1}[r.IntN(5)]
		after := []float64{0.99, 0.95, 0.85}[r.IntN(3)]
		out[i] = talk{turns: 3 + r.IntN(8), first: first, after: after, recovers: 0.1}
	}
	return out
}

// samples are the replies of one trial, each with what its turn expects: a text, and the call of a tool.
func (c talk) samples(r *rand.Rand) []graders.Sample {
	out := make([]graders.Sample, c.turns)
	isGood := false
	for i := range out {
		chance := c.recovers
		switch {
		case i == 0:
			chance = c.first
		case isGood:
			chance = c.after
		}
		isGood = r.Float64() < chance
		s := graders.Sample{Turn: i + 1, Expect: graders.Expect{
			Contains: []string{"good"}, ToolCalls: []graders.ExpectedCall{{Name: "look"}},
		}}
		s.Reply = reply.Reply{Text: "bad", Format: reply.Text}
		if isGood {
			s.Reply.Text = "good"
		}
		if isGood || r.Float64() < 0.5 {
			s.ToolCalls = []graders.ToolCall{{Name: "look", Arguments: "{}"}}
		}
		out[i] = s
	}
	return out
}

// TestSimulatedConversations compares a prompt with itself over cases of several turns. A case is one unit, however many
// turns it has. If each turn counted as a case, chance in one reply would count several times, and there would be more
// false alarms.
func TestSimulatedConversations(t *testing.T) {
	t.Parallel()
	const comparisons, cases = 250, 60
	var list []graders.Grader
	for _, g := range [][2]string{{"contains", ""}, {"contains", `{"at":1}`}, {"tool_calls", ""}} {
		built, err := graders.New(g[0], json.RawMessage(g[1]), graders.Models{})
		require.NoError(t, err)
		list = append(list, built)
	}
	for _, trials := range []int{1, 3} {
		t.Run(fmt.Sprintf("K=%d", trials), func(t *testing.T) {
			t.Parallel()
			verdicts, byTurn := map[compare.Verdict]float64{}, 0.
			for seed := range uint64(comparisons) {
				r := rand.New(rand.NewPCG(20261123, seed))
				talks := talksOf(r, cases)
				base, baseTurns := recorded(t, r, talks, trials, list)
				head, headTurns := recorded(t, r, talks, trials, list)
				o := compare.Options{Seed: 1, Samples: 500}
				verdicts[*hold(t, base, head, o).Verdict] += 1. / comparisons
				if *hold(t, baseTurns, headTurns, o).Verdict == compare.Regressed {
					byTurn += 1. / comparisons
				}
			}
			t.Logf("regressed %.4f, improved %.4f, mixed %.4f; regressed in %.4f if each turn counted as a case",
				verdicts[compare.Regressed], verdicts[compare.Improved], verdicts[compare.Mixed], byTurn)
			require.LessOrEqual(t, verdicts[compare.Regressed]+verdicts[compare.Improved]+verdicts[compare.Mixed], 0.05)
			require.Greater(t, byTurn, verdicts[compare.Regressed])
		})
	}
}

// recorded makes a run of the cases as it is graded, and the same with each turn as a case of its own.
func recorded(t *testing.T, r *rand.Rand, talks []talk, trials int, list []graders.Grader) (whole, turns made) {
	t.Helper()
	names := make([]string, len(list))
	for i, g := range list {
		names[i] = g.Spec().Name
	}
	whole, turns = one(names...), one(names[0])
	whole.change = func(c *runfile.Case) { c.Expect.Type = "" } // which would be compared, too, and takes its time
	turns.change = whole.change
	for i, c := range talks {
		id := fmt.Sprintf("case-%03d", i)
		for range trials {
			samples := c.samples(r)
			values := trial{}
			for _, g := range list {
				scores, err := graders.GradeTurns(t.Context(), g, samples)
				require.NoError(t, err)
				values = append(values, *scores[0].Value)
			}
			whole.cases[id] = append(whole.cases[id], values)
			for k, s := range samples {
				value := 0.
				if s.Reply.Text == "good" {
					value = 1
				}
				turn := fmt.Sprintf("%s.%02d", id, k)
				turns.cases[turn] = append(turns.cases[turn], trial{value})
			}
		}
	}
	return whole, turns
}
