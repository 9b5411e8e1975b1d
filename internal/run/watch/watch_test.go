package watch_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/watch"
)

// runOf is a run with one grader; each case is its id and whether it passes, or
// "error".
func runOf(outcomes ...string) *runfile.Run {
	run := &runfile.Run{Header: runfile.Header{Trials: 1, Graders: []graders.Spec{{Name: "case_type"}}}}
	for i := 0; i < len(outcomes); i += 2 {
		run.Cases = append(run.Cases, caseOf(outcomes[i]))
		run.Trials = append(run.Trials, trialOf(outcomes[i], outcomes[i+1]))
		run.Calls = append(run.Calls, runfile.Call{Case: outcomes[i], Trial: 1})
	}
	return run
}

func caseOf(id string) runfile.Case {
	return runfile.Case{Case: id, Input: id, InputHash: "hash of " + id}
}

func trialOf(id, outcome string) runfile.Trial {
	t := runfile.Trial{Case: id, Trial: 1}
	if outcome == "error" {
		t.Error = &runfile.Error{Kind: "timeout"}
		return t
	}
	value := 0.0
	if outcome == "pass" {
		value = 1
	}
	t.Scores = []graders.Score{{Grader: "case_type", Value: &value, Pass: value == 1}}
	return t
}

func TestRank(t *testing.T) {
	t.Parallel()
	cases := []runfile.Case{caseOf("가족"), caseOf("보고서"), caseOf("새것"), caseOf("여행"), caseOf("치과"), caseOf("친구")}
	last := runOf("가족", "pass", "보고서", "fail", "여행", "error", "치과", "pass", "친구", "pass")
	base := runOf("가족", "pass", "보고서", "fail", "치과", "fail", "친구", "pass")
	cases[5].InputHash = "another"

	ranks := watch.Rank(cases, last, base)
	require.Equal(t, map[string]int{"보고서": 2, "새것": 2, "여행": 2, "친구": 2, "치과": 1}, ranks)
	require.Equal(t, 4, watch.Urgent(ranks))
	require.Equal(t, map[string]int{"보고서": 2, "새것": 2, "여행": 2, "치과": 2, "친구": 2}, watch.Rank(cases, nil, base), "before a first run, the base says what is hard")
	require.Empty(t, watch.Rank(cases, nil, nil))
}

func TestWhatIsKnownOfCasesIsTheNewest(t *testing.T) {
	t.Parallel()
	before := runOf("가족", "pass", "보고서", "fail", "치과", "fail")
	live := watch.NewLive(before.Header, append(before.Cases, caseOf("다른")))
	live.Add(runfile.Call{Case: "치과"}, trialOf("치과", "pass"))
	live.Add(runfile.Call{Case: "가족"}, trialOf("가족", "fail"))
	now := live.Run()
	require.Len(t, now.Cases, 2, "those that are done")

	known := watch.Merge(before, now)
	require.Equal(t, runOf("가족", "fail", "보고서", "fail", "치과", "pass").Trials, known.Trials)
	require.Len(t, known.Cases, 3)
	require.Len(t, known.Calls, 3, "what a reply takes is estimated from them")
	require.Same(t, now, watch.Merge(nil, now))
	require.Same(t, before, watch.Merge(before, nil))
}

func TestACaseIsDoneAfterItsLastTrial(t *testing.T) {
	t.Parallel()
	header := runfile.Header{Trials: 2}
	live := watch.NewLive(header, []runfile.Case{caseOf("치과")})
	second := trialOf("치과", "pass")
	second.Trial = 2
	live.Add(runfile.Call{Case: "치과", Trial: 2}, second)
	require.Empty(t, live.Run().Cases)
	live.Add(runfile.Call{Case: "치과", Trial: 1}, trialOf("치과", "fail"))
	require.Equal(t, []runfile.Trial{trialOf("치과", "fail"), second}, live.Run().TrialsOf("치과"))
}

func TestASaveThatChangesNothingIsNone(t *testing.T) {
	t.Parallel()
	disk := map[string]string{"a": "1", "b": "2"}
	read := func(path string) ([]byte, error) {
		text, ok := disk[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}
	paths := []string{"a", "b", "c"}
	before := watch.ContentsOf(paths, read)
	require.Empty(t, watch.ContentsOf(paths, read).Since(before))
	disk["c"] = ""
	disk["b"] = "3"
	delete(disk, "a")
	require.Equal(t, []string{"a", "b", "c"}, watch.ContentsOf(paths, read).Since(before), "gone, other, new though empty")
}
