package propose

import "slices"

// A typed is what a user typed, as a record of an export shows it.
type typed struct {
	text   string
	turns  int // messages of the user in the record
	format string
	trace  string
	span   string
	parent string // the span around it
	at     string
}

// The formats of exports, by the places that describe them.
const (
	// Attributes or events of spans: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ has
	// gen_ai.input.messages; releases before 1.37 had events (gen_ai.user.message, gen_ai.content.prompt with
	// gen_ai.prompt), and OpenLLMetry numbers attributes (gen_ai.prompt.0.content).
	formatOTel = "OpenTelemetry GenAI"
	// input.value and llm.input_messages: https://arize-ai.github.io/openinference/spec/semantic_conventions.html.
	// Columns of a Phoenix data frame have the prefix attributes.
	formatPhoenix = "Phoenix (OpenInference)"
	// inputs, run_type, trace_id, parent_run_id: https://docs.langchain.com/langsmith/run-data-format
	formatLangSmith = "LangSmith"
	// input, trace_id or traceId, type:
	// https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields
	formatLangfuse = "Langfuse"
	// input, span_id, root_span_id, span_attributes, created: https://www.braintrust.dev/docs/annotate/export
	formatBraintrust = "Braintrust"
	formatPlain      = "plain records"
	formatRun        = "a run of promptbench"
	formatModel      = "answers of a model"
)

// formatOf tells the format of a record by fields that no other one has.
func formatOf(f map[string]any) string {
	has := func(paths ...string) bool {
		return slices.ContainsFunc(paths, func(path string) bool { return at(f, path) != nil })
	}
	switch {
	case has("attributes.gen_ai.input.messages", "attributes.gen_ai.prompt", "attributes.gen_ai.prompt.0.content",
		"attributes.gen_ai.operation.name", "attributes.gen_ai.system", "attributes.gen_ai.provider.name",
		"gen_ai.input.messages",
		"gen_ai.prompt"):
		return formatOTel
	case has("attributes.openinference.span.kind", "attributes.input.value", "attributes.llm.input_messages"):
		return formatPhoenix
	case has("run_type") && has("inputs", "trace_id", "dotted_order"), has("inputs") && has("outputs", "trace_id"):
		return formatLangSmith
	case has("span_attributes", "root_span_id"):
		return formatBraintrust
	case has("input") && has(
		"traceId", "trace_id", "parentObservationId", "sessionId", "session_id", "projectId", "observations"),
		has("input") && has("output") && has("timestamp", "startTime"):
		return formatLangfuse
	case has("context.span_id", "spanId"): // a span of something else
		return formatOTel
	}
	return formatPlain
}

// isMachine reports whether a kind of span is work of the application rather than a message to it.
func isMachine(kind string) bool {
	switch kind {
	case "tool", "retriever", "embedding", "embeddings", "reranker", "guardrail", "evaluator", "score", "scorer", "parser",
		"execute_tool", "event":
		return true
	}
	return false
}
