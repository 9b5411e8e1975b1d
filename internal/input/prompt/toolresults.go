package prompt

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// ToolResults are what tools return in a case, by the names of the tools.
type ToolResults map[string][]ToolResult

// A ToolResult is what a tool returns: for some arguments, or for all that no other result of the tool names.
type ToolResult struct {
	Arguments json.RawMessage `json:"arguments,omitempty"` // a JSON object that those of the call equal; nil: any
	Result    string          `json:"result"`              // a text, or JSON; never empty
}

// Of returns what a tool returns for arguments as a model wrote them. It reports false where nothing is written for
// them, or where they are no JSON object. Blank arguments are an empty object.
func (r ToolResults) Of(tool, arguments string) (result string, ok bool) {
	given := canonicalObject(cmp.Or(strings.TrimSpace(arguments), "{}"))
	if given == nil {
		return "", false
	}
	for _, one := range r[tool] {
		switch {
		case len(one.Arguments) == 0:
			result, ok = cmp.Or(result, one.Result), true
		case bytes.Equal(canonicalObject(string(one.Arguments)), given):
			return one.Result, true
		}
	}
	return result, ok
}

// canonicalObject returns a JSON object in its canonical form, or nil where the text is none.
func canonicalObject(text string) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) != nil || object == nil {
		return nil
	}
	canonical, err := strictyaml.Canonical(json.RawMessage(text))
	if err != nil {
		return nil
	}
	return canonical
}

// DecodeNode takes a mapping of each tool to its result, or to a list of results with their arguments.
func (r *ToolResults) DecodeNode(n strictyaml.Node) (probs problem.List) {
	if n.Kind() != strictyaml.Mapping {
		return problem.List{n.Problem("expected a mapping of tools to results, found "+n.Describe(), "")}
	}
	*r = ToolResults{}
	for _, e := range n.Entries() {
		var list []ToolResult
		switch v := e.Value; {
		case v.Kind() == strictyaml.List:
			var more problem.List
			list, more = decodeResults(v)
			probs = append(probs, more...)
		case v.Has("arguments") && v.Has("result"):
			probs.Add(v.Problem("a result with arguments is an item of a list", "write [{arguments: …, result: …}]"))
		default:
			text, more := ResultText(v)
			list, probs = []ToolResult{{Result: text}}, append(probs, more...)
		}
		(*r)[e.Key.Text()] = list
	}
	return probs
}

// decodeResults decodes the results of one tool.
func decodeResults(n strictyaml.Node) (out []ToolResult, probs problem.List) {
	if len(n.Items()) == 0 {
		probs.Add(n.Problem("the list has no result", "to return an empty list, write [{result: []}]"))
	}
	seen := map[string]bool{}
	for _, item := range n.Items() {
		if item.Kind() != strictyaml.Mapping {
			probs.Add(item.Problem("expected {arguments: …, result: …}, found "+item.Describe(),
				"to return a list, write [{result: […]}]"))
			continue
		}
		var written struct {
			Arguments json.RawMessage `yaml:"arguments"`
			Result    json.RawMessage `yaml:"result" required:"true"`
		}
		probs = append(probs, item.Decode(&written)...)
		if arguments := item.Get("arguments"); item.Has("arguments") && arguments.Kind() != strictyaml.Mapping {
			probs.Add(arguments.Problem("expected a mapping, found "+arguments.Describe(), "leave it out for any arguments"))
		}
		if seen[string(written.Arguments)] {
			probs.Add(item.Problem("an earlier result has the same arguments", ""))
		}
		seen[string(written.Arguments)] = true
		one := ToolResult{Arguments: written.Arguments}
		if written.Result != nil {
			var more problem.List
			one.Result, more = ResultText(item.Get("result"))
			probs = append(probs, more...)
		}
		out = append(out, one)
	}
	return out, probs
}

// ResultText is a result as it is sent: a text as it is, anything else as JSON.
func ResultText(n strictyaml.Node) (string, problem.List) {
	if n.Kind() == strictyaml.Text {
		if strings.TrimSpace(n.Text()) == "" {
			return "", problem.List{n.Problem("the result is empty", "write what the tool returns, such as {}")}
		}
		return n.Text(), nil
	}
	if n.Kind() == strictyaml.Null {
		return "", problem.List{n.Problem("the result has no value", "write what the tool returns, such as {}")}
	}
	raw, probs := n.JSON()
	return string(raw), probs
}

// Schema allows a text or JSON, or a list of results with their arguments, for each tool.
func (*ToolResults) Schema() map[string]any {
	types := func(names ...any) map[string]any { return map[string]any{"type": names} }
	one := map[string]any{
		"type": "object", "required": []any{"result"}, "additionalProperties": false,
		"properties": map[string]any{
			"arguments": map[string]any{"type": "object"},
			"result":    types("string", "number", "boolean", "object", "array"),
		},
	}
	return map[string]any{"type": "object", "additionalProperties": map[string]any{"oneOf": []any{
		types("string", "number", "boolean", "object"),
		map[string]any{"type": "array", "minItems": 1, "items": one},
	}}}
}
