package suite

import "maps"

// paramSchemas are the JSON Schemas of the parameters of the built-in graders, in
// the shapes that graders.New takes. Ranges and descriptions are laid over them by
// package fileschema.
func paramSchemas() map[string]map[string]any {
	return map[string]map[string]any{
		"case_type":     keyed(true, nil),
		"format":        keyed(true, nil),
		"subtodo_count": {"type": orNull("object"), "additionalProperties": bounds(nil)},
		"contains":      textsOr(map[string]any{"values": texts(), "any": flag(), "ignore_case": flag()}),
		"not_contains":  textsOr(map[string]any{"values": texts(), "any": flag(), "ignore_case": flag()}),
		"equals":        textsOr(map[string]any{"values": texts(), "ignore_case": flag()}),
		"checks":        textsOr(map[string]any{"values": texts()}),
		"regex": {"oneOf": []any{
			map[string]any{"type": "string"},
			keyed(true, map[string]any{"pattern": text()}),
		}},
		"json_schema": keyed(true, map[string]any{"schema": map[string]any{"type": []any{"object", "boolean", "string", "null"}}}),
		"length":      bounds(map[string]any{"unit": text()}),
		"expression":  keyed(false, map[string]any{"name": given(), "check": given(), "applies_to": texts()}, "name", "check"),
		"rubric": keyed(false, map[string]any{
			"judge": text(), "batch": flag(), "votes": whole(),
			"criteria": map[string]any{"type": "array", "minItems": 1, "items": criterionShape()},
		}, "criteria"),
	}
}

// criterionShape allows a criterion: an expression, or a question.
func criterionShape() map[string]any {
	out := keyed(false, map[string]any{
		"id": given(), "check": text(), "question": text(), "options": words(), "pass": words(),
		"anchors": map[string]any{"type": orNull("object"), "additionalProperties": map[string]any{"type": orNull("string")}},
		"judge":   text(), "batch": flag(), "votes": whole(), "applies_to": texts(),
		"weight": map[string]any{"type": orNull("number")},
	}, "id")
	out["oneOf"] = []any{map[string]any{"required": []any{"check"}}, map[string]any{"required": []any{"question"}}}
	return out
}

// keyed allows these keys and no others. Parameters that may be absent may be null.
func keyed(absent bool, properties map[string]any, required ...any) map[string]any {
	if properties == nil {
		properties = map[string]any{}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if absent {
		out["type"] = orNull("object")
	}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// bounds allows a range, with at least one bound, and further keys.
func bounds(further map[string]any) map[string]any {
	properties := map[string]any{"min": whole(), "max": whole()}
	maps.Copy(properties, further)
	out := keyed(false, properties)
	out["anyOf"] = []any{map[string]any{"required": []any{"min"}}, map[string]any{"required": []any{"max"}}}
	return out
}

// textsOr allows a text, a list of texts, or these keys.
func textsOr(properties map[string]any) map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "string"},
		map[string]any{"type": "array", "items": given()},
		keyed(true, properties),
	}}
}

// texts allows a list of texts, or one.
func texts() map[string]any {
	return map[string]any{"type": []any{"string", "array", "null"}, "items": given()}
}

// words allows a list of texts and numbers, or one.
func words() map[string]any {
	return map[string]any{"type": []any{"string", "number", "array", "null"}, "items": map[string]any{"type": []any{"string", "number"}}}
}

func given() map[string]any { return map[string]any{"type": "string"} }
func text() map[string]any  { return map[string]any{"type": orNull("string")} }
func flag() map[string]any  { return map[string]any{"type": orNull("boolean")} }
func whole() map[string]any { return map[string]any{"type": orNull("integer")} }

func orNull(kind string) []any { return []any{kind, "null"} }
