package runfile_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// made returns a complete run of two cases that began on a day and passes in its trials as told.
func made(day int, pass ...bool) *runfile.Run {
	start := time.Date(2026, 11, day, 6, 0, 0, 0, time.UTC)
	run := &runfile.Run{Header: runfile.Header{
		Kind: runfile.KindHeader, Schema: runfile.Schema, Run: fmt.Sprint("run", day), Trials: len(pass), Cases: 2, Started: start,
		Prompt: runfile.Prompt{Name: "v1", Hash: "h"}, Graders: []graders.Spec{{Name: "g", Version: 1}},
	}, End: &runfile.End{Kind: runfile.KindEnd, Status: runfile.Complete, Trials: 2 * len(pass), Calls: 2 * len(pass), Ended: start}}
	for _, id := range []string{"a", "b"} {
		run.Cases = append(run.Cases, runfile.Case{Kind: runfile.KindCase, Case: id, Input: id, InputHash: id})
		for k, passed := range pass {
			value := 0.0
			if passed {
				value = 1
			}
			run.Calls = append(run.Calls, runfile.Call{
				Kind: runfile.KindCall, Key: fmt.Sprint(id, k), Case: id, Trial: k + 1, For: runfile.ForReply, At: start.Add(time.Duration(k)),
			})
			run.Trials = append(run.Trials, runfile.Trial{
				Kind: runfile.KindTrial, Case: id, Trial: k + 1, Key: fmt.Sprint(id, k),
				Scores: []graders.Score{{Grader: "g", Value: &value, Pass: passed}},
			})
		}
	}
	return run
}

func TestRunsBecomeTrials(t *testing.T) {
	t.Parallel()
	first, second := made(1, true, false), made(2, true)
	one, err := runfile.PoolRuns([]*runfile.Run{second, first})
	require.NoError(t, err)
	require.Equal(t, "run2", one.Header.Run, "the newest")
	require.Equal(t, []string{"run1", "run2"}, one.Header.Pooled)
	require.Equal(t, 3, one.Header.Trials)
	require.Equal(t, runfile.Complete, one.Status())
	require.Len(t, one.Trials, 6)
	passed := map[int]bool{}
	for _, trial := range one.TrialsOf("a") {
		passed[trial.Trial] = trial.Scores[0].Pass
	}
	require.Equal(t, map[int]bool{1: true, 2: true, 3: false}, passed)
	require.Equal(t, 1, second.Trials[0].Trial, "what was given stays as it was")
	require.Equal(t, 6, one.End.Calls)

	again, err := runfile.PoolRuns([]*runfile.Run{made(3, true), one})
	require.NoError(t, err)
	require.Equal(t, []string{"run1", "run2", "run3"}, again.Header.Pooled)
	require.Equal(t, 4, again.Header.Trials)

	var file bytes.Buffer
	require.NoError(t, runfile.Encode(&file, again))
	read, err := runfile.Decode(&file, runfile.Full)
	require.NoError(t, err)
	require.Equal(t, again, read)

	alone, err := runfile.PoolRuns([]*runfile.Run{first})
	require.NoError(t, err)
	require.Same(t, first, alone)
}

func TestOnlyTrialsOfOneThingArePooled(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(r *runfile.Run){
		"v2 and v1 are different prompts": func(r *runfile.Run) { r.Header.Prompt = runfile.Prompt{Name: "v2", Hash: "other"} },
		"the models are n and ":           func(r *runfile.Run) { r.Header.Model.ID = "n" },
		"graded differently":              func(r *runfile.Run) { r.Header.Graders[0].Version = 2 },
		"grade both with":                 func(r *runfile.Run) { r.Header.Suite.Hash = "other" },
		"redacted runs":                   func(r *runfile.Run) { r.Header.Redacted = &runfile.Redacted{} },
		"different cases":                 func(r *runfile.Run) { r.Cases[0].InputHash = "other" },
		"stopped early":                   func(r *runfile.Run) { r.End.Decided = &runfile.Decided{Cases: 2, Share: 1} },
		"have replies in common":          func(r *runfile.Run) { r.Calls[0].ReplayedFrom = "run1" },
		"in common":                       func(r *runfile.Run) { r.Header.Pooled = []string{"run1", "run2"} },
	} {
		other := made(2, true)
		change(other)
		first, last := made(1, true), made(3, true)
		_, err := runfile.PoolRuns([]*runfile.Run{first, other, last})
		require.ErrorContains(t, err, want)
	}
	torn := made(2, true)
	torn.End = nil
	one, err := runfile.PoolRuns([]*runfile.Run{made(1, true), torn})
	require.NoError(t, err)
	require.Equal(t, runfile.Incomplete, one.Status(), "as one of them is")
}
