package suite

import (
	"reflect"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

// FileSchema is the JSON Schema of a suite file, without descriptions.
func FileSchema() map[string]any {
	out := strictyaml.Schema(reflect.TypeFor[suiteFile]())
	out["anyOf"] = []any{
		map[string]any{"required": []any{"extends"}},
		map[string]any{"required": []any{"graders", "cases"}},
	}
	return out
}

// Schema allows the cases themselves, or the file that they stand in.
func (*casesBlock) Schema() map[string]any {
	one := strictyaml.Schema(reflect.TypeFor[Case]())
	var forms []any
	for _, key := range inputKeys() {
		forms = append(forms, map[string]any{"required": []any{key}})
	}
	one["anyOf"] = forms
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "array", "minItems": 1, "items": one},
		map[string]any{
			"type": "object", "required": []any{"file"}, "additionalProperties": false,
			"properties": map[string]any{"file": map[string]any{"type": "string"}},
		},
	}}
}

// Schema allows the name of a grader that needs no parameters, or a name with its
// parameters.
func (*graderBlock) Schema() map[string]any {
	properties, bare := map[string]any{}, []string{}
	for _, b := range graders.BuiltIns() {
		properties[b.Name] = b.Schema()
		if _, err := graders.New(b.Name, nil, graders.Models{}); err == nil {
			bare = append(bare, b.Name)
		}
	}
	slices.Sort(bare)
	properties[commandName] = map[string]any{"oneOf": []any{
		strictyaml.Schema(reflect.TypeFor[commandBlock]()),
		map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": []any{"string", "number"}}},
	}}
	return map[string]any{"oneOf": []any{
		map[string]any{"enum": bare},
		map[string]any{
			"type": "object", "properties": properties, "additionalProperties": false,
			"minProperties": 1, "maxProperties": 1,
		},
	}}
}
