package params_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
)

func TestFlagOverFileOverConfig(t *testing.T) {
	t.Parallel()
	config := params.Params{
		Temperature: new(0.7), TopP: new(0.9), MaxTokens: new(100), Stop: []string{"끝"},
		Extra: map[string]any{"top_k": 1, "min_p": 0.1},
	}
	file := params.Params{
		Temperature: new(0.5), MaxCompletionTokens: new(50), ReasoningEffort: "low", Extra: map[string]any{"top_k": 2},
	}
	flag := params.Params{Temperature: new(0.0), Seed: new(7), Stop: []string{}}
	got := flag.Over(file.Over(config))
	require.Equal(t, params.Params{
		Temperature: new(
			0.0,
		), TopP: new(0.9), MaxTokens: new(100), MaxCompletionTokens: new(50), Seed: new(7), Stop: []string{},
		ReasoningEffort: "low", Extra: map[string]any{"top_k": 2, "min_p": 0.1},
	}, got)
	require.Equal(t, map[string]any{"top_k": 1, "min_p": 0.1}, config.Extra, "what lies below is left alone")
	require.Equal(t, config, params.Params{}.Over(config))

	out, err := json.Marshal(params.Params{Temperature: new(0.0)})
	require.NoError(t, err)
	require.JSONEq(t, `{"temperature":0}`, string(out), "a zero is set, an unset one is absent")
}

func TestNullLeavesAParameterOut(t *testing.T) {
	t.Parallel()
	config := params.Params{Temperature: new(0.7), MaxTokens: new(100), Stop: []string{"끝"}}
	file := params.Params{Omit: []string{params.Temperature, "stop"}}
	require.Equal(t, params.Params{MaxTokens: new(100), Omit: []string{params.Temperature, "stop"}}, file.Over(config))
	flag := params.Params{Temperature: new(0.0)}
	require.Equal(
		t, params.Params{Temperature: new(0.0), MaxTokens: new(100), Omit: []string{"stop"}}, flag.Over(file.Over(config)),
	)
}
