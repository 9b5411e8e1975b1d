package fileschema

import "promptbench/internal/input/config"

// limits says which values a key takes where its type does not tell, by the kind
// of file and the keys that lead to it. Keys of lists and mappings have none, as
// their items have the same path.
func limits() map[string]map[string]any {
	metrics := []any{nil}
	for _, name := range config.Metrics() {
		metrics = append(metrics, name)
	}
	out := map[string]map[string]any{
		"config.judge_bar":          {"minimum": -1, "exclusiveMaximum": 1},
		"config.models.api":         oneOf(apis()...),
		"config.models.price.batch": {"exclusiveMinimum": 0, "maximum": 1},
		"config.gates.min":          {"minimum": 0, "maximum": 1},
		"config.gates.by":           oneOf("type"),
		"config.gates.of":           oneOf("mean", "lower_bound", nil),
		"config.gates.metric":       oneOf(metrics...),
		"config.gates.cases":        oneOf("near_duplicates", "near_examples", "each_type"),
		"config.gates.at_most":      {"minimum": 0},
		"config.gates.at_least":     {"minimum": 1},
		"config.gates.margin":       {"exclusiveMinimum": 0, "maximum": 1},

		"suite.cases.messages.role": oneOf("user", "assistant"),

		"prompt.messages.role":  oneOf("system", "developer", "user", "assistant"),
		"prompt.responseFormat": oneOf("text", "json_object", "json_schema", nil),
		"prompt.replyFormat":    oneOf("xml", "json", "text", nil),
	}
	for _, path := range []string{"config.models.params", "prompt.modelParameters"} {
		out[path+".temperature"] = map[string]any{"minimum": 0, "maximum": 2}
		out[path+".topP"] = map[string]any{"minimum": 0, "maximum": 1}
		out[path+".maxTokens"] = map[string]any{"minimum": 1}
		out[path+".maxCompletionTokens"] = map[string]any{"minimum": 1}
	}
	for _, path := range []string{"config.models.rpm", "config.models.tpm", "config.models.context"} {
		out[path] = map[string]any{"minimum": 1}
	}
	for _, path := range []string{
		"config.models.price.input", "config.models.price.output",
		"suite.cases.expect.count.min", "suite.cases.expect.count.max",
		"suite.cases.turns.expect.count.min", "suite.cases.turns.expect.count.max",
	} {
		out[path] = map[string]any{"minimum": 0}
	}
	return out
}

// apis are the names of the APIs, or none.
func apis() []any {
	out := []any{}
	for _, name := range config.APIs() {
		out = append(out, name)
	}
	return append(out, nil)
}

func oneOf(values ...any) map[string]any { return map[string]any{"enum": values} }
