package prompt

import (
	"reflect"

	"promptbench/internal/input/strictyaml"
)

// FileSchema is the JSON Schema of a prompt file, without descriptions.
func FileSchema() map[string]any { return strictyaml.Schema(reflect.TypeFor[file]()) }

// Schema demands where the text of a message stands.
func (*fileMessage) Schema() map[string]any {
	type plain fileMessage
	out := strictyaml.Schema(reflect.TypeFor[plain]())
	out["oneOf"] = []any{map[string]any{"required": []any{"content"}}, map[string]any{"required": []any{"file"}}}
	return out
}

// Schema allows anything.
func (*ignored) Schema() map[string]any { return map[string]any{} }
