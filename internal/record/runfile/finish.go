package runfile

import "strings"

// The finish reasons that mean something to promptbench, in the words of run files. An endpoint's other words are kept
// as they came.
const (
	FinishStop          = "stop"
	FinishLength        = "length"
	FinishContentFilter = "content_filter"
	FinishToolCalls     = "tool_calls"
	// FinishRefusal is that of a model that refused, where its endpoint says so in a field of its own.
	FinishRefusal = "refusal"
	// FinishInvalid is that of a reply which the endpoint withheld, since it does not have the form that was asked for.
	FinishInvalid = "invalid_output"
	// FinishFailed means that the provider failed half-way: an answer with it is no reply.
	FinishFailed = "error"
)

// FinishReason names by meaning why a model stopped, however an endpoint spells it: MAX_TOKENS, max_tokens and
// model_length are all [FinishLength]. A word without a known meaning is returned as it came.
func FinishReason(word string) string {
	name := strings.ToLower(strings.TrimSpace(word))
	name = strings.TrimPrefix(name, "finish_reason_")
	name = strings.TrimPrefix(name, "finishreason.")
	name, _, _ = strings.Cut(name, ":") // content_filter: PROHIBITED_CONTENT
	name = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(name), "-", "_"), " ", "_")
	switch name {
	case "", "unspecified", "null", "none":
		return ""
	case "stop", "stopped", "end_turn", "end_of_turn", "stop_sequence", "stop_token", "eos", "eos_token", "eos_found",
		"end", "complete", "completed", "finished", "done":
		return FinishStop
	case "length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_new_tokens", "max_length",
		"model_length", "token_limit", "length_limit", "truncated", "error_limit", "context_length_exceeded",
		"model_context_window_exceeded", "context_window_exceeded", "max_context_length":
		return FinishLength
	case "content_filter", "content_filtered", "contentfilter", "filter", "filtered", "safety", "image_safety",
		"sensitive", "prohibited_content", "image_prohibited_content", "blocklist", "blocked", "spii", "recitation",
		"image_recitation", "model_armor", "jailbreak", "moderation", "flagged", "content_policy",
		"content_policy_violation", "policy_violation", "data_inspection_failed", "guardrail", "guardrails",
		"guardrail_intervened", "error_toxic", "risk", "unsafe":
		return FinishContentFilter
	case "refusal", "refused":
		return FinishRefusal
	case "tool_calls", "tool_call", "tool_use", "function_call":
		return FinishToolCalls
	case "failed", "failure", "abort", "aborted", "cancel", "cancelled", "canceled", "timeout", "timed_out",
		"interrupted", "overloaded", "engine_overloaded", "unavailable", "insufficient_system_resource":
		return FinishFailed
	}
	// error, network_error, server_error, upstream_error, error_finish, …
	if strings.HasPrefix(name, "error") || strings.HasSuffix(name, "error") {
		return FinishFailed
	}
	return word
}
