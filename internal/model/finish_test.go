package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFinishReason(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		FinishStop: {"stop", "STOP", "end_turn", "FINISH_REASON_STOP", "eos", "stop_sequence", "completed", "end-turn"},
		FinishLength: {
			"length", "MAX_TOKENS", "max_tokens", "max_output_tokens", "model_length", "FinishReason.MAX_TOKENS",
			"model_context_window_exceeded",
		},
		FinishContentFilter: {
			"content_filter", "content_filter: PROHIBITED_CONTENT", "SAFETY", "sensitive", "RECITATION", "guardrail_intervened",
			"Content Filter",
		},
		FinishRefusal:   {"refusal"},
		FinishToolCalls: {"tool_calls", "tool_use", "function_call"},
		FinishFailed: {
			"error", "network_error", "insufficient_system_resource", "abort", "ABORTED", "error_finish", "server_error",
		},
		"":                        {"", " ", "FINISH_REASON_UNSPECIFIED"},
		"MALFORMED_FUNCTION_CALL": {"MALFORMED_FUNCTION_CALL"},
		"언어":                      {"언어"},
	}
	for want, words := range tests {
		for _, word := range words {
			require.Equal(t, want, FinishReason(word), word)
		}
	}
}
