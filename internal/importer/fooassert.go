package importer

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promptbench/graders"
	"promptbench/graders/schema"
	"promptbench/internal/strictyaml"
)

// maxSets is how deep assert-sets may nest.
const maxSets = 10

// expectations makes what an assertion comes to, its templates filled in with
// the vars of one case.
func (f *foo) expectations(a assertion, vars map[string]any, depth int) []expectation {
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
	return f.assert(a, kind, n.Get("value"), n.Get("threshold"), n.Get("config"), vars)
}

func isCode(kind string) bool {
	kind = strings.TrimPrefix(kind, "not-")
	return kind == "javascript" || kind == "python"
}

// assertSet is a set all of whose assertions have to hold.
func (f *foo) assertSet(a assertion, vars map[string]any, depth int) []expectation {
	for _, e := range a.node.Entries() {
		switch key := e.Key.Text(); {
		case key == "type" || key == "assert" || key == "description":
		case key == "threshold":
			f.lost(e.Key, "the threshold of a set is not carried over: all of it has to hold")
		default:
			f.lost(e.Key, "%s of a set is not carried over", key)
		}
	}
	var out []expectation
	for _, inner := range a.node.Get("assert").Items() {
		if depth < maxSets {
			inner = f.deref(inner)
			out = append(out, f.expectations(assertion{node: inner, place: inner.Problem("", ""), file: inner.File()}, vars, depth+1)...)
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

func (f *foo) assert(a assertion, kind string, value, threshold, config strictyaml.Node, vars map[string]any) []expectation {
	s := asserted{assertion: a, kind: kind}
	s.kind, s.not = strings.CutPrefix(kind, "not-")
	if isCode(s.kind) {
		return f.code(s, value, threshold, config, vars)
	}
	raw := plain(value)
	if value.Kind() == strictyaml.Text || value.Kind() == strictyaml.Int || value.Kind() == strictyaml.Float {
		raw = value.Text()
	}
	if text, ok := raw.(string); ok && strings.HasPrefix(text, "file://") {
		loaded, ok := f.valueFile(a, value, strings.TrimPrefix(text, "file://"), s.kind)
		if !ok {
			return nil
		}
		raw = loaded
	}
	s.value = f.fill(a, raw, vars)
	s.text = asText(s.value)
	return f.translateAssert(s)
}

// valueFile is the content of the file that a value names.
func (f *foo) valueFile(a assertion, n strictyaml.Node, name, kind string) (any, bool) {
	if isProgram(name) {
		f.lostAt(a.place, "the value of %s is made by the program %s, which is not run", kind, name)
		return nil, false
	}
	file := relative(a.file, name)
	if ext := strings.ToLower(path.Ext(file)); ext == ".json" || ext == ".yaml" || ext == ".yml" {
		data, err := f.files.Read(file)
		if err != nil {
			f.lostAt(a.place, "%s can't be read: %s", file, err)
			return nil, false
		}
		doc, probs := strictyaml.Parse(file, data)
		if doc == nil || probs.Err() != nil {
			f.left = append(f.left, probs...)
			return nil, false
		}
		return plain(doc.Root()), true
	}
	return f.readText(n, file)
}

// fill fills the templates of a value in.
func (f *foo) fill(a assertion, v any, vars map[string]any) any {
	switch v := v.(type) {
	case string:
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
	kept := out[:0]
	for _, text := range out {
		if strings.TrimSpace(text) != "" {
			kept = append(kept, text)
		}
	}
	return kept
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

// translateAssert makes the expectation that an assertion has a counterpart in.
func (f *foo) translateAssert(s asserted) []expectation {
	check := func(src string) []expectation {
		if s.not {
			src = "not (" + src + ")"
		}
		if err := graders.CheckExpression(src); err != nil {
			f.lostAt(s.place, "%s is not carried over: %s", s.kind, err)
			return nil
		}
		return []expectation{{kind: kindCheck, texts: []string{src}}}
	}
	switch s.kind {
	case "contains", "icontains", "equals", "starts-with", "contains-any", "contains-all", "icontains-any", "icontains-all", "regex", "llm-rubric", "g-eval", "model-graded-closedqa", "model-graded-factuality", "factuality":
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
	f.lostAt(s.place, "the assertion %s has no counterpart", orNothing(s.kind))
	return nil
}

func orNothing(kind string) string {
	if kind == "" {
		return "without a type"
	}
	return kind
}

func texts(not bool, list []string) []expectation {
	kind := kindContains
	if not {
		kind = kindNotContains
	}
	var out []expectation
	for _, s := range list {
		out = append(out, expectation{kind: kind, texts: []string{s}})
	}
	return out
}

func all(test string, texts []string) string {
	if len(texts) == 1 {
		return oneOf(test, texts)
	}
	return fmt.Sprintf("all(%s, %s)", asJSON(texts), test)
}

func (f *foo) equals(s asserted, check func(string) []expectation) []expectation {
	switch s.value.(type) {
	case map[string]any, []any:
		if s.not {
			return f.schema(s, map[string]any{"not": map[string]any{"const": s.value}})
		}
		return f.schema(s, map[string]any{"const": s.value})
	}
	if s.not {
		return check(oneOf("trim(text) == #", []string{strings.TrimSpace(s.text)}))
	}
	return []expectation{{kind: kindEquals, texts: []string{s.text}}}
}

func (f *foo) regex(s asserted, check func(string) []expectation) []expectation {
	if _, err := regexp.Compile(s.text); err != nil {
		f.lostAt(s.place, "the regex %q is not carried over: patterns are RE2, which has no look-around (%s)", s.text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	if s.not {
		return check("text matches " + expression(s.text))
	}
	return []expectation{{kind: kindRegex, texts: []string{s.text}}}
}

func (f *foo) isJSON(s asserted) []expectation {
	value := s.value
	if text, ok := value.(string); ok && strings.TrimSpace(text) != "" { // a schema in a block of text
		doc, probs := strictyaml.Parse(s.file, []byte(text))
		if doc == nil || probs.Err() != nil {
			f.lostAt(s.place, "the schema of %s can't be read", s.kind)
			return nil
		}
		value = plain(doc.Root())
	}
	switch value.(type) {
	case nil, string:
		value = map[string]any{}
	}
	if s.not {
		f.lostAt(s.place, "not-%s is not carried over", s.kind)
		return nil
	}
	return f.schema(s, value)
}

// schema makes an expectation of a JSON Schema, if it is one.
func (f *foo) schema(s asserted, value any) []expectation {
	doc, err := schema.Parse(asJSON(value))
	if err == nil {
		_, err = schema.Compile(doc)
	}
	if err != nil {
		f.lostAt(s.place, "the schema of %s is not carried over: %s", s.kind, err)
		return nil
	}
	return []expectation{{kind: kindSchema, schema: value}}
}

func (f *foo) wordCount(s asserted, check func(string) []expectation) []expectation {
	words := `len(filter(split(replace(trim(text), "\n", " "), " "), # != ""))`
	var parts []string
	switch v := s.value.(type) {
	case map[string]any:
		for _, bound := range []struct{ key, op string }{{"min", ">="}, {"max", "<="}} {
			if n, ok := v[bound.key].(int); ok {
				parts = append(parts, fmt.Sprintf("%s %s %d", words, bound.op, n))
			}
		}
	default:
		if n, err := strconv.Atoi(s.text); err == nil {
			parts = append(parts, fmt.Sprintf("%s == %d", words, n))
		}
	}
	if len(parts) == 0 {
		f.lostAt(s.place, "the word-count names no number")
		return nil
	}
	return check(strings.Join(parts, " and "))
}

// demand puts what a model graded to the judge.
func (f *foo) demand(s asserted) []expectation {
	list := []string{s.text}
	if items, ok := s.value.([]any); ok {
		list = nil
		for _, item := range items {
			list = append(list, asText(item))
		}
	} else if m, ok := s.value.(map[string]any); ok {
		list = []string{asJSON(m)}
	}
	var out []expectation
	for _, text := range list {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			continue
		case s.kind == "factuality" || s.kind == "model-graded-factuality":
			text = "It agrees in its facts with this expert answer: " + text
		}
		if s.not {
			text = "This does not hold of it: " + text
		}
		out = append(out, expectation{kind: kindMeets, texts: []string{text}})
	}
	return out
}

// code keeps an assertion in a language of its own for a grader that runs it.
func (f *foo) code(s asserted, value, threshold, config strictyaml.Node, vars map[string]any) []expectation {
	c := &code{Language: s.kind, Not: s.not, Threshold: plain(threshold), Config: f.fill(s.assertion, plain(config), vars)}
	text := value.Text()
	if s.short != "" {
		text = s.text
	}
	if strings.TrimSpace(text) == "" {
		f.lostAt(s.place, "%s has no code that stands in the file", s.kind)
		return nil
	}
	if name, ok := strings.CutPrefix(text, "file://"); ok {
		name, c.Function = cutFunction(name)
		file := relative(s.file, name)
		if _, err := f.files.Read(file); err != nil {
			f.lostAt(s.place, "the code %s can't be read: %s", file, err)
			return nil
		}
		switch ext := path.Ext(file); {
		case s.kind == "python" && ext == ".py", s.kind == "javascript" && (ext == ".js" || ext == ".cjs" || ext == ".mjs"):
		default:
			f.lostAt(s.place, "the code %s is not carried over: %s does not run %q", file, s.kind, ext)
			return nil
		}
		c.File = path.Join(f.options.Source, file)
		if f.options.Source == "" {
			c.File = path.Join("..", file)
		}
		return []expectation{{kind: kindCode, code: c}}
	}
	c.Source, _ = render(text, vars)
	return []expectation{{kind: kindCode, code: c}}
}

// cutFunction takes the name of a function off a path: grade.py:check.
func cutFunction(name string) (file, function string) {
	at := strings.LastIndexByte(name, ':')
	if at < 0 || strings.Contains(name[at:], "/") {
		return name, ""
	}
	return name[:at], name[at+1:]
}

var short = regexp.MustCompile(`^(not-)?([a-z][a-z-]*)(?:\(([\d.]+)\))?(?::([\s\S]*))?$`)

// shorthand reads the assertion of a cell, such as contains:Paris. A text that
// names no assertion is what the reply equals.
func (f *foo) shorthand(a assertion, vars map[string]any) []expectation {
	cell := strings.TrimSpace(a.short)
	kind, rest := "equals", cell
	for alias, full := range map[string]string{"fn:": "javascript:", "eval:": "javascript:", "grade:": "llm-rubric:"} {
		if cut, ok := strings.CutPrefix(cell, alias); ok {
			cell = full + cut
		}
	}
	if name, ok := strings.CutPrefix(cell, "file://"); ok {
		language := "javascript"
		if path.Ext(strings.Split(name, ":")[0]) == ".py" {
			language = "python"
		}
		cell = language + ":" + cell
	}
	if m := short.FindStringSubmatch(cell); m != nil && shorthands()[m[2]] {
		kind, rest = m[1]+m[2], strings.TrimSpace(m[4])
	}
	s := asserted{assertion: a, kind: kind}
	s.kind, s.not = strings.CutPrefix(kind, "not-")
	if isCode(kind) {
		s.text = rest
		return f.code(s, strictyaml.Node{}, strictyaml.Node{}, strictyaml.Node{}, vars)
	}
	s.value = f.fill(a, rest, vars)
	s.text = asText(s.value)
	if s.kind == "equals" && json.Valid([]byte(s.text)) && strings.HasPrefix(strings.TrimSpace(s.text), "{") {
		if v, err := decodeJSON([]byte(s.text)); err == nil {
			s.value = v
		}
	}
	return f.translateAssert(s)
}

// shorthands are the assertions that a cell may name.
func shorthands() map[string]bool {
	out := map[string]bool{}
	for _, kind := range strings.Fields(`contains contains-all contains-any icontains icontains-all icontains-any equals regex starts-with is-json
		contains-json javascript python llm-rubric g-eval factuality model-graded-closedqa model-graded-factuality similar cost latency
		levenshtein rouge-n bleu answer-relevance context-recall context-relevance context-faithfulness moderation webhook classifier
		is-sql contains-sql is-xml contains-xml contains-html is-refusal perplexity perplexity-score select-best word-count`) {
		out[kind] = true
	}
	return out
}
