package importer

import (
	"cmp"
	"regexp"
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
		case key == "transform":
			f.lost(e.Key, "transform of an assertion is not carried over, so %s is about the reply as the model wrote it", kind)
		default:
			f.lost(e.Key, "%s of an assertion is not carried over", key)
		}
	}
	s := asserted{assertion: a, threshold: plain(n.Get("threshold"))}
	s.kind, s.not = strings.CutPrefix(kind, "not-")
	if isCode(s.kind) {
		return f.code(s, vars)
	}
	raw, ok := f.assertValue(s, n.Get("value"))
	if !ok {
		return nil
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
	for _, inner := range f.assertions(a.node.Get("assert"), 0) {
		if depth < maxSets {
			out = append(out, f.expectations(inner, vars, depth+1)...)
		}
	}
	return out
}

// An asserted is an assertion ready to be translated.
type asserted struct {
	assertion
	kind      string // without not-
	not       bool
	value     any // with templates filled in
	text      string
	threshold any
}

// assertValue is the value of an assertion, with the contents of the files that it names.
func (f *promptfooConfig) assertValue(s asserted, n strictyaml.Node) (any, bool) {
	if name, ok := reference(n); ok {
		return f.valueFile(s, name)
	}
	if n.Kind() != strictyaml.List {
		return asSpelled(n), true
	}
	var out []any
	for _, item := range n.Items() {
		v, ok := f.assertValue(s, item)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

func (f *promptfooConfig) valueFile(s asserted, name string) (any, bool) {
	if isProgram(name) {
		f.lostAt(s.place, "the value of %s is made by the program %s, which is not run", s.kind, name)
		return nil, false
	}
	at := s.place
	at.File = s.file
	var list []any
	for _, file := range f.filesOf(at, "value", name) {
		v, ok := f.fileContent(at, file, ".json", ".yaml", ".yml")
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	if len(list) == 1 {
		return list[0], true
	}
	return list, len(list) > 0
}

// assertions are those of a list, and of the files that it names.
func (f *promptfooConfig) assertions(n strictyaml.Node, depth int) []assertion {
	var out []assertion
	for _, item := range items(n) {
		item = f.deref(item)
		named := item
		if item.Kind() == strictyaml.Mapping && !item.Has("type") {
			named = item.Get("value")
		}
		if _, ok := reference(named); !ok {
			out = append(out, assertion{node: item, place: item.Problem("", ""), file: item.File()})
			continue
		}
		if depth > maxNamed {
			f.lost(named, "%s is named too deep", named.Text())
			continue
		}
		for _, root := range f.followAll(named, "assertion") {
			out = append(out, f.assertions(root, depth+1)...)
		}
	}
	return out
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
	if v, ok := s.value.([]any); ok {
		for _, item := range v {
			out = append(out, asText(item))
		}
	} else {
		for _, m := range listItem.FindAllStringSubmatch(s.text, -1) {
			out = append(out, cmp.Or(unescaped.ReplaceAllString(m[1], "$1"), strings.TrimSpace(m[2])))
		}
	}
	return slices.DeleteFunc(out, func(text string) bool { return strings.TrimSpace(text) == "" })
}

// An item of a list in a text may be in double quotes, with "" or \" for a quote in it.
var (
	listItem  = regexp.MustCompile(`\s*(?:"((?:\\[\\"]|""|[^"])*)"\s*(?:,|$)|([^,]*)(?:,|$))`)
	unescaped = regexp.MustCompile(`[\\"]([\\"])`)
)

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
	case "latency", "cost":
		return f.limit(s)
	case "word-count":
		return f.wordCount(s, check)
	case "llm-rubric", "g-eval", "model-graded-closedqa", "factuality", "model-graded-factuality":
		return f.demand(s)
	}
	f.lostAt(s.place, "the assertion %s has no counterpart", cmp.Or(s.kind, "without a type"))
	return nil
}
