package config

import (
	"reflect"

	"promptbench/internal/input/strictyaml"
)

// FileSchema is the JSON Schema of promptbench.yaml, without descriptions.
func FileSchema() map[string]any { return strictyaml.Schema(reflect.TypeFor[file]()) }
