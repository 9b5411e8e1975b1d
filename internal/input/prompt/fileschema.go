package prompt

import (
	"reflect"

	"promptbench/internal/input/strictyaml"
)

// FileSchema is the JSON Schema of a prompt file, without descriptions.
func FileSchema() map[string]any { return strictyaml.Schema(reflect.TypeFor[file]()) }

// Schema allows anything.
func (*ignored) Schema() map[string]any { return map[string]any{} }
