package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
)

// tools are what a model may call, as a prompt has them.
type tools struct {
	list   []any
	choice string
}

func (t tools) equal(o tools) bool { return asJSON(t.list) == asJSON(o.list) && t.choice == o.choice }

// How promptfoo's providers give calls of tools.
const (
	callsList     = "list"     // [{function: {name, arguments}}]
	callsFunction = "function" // {name, arguments}
	callsGoogle   = "google"   // [{functionCall: {name, args}}]
	callsContent  = "content"  // {name, input}, as text
)

// callsOf is how a provider gives calls, by its kind and the key of its tools.
func callsOf(provider, key string) string {
	switch {
	case key == "functions":
		return callsFunction
	case slices.Contains([]string{"google", "vertex", "palm", "gemini"}, provider):
		return callsGoogle
	case slices.Contains([]string{"anthropic", "bedrock"}, provider):
		return callsContent
	}
	return callsList
}

// readTools reads the tools of a provider in the shape of any API, and which of them it must call.
func (f *promptfooConfig) readTools(n strictyaml.Node) tools {
	var out tools
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "tools", "functions":
			for _, list := range f.followAll(e.Value, key) {
				for _, item := range items(list) {
					f.tool(&out, item)
				}
			}
		}
	}
	names := func(v any) bool {
		field, _ := v.(object)
		return len(field) > 0 && field[0].Value == out.choice
	}
	for _, key := range []string{"tool_choice", "function_call", "toolChoice"} {
		choice := n.Get(key)
		if choice.Kind() == strictyaml.None || len(out.list) == 0 {
			continue
		}
		out.choice = choiceOf(choice)
		isWord := slices.Contains([]string{prompt.ToolAuto, prompt.ToolNone, prompt.ToolRequired}, out.choice)
		if !isWord && !slices.ContainsFunc(out.list, names) {
			f.lost(choice, "%s is not carried over: it names no tool that is; write toolChoice in the prompt", key)
			out.choice = ""
		}
	}
	return out
}

// choiceOf reads which tool is to be called, as several APIs have it.
func choiceOf(n strictyaml.Node) string {
	word := n.Text()
	if n.Kind() == strictyaml.Mapping {
		for _, inner := range []strictyaml.Node{
			n.Get("function").Get("name"), n.Get("name"), n.Get("tool").Get("name"), n.Get("type"), n.Get("mode"),
		} {
			if inner.Kind() == strictyaml.Text {
				word = inner.Text()
				break
			}
		}
	}
	if lowered := strings.ToLower(word); lowered == "any" {
		return prompt.ToolRequired
	} else if slices.Contains([]string{prompt.ToolAuto, prompt.ToolNone, prompt.ToolRequired}, lowered) {
		return lowered
	}
	return word
}

var toolName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (f *promptfooConfig) tool(out *tools, n strictyaml.Node) {
	for _, key := range []string{"functionDeclarations", "function_declarations"} {
		if list := n.Get(key); list.Kind() == strictyaml.List {
			for _, item := range list.Items() {
				f.tool(out, item)
			}
			return
		}
	}
	for _, key := range []string{"function", "toolSpec"} {
		if inner := n.Get(key); inner.Kind() == strictyaml.Mapping {
			n = inner
		}
	}
	name := n.Get("name").Text()
	if !toolName.MatchString(name) {
		f.lost(n, "the tool %q is not carried over: only functions are; write it under tools in the prompt", name)
		return
	}
	var parameters any
	for _, schema := range []strictyaml.Node{
		n.Get("parameters"), n.Get("input_schema"), n.Get("inputSchema").Get("json"),
	} {
		if schema.Kind() == strictyaml.Mapping {
			parameters = smallTypes(plain(schema))
		}
	}
	if parameters != nil {
		if err := compileSchema(parameters); err != nil {
			f.lost(n, "the parameters of the tool %s are not carried over: %s", name, err)
			parameters = nil
		}
	}
	tool := filled("name", name, "description", n.Get("description").Text())
	if parameters != nil {
		tool = append(tool, strictyaml.Field{Key: "parameters", Value: parameters})
	}
	out.list = append(out.list, tool)
}

// smallTypes writes the types of a schema in small letters, as JSON Schema has them and Gemini does not.
func smallTypes(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, ok := inner.(string); ok && key == "type" {
				v[key] = strings.ToLower(text)
				continue
			}
			v[key] = smallTypes(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = smallTypes(inner)
		}
	}
	return v
}

// validCalls is the assertion that a reply calls tools of the provider with arguments as these declare.
func (f *promptfooConfig) validCalls(s asserted, check func(string) []expectation) []expectation {
	list := f.declared.list
	if len(list) == 0 {
		f.lostAt(s.place, "%s is not carried over: no tools are; write tools in the prompt and tool_calls under expect",
			s.kind)
		return nil
	}
	if len(list) == 1 && !s.not {
		call := graders.ExpectedCall{}
		for _, field := range list[0].(object) { //nolint:errcheck,forcetypeassert // made by tool
			switch field.Key {
			case "name":
				call.Name, _ = field.Value.(string)
			case "parameters":
				call.Schema = []byte(asJSON(field.Value))
			}
		}
		f.note(s.place, "%s is one call of %s: more calls fail; write tool_calls for them", s.kind, call.Name)
		return []expectation{{Expect: graders.Expect{ToolCalls: []graders.ExpectedCall{call}}}}
	}
	var names, parts []string
	for _, tool := range list {
		name, required := "", []string(nil)
		for _, field := range tool.(object) { //nolint:errcheck,forcetypeassert // made by tool
			switch value := field.Value.(type) {
			case string:
				if field.Key == "name" {
					name = value
				}
			case map[string]any:
				for _, key := range anyList(value["required"]) {
					required = append(required, fmt.Sprintf("(fromJSON(#.arguments)[%s]) != nil", asJSON(key)))
				}
			}
		}
		names = append(names, name)
		if len(required) > 0 {
			parts = append(parts, fmt.Sprintf("(#.name != %s or %s)", asJSON(name), strings.Join(required, " and ")))
		}
	}
	test := strings.Join(append([]string{"#.name in " + asJSON(names)}, parts...), " and ")
	f.lostAt(s.place, "%s holds replies to the names of tools and their required arguments, not to the types of "+
		"arguments; write tool_calls with a schema under expect", s.kind)
	return check("len(tool_calls) > 0 and all(tool_calls, " + test + ")")
}

func anyList(v any) []any {
	list, _ := v.([]any)
	return list
}
