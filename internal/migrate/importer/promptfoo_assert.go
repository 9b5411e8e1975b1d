package importer

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
		case key == "threshold" && takesThreshold(kind):
		case key == "config" && isCode(kind):
		case key == "provider" && isCode(kind):
		case key == "provider" && strings.HasPrefix(kind, "similar"):
			f.setEmbeddings(e.Value)
		case key == "weight" && (e.Value.Text() == "1" || isCode(kind) && e.Value.Text() == "0"):
		case key == "description":
		case key == "transform" && isCode(kind):
		case key == "transform":
			read, ok := f.transformOf(e.Value, f.base(a))
			if ok = ok && takesTransform(kind); ok {
				a.read = read
			} else {
				f.lost(e.Key, "the transform %s of an assertion is not carried over, so %s is about the reply as "+
					"the model wrote it; "+
					"write an expression, such as fromJSON(text).answer", quoteShort(e.Value.Text()), kind)
			}
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

func takesThreshold(kind string) bool {
	return isCode(kind) || slices.Contains(
		[]string{"similar", "similar:cosine", "cost", "latency", "levenshtein", "rouge-n", "bleu"}, kind)
}

// takesTransform reports whether an assertion about a part of a reply can be an expression.
func takesTransform(kind string) bool {
	return slices.Contains(strings.Fields(`
		contains contains-all contains-any icontains icontains-all icontains-any equals regex starts-with ends-with`),
		strings.TrimPrefix(kind, "not-"))
}

// quoteShort quotes the beginning of a text.
func quoteShort(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
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

var callIndex = regexp.MustCompile(`\btool_calls\[(\d+)\]`)

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
		if m := callIndex.FindStringSubmatch(s.read.src); m != nil { // a reply without that call fails
			src = "len(tool_calls) > " + m[1] + " and " + src
		}
		if err := graders.CheckExpression(src); err != nil {
			f.lostAt(s.place, "%s is not carried over: %s", s.kind, err)
			return nil
		}
		return checks(src)
	}
	switch s.kind {
	case "contains", "icontains", "equals", "starts-with", "contains-any", "contains-all", "icontains-any",
		"icontains-all", "regex", "similar", "similar:cosine", "levenshtein", "rouge-n", "bleu",
		"llm-rubric", "g-eval", "model-graded-closedqa", "model-graded-factuality", "factuality":
		if strings.TrimSpace(s.text) == "" && s.value != nil || s.value == nil {
			f.lostAt(s.place, "%s has no value here, so it is not carried over", s.kind)
			return nil
		}
	}
	if s.read.src != "" && takesTransform(s.kind) {
		return f.aboutPart(s, check)
	}
	switch s.kind {
	case "contains":
		if strings.TrimSpace(s.text) != s.text { // the grader does not look at space around
			return check(oneOf("text contains #", []string{s.text}))
		}
		return texts(s.not, []string{s.text})
	case "contains-all":
		if !s.not && !slices.ContainsFunc(s.list(), func(t string) bool { return strings.TrimSpace(t) != t }) {
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
		return f.validCalls(s, check)
	case "similar", "similar:cosine", "levenshtein", "rouge-n", "bleu":
		return f.near(s)
	case "latency", "cost":
		return f.limit(s)
	case "word-count":
		return f.wordCount(s, check)
	case "llm-rubric", "g-eval", "model-graded-closedqa", "factuality", "model-graded-factuality":
		return f.demand(s)
	}
	f.lostAt(s.place, "the assertion %s has no counterpart: write a check or a command grader",
		cmp.Or(s.kind, "without a type"))
	return nil
}

// aboutPart is an assertion about a part of a reply: an expression.
func (f *promptfooConfig) aboutPart(s asserted, check func(string) []expectation) []expectation {
	part := s.read.src
	lowered := "lower(" + part + ")"
	switch s.kind {
	case "contains":
		return check(oneOf(part+" contains #", []string{s.text}))
	case "contains-all":
		return check(all(part+" contains #", s.list()))
	case "contains-any":
		return check(oneOf(part+" contains #", s.list()))
	case "icontains":
		return check(oneOf(lowered+" contains #", lower([]string{s.text})))
	case "icontains-any":
		return check(oneOf(lowered+" contains #", lower(s.list())))
	case "icontains-all":
		return check(all(lowered+" contains #", lower(s.list())))
	case "starts-with":
		return check(oneOf(part+" startsWith #", []string{s.text}))
	case "ends-with":
		return check(oneOf(part+" endsWith #", []string{s.text}))
	case "regex":
		if _, err := regexp.Compile(s.text); err != nil {
			return f.regex(s, check) // which says what is wrong
		}
		return check(part + " matches " + asJSON(s.text))
	}
	src := fmt.Sprintf("%s == %s", part, asJSON(s.text))
	if _, err := strconv.ParseFloat(s.text, 64); err == nil && s.read.isValue {
		src = fmt.Sprintf("(%s or %s == %s)", src, part, s.text)
	}
	return check(src)
}
