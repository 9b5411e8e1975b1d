package runner

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
)

type oneVector struct{}

func (oneVector) Complete(context.Context, model.Request) (model.Response, error) {
	return model.Response{Reply: "AACAPw==", Attempts: 1}, nil
}

// A trial that waited for the vector of a text may write it before the trial that asked: the run made the call all the
// same. Another run replays it.
func TestEmbeddingIsWrittenAsMadeByItsRun(t *testing.T) {
	t.Parallel()
	e := &Embedder{Asker: &Asker{Target: model.Target{ID: "e", API: api.EmbeddingsOf("chat")}, Model: oneVector{}}}
	written := map[string][]string{}
	calls := func(run string) JudgeCalls {
		return JudgeCalls{Run: run, Record: func(c runfile.Call) error {
			written[run] = append(written[run], c.ReplayedFrom)
			return nil
		}}
	}
	request := model.Request{Messages: []model.Message{{Role: "user", Content: "치과"}}, Trial: 1}
	_, err := e.memo.ask(t.Context(), e.Asker, Purpose{For: runfile.ForEmbedding}, request, "a") // not written yet
	require.NoError(t, err)
	for _, run := range []string{"a", "a", "b"} {
		got, err := e.Embed(context.WithValue(t.Context(), judgeCallsKey{}, calls(run)), graders.Sample{}, "치과")
		require.NoError(t, err)
		require.Equal(t, []float32{1}, got.Vector)
	}
	require.Equal(t, map[string][]string{"a": {""}, "b": {"a"}}, written)
}
