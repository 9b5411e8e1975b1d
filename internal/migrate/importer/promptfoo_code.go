package importer

import (
	"cmp"
	"path"
	"regexp"
	"strconv"
	"strings"

	"promptbench/graders/schema"
	"promptbench/internal/input/strictyaml"
)

func isCode(kind string) bool {
	kind = strings.TrimPrefix(kind, "not-")
	return kind == "javascript" || kind == "python"
}

// code keeps an assertion in a language of its own for a grader that runs it.
func (f *promptfooConfig) code(s asserted, vars map[string]any) []expectation {
	c := &code{
		Language: s.kind, Not: s.not, Threshold: s.threshold,
		Config: f.fill(s.assertion, plain(s.node.Get("config")), vars),
	}
	c.Measures = s.node.Get("weight").Text() == "0"
	if n := s.node.Get("transform"); n.Kind() == strictyaml.Text {
		if c.Transform = n.Text(); s.kind != "javascript" || strings.HasPrefix(c.Transform, "file://") {
			f.lost(n, "the transform %s of an assertion in %s is not carried over; make it a part of the code",
				quoteShort(c.Transform), s.kind)
			c.Transform = ""
		}
	}
	text := cmp.Or(s.text, s.node.Get("value").Text())
	if strings.TrimSpace(text) == "" {
		f.lostAt(s.place, "%s has no code that stands in the file", s.kind)
		return nil
	}
	if name, ok := strings.CutPrefix(text, "file://"); ok {
		name, c.Function = cutFunction(name)
		file := relative(s.file, name)
		if found := f.glob(s.file, name); len(found) == 1 {
			file = found[0]
		}
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
		return []expectation{{code: c, place: s.place}}
	}
	c.Source, _ = render(text, vars)
	return []expectation{{code: c, place: s.place}}
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
func (f *promptfooConfig) shorthand(a assertion, vars map[string]any) []expectation {
	cell := strings.TrimSpace(a.short)
	kind, threshold, rest := "equals", "", cell
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
		kind, threshold, rest = m[1]+m[2], m[3], strings.TrimSpace(m[4])
	}
	s := asserted{assertion: a, kind: kind}
	s.kind, s.not = strings.CutPrefix(kind, "not-")
	if n, err := strconv.ParseFloat(threshold, 64); err == nil {
		s.threshold = n
	} else if s.kind == "latency" || s.kind == "cost" {
		s.threshold = 0.75 // as promptfoo has it
	}
	if isCode(kind) {
		s.text = rest
		return f.code(s, vars)
	}
	var raw any = rest
	if name, ok := strings.CutPrefix(rest, "file://"); ok {
		if raw, ok = f.valueFile(s, name); !ok {
			return nil
		}
	}
	s.value = f.fill(a, raw, vars)
	s.text = asText(s.value)
	if s.kind == "equals" && strings.HasPrefix(strings.TrimSpace(s.text), "{") {
		if v, err := schema.Parse(s.text); err == nil {
			s.value = v
		}
	}
	return f.translateAssert(s)
}

// shorthands are the types of assertions that a cell may name.
func shorthands() map[string]bool {
	out := map[string]bool{}
	for kind := range strings.FieldsSeq(`
		contains contains-all contains-any icontains icontains-all icontains-any equals regex starts-with ends-with is-json
		contains-json javascript python ruby llm-rubric g-eval factuality model-graded-closedqa model-graded-factuality
		agent-rubric search-rubric conversation-relevance similar cost latency levenshtein rouge-n bleu gleu meteor
		answer-relevance context-recall context-relevance context-faithfulness moderation guardrails webhook classifier pi
		is-sql contains-sql is-xml contains-xml is-html contains-html is-refusal is-valid-function-call
		is-valid-openai-function-call is-valid-openai-tools-call perplexity perplexity-score finish-reason select-best
		max-score word-count tool-call-f1 skill-used`) {
		out[kind] = true
	}
	return out
}
