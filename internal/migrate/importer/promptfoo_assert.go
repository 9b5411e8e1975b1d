package importer

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

const maxSets = 10 // how deep assert-sets may nest

// expectations makes what an assertion comes to, its templates filled in with
// the vars of one case.
func (f *promptfooConfig) expectations(a assertion, vars map[string]any, depth int) []expectation {
	if a.short != "" {
		return f.shorthand(a, vars)
	}
	n := a.node
	kind := n.Get("type").Text()
	if kind == "assert-set" {
		return f.assertSet(a, vars, depth)
	}
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); {
		case key == "type" || key == "value":
		case key == "threshold" && (isCode(kind) || kind == "similar" || kind == "cost" || kind == "latency"):
		case key == "config" && isCode(kind):
		case key == "provider" && isCode(kind):
		case key == "weight" && e.Value.Text() == "1":
		case key == "description":
		default:
			f.lost(e.Key, "%s of an assertion is not carried over", key)
		}
	}
	s := asserted{assertion: a}
	s.kind, s.not = strings.CutPrefix(kind, "not-")
	if isCode(s.kind) {
		return f.code(s, vars)
	}
	raw := asSpelled(n.Get("value"))
	if name, ok := reference(n.Get("value")); ok {
		if raw, ok = f.valueFile(s, n.Get("value"), name); !ok {
			return nil
		}
	}
	s.value = f.fill(a, raw, vars)
	s.text = asText(s.value)
	return f.translateAssert(s)
}

// assertSet is a set all of whose assertions have to hold.
func (f *promptfooConfig) assertSet(a assertion, vars map[string]any, depth int) []expectation {
	if n := a.node.AtKey("threshold"); a.node.Has("threshold") {
		f.lost(n, "the threshold of a set is not carried over: all of it has to hold")
	}
	f.loseOthers(a.node, "a set", "type", "assert", "description", "threshold")
	var out []expectation
	for _, inner := range a.node.Get("assert").Items() {
		if depth < maxSets {
			inner = f.deref(inner)
			out = append(
				out, f.expectations(assertion{node: inner, place: inner.Problem("", ""), file: inner.File()}, vars, depth+1)...)
		}
	}
	return out
}

// An asserted is an assertion ready to be translated.
type asserted struct {
	assertion
	kind  string // without not-
	not   bool
	value any // with templates filled in
	text  string
}

func (f *promptfooConfig) valueFile(s asserted, n strictyaml.Node, name string) (any, bool) {
	if isProgram(name) {
		f.lostAt(s.place, "the value of %s is made by the program %s, which is not run", s.kind, name)
		return nil, false
	}
	file := relative(s.file, name)
	if ext := strings.ToLower(path.Ext(file)); ext == ".json" || ext == ".yaml" || ext == ".yml" {
		root, ok := f.load(n, file)
		return plain(root), ok
	}
	return f.readText(n, file)
}

func (f *promptfooConfig) fill(a assertion, v any, vars map[string]any) any {
	switch v := v.(type) {
	case string:
		f.noteUsed(v)
		text, faults := render(v, vars)
		for _, fault := range faults {
			f.lostAt(a.place, "%s", fault)
		}
		return text
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = f.fill(a, item, vars)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			out[key] = f.fill(a, item, vars)
		}
		return out
	}
	return v
}

// list is a value that may be a list, or a text of several with commas between.
func (s asserted) list() []string {
	var out []string
	switch v := s.value.(type) {
	case []any:
		for _, item := range v {
			out = append(out, asText(item))
		}
	default:
		for part := range strings.SplitSeq(s.text, ",") {
			out = append(out, strings.TrimSpace(part))
		}
	}
	return slices.DeleteFunc(out, func(text string) bool { return strings.TrimSpace(text) == "" })
}

func lower(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.ToLower(s); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (f *promptfooConfig) translateAssert(s asserted) []expectation {
	check := func(src string) []expectation {
		if s.not {
			src = "not (" + src + ")"
		}
		if err := graders.CheckExpression(src); err != nil {
			f.lostAt(s.place, "%s is not carried over: %s", s.kind, err)
			return nil
		}
		return checks(src)
	}
	switch s.kind {
	case "contains", "icontains", "equals", "starts-with", "contains-any", "contains-all", "icontains-any",
		"icontains-all", "regex", "llm-rubric", "g-eval", "model-graded-closedqa", "model-graded-factuality", "factuality":
		if strings.TrimSpace(s.text) == "" && s.value != nil || s.value == nil {
			f.lostAt(s.place, "%s has no value here, so it is not carried over", s.kind)
			return nil
		}
	}
	switch s.kind {
	case "contains":
		return texts(s.not, []string{s.text})
	case "contains-all":
		if !s.not {
			return texts(false, s.list())
		}
		return check(all("text contains #", s.list()))
	case "contains-any":
		if s.not {
			return texts(true, s.list())
		}
		return check(oneOf("text contains #", s.list()))
	case "icontains":
		return check(oneOf("lower(text) contains #", lower([]string{s.text})))
	case "icontains-any":
		return check(oneOf("lower(text) contains #", lower(s.list())))
	case "icontains-all":
		return check(all("lower(text) contains #", lower(s.list())))
	case "starts-with":
		return check(oneOf("text startsWith #", []string{s.text}))
	case "ends-with":
		return check(oneOf("text endsWith #", []string{s.text}))
	case "equals":
		return f.equals(s, check)
	case "regex":
		return f.regex(s, check)
	case "is-json", "contains-json", "json-schema-valid":
		return f.isJSON(s)
	case "is-valid-openai-tools-call", "is-valid-openai-function-call", "is-valid-function-call":
		f.lostAt(s.place, "%s is not carried over: replies are text, and no tools are offered", s.kind)
		return nil
	case "word-count":
		return f.wordCount(s, check)
	case "llm-rubric", "g-eval", "model-graded-closedqa", "factuality", "model-graded-factuality":
		return f.demand(s)
	}
	f.lostAt(s.place, "the assertion %s has no counterpart", cmp.Or(s.kind, "without a type"))
	return nil
}
