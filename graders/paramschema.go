package graders

import (
	"maps"
	"slices"
)

// A param declares one key of a grader's parameters, or of a mapping in them.
type param struct {
	key   string         // or anyKey
	text  string         // what it is for, one sentence
	kinds []string       // the JSON types of its value; null is one as well, unless it is required
	need  string         // isRequired, isEither, isOneOf; empty: it may be absent
	more  map[string]any // further keywords of its JSON Schema
}

// anyKey stands for every key of a mapping, and is then its only param.
const anyKey = "*"

// What need says, in the words of JSON Schema.
const (
	isRequired = "required"
	isEither   = "anyOf" // at least one of those that say so must be there
	isOneOf    = "oneOf" // exactly one of those that say so must be there
)

func textParam(key, text string) param { return param{key: key, text: text, kinds: []string{"string"}} }

func flagParam(key, text string) param {
	return param{key: key, text: text, kinds: []string{"boolean"}}
}

// textsParam declares a list of texts; a text alone is a list of one.
func textsParam(key, text string) param {
	return param{key: key, text: text, kinds: []string{"string", "array"}, more: itemsOf("string")}
}

// wordsParam declares a list of texts or numbers; one alone is a list of one.
func wordsParam(key, text string) param {
	return param{key: key, text: text, kinds: []string{"string", "number", "array"}, more: itemsOf("string", "number")}
}

func itemsOf(kinds ...string) map[string]any {
	return map[string]any{"items": map[string]any{"type": oneOrAll(kinds)}}
}

// boundParams declare the keys of a [Range].
func boundParams(least, greatest string) []param {
	out := []param{{key: "min", text: least}, {key: "max", text: greatest}}
	for i := range out {
		out[i].kinds, out[i].need, out[i].more = []string{"integer"}, isEither, map[string]any{"minimum": 0}
	}
	return out
}

func votesParam(text string) param {
	more := map[string]any{"minimum": 1, "maximum": MaxVotes}
	return param{key: "votes", text: text, kinds: []string{"integer"}, more: more}
}

func noParams() []param { return nil }

// needed returns the param as one that must be there.
func (p param) needed(need string) param {
	p.need = need
	return p
}

func (p param) schema() map[string]any {
	out := map[string]any{}
	maps.Copy(out, p.more)
	switch {
	case len(p.kinds) == 0: // more says it
	case p.need == isRequired:
		out["type"] = oneOrAll(p.kinds)
	default:
		out["type"] = append(slices.Clone(p.kinds), "null")
	}
	if p.text != "" {
		out["description"] = p.text
	}
	return out
}

// objectSchema allows the declared keys and no others.
func objectSchema(params []param) map[string]any {
	if len(params) == 1 && params[0].key == anyKey {
		return map[string]any{"type": []any{"object", "null"}, "additionalProperties": params[0].schema()}
	}
	properties := map[string]any{}
	out := map[string]any{"properties": properties, "additionalProperties": false}
	absent := true // nothing must be there
	for _, p := range params {
		properties[p.key] = p.schema()
		var entry any = p.key
		switch p.need {
		case "":
			continue
		case isEither, isOneOf:
			entry = map[string]any{"required": []any{p.key}}
		}
		absent = false
		list, _ := out[p.need].([]any)
		out[p.need] = append(list, entry)
	}
	out["type"] = "object"
	if absent {
		out["type"] = []any{"object", "null"}
	}
	return out
}

func oneOrAll(kinds []string) any {
	if len(kinds) == 1 {
		return kinds[0]
	}
	return kinds
}

func keysOf(params []param) []string {
	keys := make([]string, len(params))
	for i, p := range params {
		keys[i] = p.key
	}
	return keys
}
