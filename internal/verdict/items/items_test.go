package items

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// made returns a run of a revision over the cases. Pass says what each grader says of a case in a trial.
func made(prompt string, day int, cases []Case, trials int, pass map[string]func(i, trial int) bool) *runfile.Run {
	run := &runfile.Run{Header: runfile.Header{Trials: trials}, End: &runfile.End{Status: runfile.Complete}}
	run.Header.Prompt.Name, run.Header.Prompt.Hash, run.Header.Model.ID = prompt, prompt, "m"
	for i, c := range cases {
		run.Cases = append(run.Cases, runfile.Case{Case: c.ID, Input: c.Input, InputHash: c.InputHash})
		for k := range trials {
			t := runfile.Trial{Case: c.ID, Trial: k + 1}
			for _, name := range []string{"type", "twin", "idle"} {
				if says := pass[name]; says != nil {
					value := 0.0
					if says(i, k) {
						value = 1
					}
					t.Scores = append(t.Scores, graders.Score{Grader: name, Value: &value, Pass: value == 1})
				}
			}
			run.Trials = append(run.Trials, t)
			run.Calls = append(run.Calls, runfile.Call{
				Case: c.ID, Trial: k + 1, For: runfile.ForReply, At: time.Unix(int64(day*100_000+100*i+k+1), 0),
			})
		}
	}
	run.Sort()
	return run
}

func suiteOf(n int) []Case {
	cases := make([]Case, n)
	for i := range cases {
		cases[i] = Case{ID: fmt.Sprintf("c%03d", i), Input: fmt.Sprintf("%x", i*i*7919+i), InputHash: fmt.Sprint(i)}
		cases[i].Type, cases[i].Tags = "answer", []string{"rare"}
		if i >= 10 {
			cases[i].Type, cases[i].Tags = "question", nil
		}
	}
	return cases
}

func TestCasesThatNeverTellRevisionsApart(t *testing.T) {
	t.Parallel()
	cases := suiteOf(40)
	v1 := made("v1", 1, cases, 1, map[string]func(i, k int) bool{
		"type": func(i, _ int) bool { return i%2 == 0 }, "twin": func(i, _ int) bool { return i%2 == 0 },
		"idle": func(int, int) bool { return true },
	})
	v2 := made("v2", 2, cases, 1, map[string]func(i, k int) bool{
		"type": func(i, _ int) bool { return i%4 < 2 }, "twin": func(i, _ int) bool { return i%4 < 2 },
		"idle": func(int, int) bool { return true },
	})
	c := NewCollector("s", cases, nil, []string{"type"})
	c.Add(v1)
	c.Add(v2)
	a := c.Analyse(nil)
	require.Equal(t, []int{40, 40, 2, 2, 1, 80}, []int{a.Cases, a.Compared, a.Runs, a.Revisions, a.Models, a.Replies})
	require.Len(t, a.Constant, 20)
	require.Equal(t, []string{"c000", "c003"}, a.Constant[:2])
	require.Equal(t, 20, a.Graders[0].Apart)
	require.Len(t, a.Graders[0].Always, 10)
	require.Len(t, a.Graders[0].Never, 10)
	require.True(t, a.Graders[2].Idle())
	require.False(t, a.Graders[0].Idle())
	require.Equal(t, []Together{{[2]string{"type", "twin"}, 80, 1, 1}}, a.Together)
	require.Empty(t, a.Flips)
	require.Zero(t, a.Repeated)

	raw, err := json.Marshal(a)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "null", "lists are lists, though empty")
}

func TestCasesThatFlipByChance(t *testing.T) {
	t.Parallel()
	cases := suiteOf(4)
	pass := map[string]func(i, k int) bool{"type": func(i, k int) bool { return i > 0 || k == 0 }}
	c := NewCollector("s", cases, nil, nil)
	c.Add(made("v1", 1, cases, 3, pass))
	c.Add(made("v1", 1, cases, 3, pass)) // its replies are replays of the run before
	a := c.Analyse(nil)
	require.Equal(t, 12, a.Replies, "a replayed reply counts once")
	require.Equal(t, []Flip{{"c000", "type", "v1", "m", 1, 3}}, a.Flips)
	require.Equal(t, 4, a.Repeated)
	require.Zero(t, a.Compared)

	changed := made("v1", 2, cases, 1, map[string]func(i, k int) bool{"type": func(i, _ int) bool { return i > 1 }})
	changed.Cases[1].InputHash = "another input"
	c.Add(changed) // another run of the revision; case 1 is another case now
	a = c.Analyse(nil)
	require.Equal(t, []Flip{{"c000", "type", "v1", "m", 1, 4}}, a.Flips)

	odd := made("v2", 3, cases, 1, nil)
	odd.Cases, odd.Trials = odd.Cases[:1], append(odd.Trials[:1], runfile.Trial{Case: "gone", Trial: 1})
	c.Add(odd)
	require.NotPanics(t, func() { a = c.Analyse(nil) })
	require.Equal(t, 4, a.Runs)
}

func TestUnreadableRepliesDoNotTieGradersTogether(t *testing.T) {
	t.Parallel()
	cases := suiteOf(100)
	run := made("v1", 1, cases, 1, map[string]func(i, k int) bool{
		"type": func(i, _ int) bool { return i >= 50 && i%2 == 0 }, "twin": func(i, _ int) bool { return i >= 50 && i%3 == 0 },
	})
	for i := range 50 {
		run.Calls[i].FinishReason = runfile.FinishLength
	}
	c := NewCollector("s", cases, nil, nil)
	c.Add(run)
	for _, m := range c.pairs {
		require.InDelta(t, 50, m.n, 0)
		require.Less(t, math.Abs(m.correlation()), 0.5)
	}
	require.Empty(t, c.Analyse(nil).Together)
}

func TestThinTypesAndTags(t *testing.T) {
	t.Parallel()
	cases := suiteOf(400)
	for i := range 5 { // of one group, and so one unit
		cases[i].Group = "g"
	}
	c := NewCollector("s", cases, nil, nil)
	c.Add(made("v1", 1, cases, 1, map[string]func(i, k int) bool{"type": func(int, int) bool { return true }}))
	a := c.Analyse(nil)
	require.Equal(t, 396, a.Units)
	require.Equal(t, 2, a.Tests)
	require.Len(t, a.Thin, 2, "390 questions are enough")
	require.Equal(t, Thin{By: ByType, Value: "answer", Units: 6, Drop: a.Thin[0].Drop, More: a.Thin[0].More}, a.Thin[0])
	require.Equal(t, "rare", a.Thin[1].Value)
	require.Greater(t, *a.Thin[1].Drop, 0.5)
	require.Greater(t, a.Thin[0].More, 80)
}
