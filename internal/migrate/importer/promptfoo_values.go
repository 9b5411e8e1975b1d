package importer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

func texts(not bool, list []string) []expectation {
	out := make([]expectation, len(list))
	for i := range list {
		if one := list[i : i+1]; not {
			out[i].NotContains = one
		} else {
			out[i].Contains = one
		}
	}
	return out
}

func all(test string, texts []string) string {
	if len(texts) == 1 {
		return oneOf(test, texts)
	}
	return fmt.Sprintf("all(%s, %s)", asJSON(texts), test)
}

func (f *promptfooConfig) equals(s asserted, check func(string) []expectation) []expectation {
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
	return equals(s.text)
}

func (f *promptfooConfig) regex(s asserted, check func(string) []expectation) []expectation {
	if _, err := regexp.Compile(s.text); err != nil {
		f.lostAt(
			s.place, "the regex %q is not carried over: patterns are RE2, which has no look-around (%s)", s.text,
			strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	if s.not {
		return check("text matches " + asJSON(s.text))
	}
	return []expectation{{Expect: graders.Expect{Regex: s.text}}}
}

func (f *promptfooConfig) isJSON(s asserted) []expectation {
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
	if s.kind == "contains-json" {
		if err := compileSchema(value); err != nil {
			f.lostAt(s.place, "the schema of %s is not carried over: %s", s.kind, err)
			return nil
		}
		return f.own(s, "json_schema", map[string]any{"schema": value, "anywhere": true})
	}
	return f.schema(s, value)
}

func (f *promptfooConfig) schema(s asserted, value any) []expectation {
	if err := compileSchema(value); err != nil {
		f.lostAt(s.place, "the schema of %s is not carried over: %s", s.kind, err)
		return nil
	}
	return []expectation{{Expect: graders.Expect{JSONSchema: []byte(asJSON(value))}}}
}

func (f *promptfooConfig) wordCount(s asserted, check func(string) []expectation) []expectation {
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
func (f *promptfooConfig) demand(s asserted) []expectation {
	list := []string{s.text}
	if items, ok := s.value.([]any); ok {
		list = nil
		for _, item := range items {
			list = append(list, asText(item))
		}
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
		out = append(out, meets(text))
	}
	return out
}
