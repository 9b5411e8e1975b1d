package runfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

func TestPool(t *testing.T) {
	t.Parallel()
	runOf := func(id string, calls ...runfile.Call) *runfile.Run {
		run := &runfile.Run{Header: runfile.Header{Run: id, Trials: 1}, End: &runfile.End{Status: runfile.Complete, Trials: len(calls)}}
		for _, name := range []string{"a", "b"} {
			run.Cases = append(run.Cases, runfile.Case{Case: name, InputHash: name})
		}
		for _, c := range calls {
			c.For = runfile.ForReply
			run.Calls = append(run.Calls, c)
			run.Trials = append(run.Trials, runfile.Trial{Case: c.Case, Trial: c.Trial})
		}
		run.Sort()
		return run
	}
	first := runOf("1", runfile.Call{Case: "a", Trial: 1, Reply: "a1"}, runfile.Call{Case: "b", Trial: 1, Reply: "b1"})
	replay := runOf("2", runfile.Call{Case: "a", Trial: 1, Reply: "a1", ReplayedFrom: "1"},
		runfile.Call{Case: "a", Trial: 2, Reply: "a2"}, runfile.Call{Case: "b", Trial: 1, Reply: "b1", ReplayedFrom: "1"})
	again := runOf("3", runfile.Call{Case: "a", Trial: 1, Reply: "a3"}, runfile.Call{Case: "b", Trial: 1, Reply: "b3"})
	other := runOf("4", runfile.Call{Case: "a", Trial: 1, Reply: "another input"})
	other.Cases[0].InputHash = "c"

	pooled := first.Pool([]*runfile.Run{replay, again, other})
	replies := map[string][]string{}
	for _, c := range pooled.Calls {
		require.Len(t, replies[c.Case], c.Trial-1, "trials are numbered anew")
		replies[c.Case] = append(replies[c.Case], c.Reply)
	}
	require.Equal(t, map[string][]string{"a": {"a1", "a2", "a3"}, "b": {"b1", "b3"}}, replies, "one reply counts once")
	require.Len(t, pooled.TrialsOf("a"), 3)
	require.Equal(t, 2, pooled.Header.Trials, "what every case has")
	require.Equal(t, runfile.Complete, pooled.Status())
	require.Equal(t, "1", pooled.Header.Run)
	require.Len(t, first.Trials, 2, "the run itself stays")
}
