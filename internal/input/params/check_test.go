package params_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	half, two, none := 0.5, 2.0, 0
	require.Empty(t, params.Params{}.Check())
	require.Empty(
		t,
		params.Params{
			Temperature: &two, TopP: &half, Seed: &none, Stop: []string{"끝"}, Extra: map[string]any{"top_k": 1},
		}.Check(),
	)

	nan, over := math.NaN(), 1.01
	var paths [][]any
	for _, f := range (params.Params{
		Temperature: &nan, TopP: &over, MaxTokens: &none, MaxCompletionTokens: &none, Stop: []string{"a", ""},
		Extra: map[string]any{"temperature": 1, "model": "x", "min_p": 0.1},
	}).Check() {
		require.NotEmpty(t, f.Message)
		paths = append(paths, f.Path)
	}
	require.Equal(t, [][]any{
		{"temperature"}, {"topP"}, {"maxTokens"}, {"maxCompletionTokens"}, {"stop", 1}, {"extra", "model"}, {
			"extra", "temperature",
		},
	}, paths)
}
