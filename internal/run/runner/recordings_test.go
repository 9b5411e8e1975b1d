package runner_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// Every reply that is recorded in this repository has the key that its run would ask for today: else it would no
// longer answer.
func TestKeysOfCommittedRecordings(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, pattern := range []string{
		"runs/*.jsonl", "runs/recorded/*.jsonl", "internal/migrate/starter/templates/*/*/runs/recorded/*.jsonl",
	} {
		found, err := filepath.Glob(filepath.Join("..", "..", "..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		paths = append(paths, found...)
	}
	checked := 0
	for _, path := range paths {
		run, err := runfile.Load(path, runfile.Full)
		require.NoError(t, err)
		h := run.Header
		if h.OfJudge() {
			continue
		}
		target := model.Target{API: api.ByName(h.Model.API), Endpoint: h.Model.Endpoint, ID: h.Model.ID}
		asked := &prompt.Prompt{Name: h.Prompt.Name, ResponseFormat: h.Prompt.ResponseFormat, JSONSchema: h.Prompt.JSONSchema}
		for _, m := range h.Prompt.Messages {
			asked.Messages = append(asked.Messages, prompt.Message(m))
		}
		cases := map[string]runfile.Case{}
		for _, c := range run.Cases {
			cases[c.Case] = c
		}
		for _, call := range run.Calls {
			if call.For != runfile.ForReply {
				continue
			}
			c := cases[call.Case]
			said, _ := c.Conversation(nil)
			messages, err := runner.Messages(asked, &c, said)
			require.NoError(t, err)
			r, err := target.Prepare(runner.Request(asked, h.Model.Params, messages, call.Trial))
			require.NoError(t, err)
			require.Equal(t, call.Key, r.Key, "%s: case %s, trial %d", path, call.Case, call.Trial)
			checked++
		}
	}
	require.Greater(t, checked, 500)
}
