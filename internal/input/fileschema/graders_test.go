package fileschema_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/fileschema"
	"promptbench/internal/input/strictyaml"
)

// What an editor takes and marks in a grader's parameters, the suite's own check
// takes and refuses too.
func TestGraderParameters(t *testing.T) {
	t.Parallel()
	schema := compiled(t, "suite")
	for text, fits := range map[string]bool{
		"contains: 가":                                    true,
		"contains: [a, b]":                               true,
		"contains: {values: a, any: true}":               true,
		"not_contains: {values: [a], ignore_case: true}": true,
		"equals: ":                              true,
		"equals: {values: [a]}":                 true,
		"regex: a+":                             true,
		"regex: {pattern: a+}":                  true,
		"json_schema: {schema: {type: object}}": true,
		"json_schema: {schema: a.json}":         true,
		"length: {max: 3, unit: words}":         true,
		"latency: {max: 800ms}":                 true,
		"cost: {max: 0.002}":                    true,
		"checks: len(items) <= 3":               true,
		"checks: {values: [\"true\"]}":          true,
		"subtodo_count: {answer: {max: 0}}":     true,
		"case_type: ":                           true,
		"format: {}":                            true,
		"expression: {name: a, check: \"true\", applies_to: b}": true,
		"rubric: {judge: a, batch: true, votes: 3, criteria: [{id: a, question: b, options: [1, 2], pass: 2, anchors: {1: " +
			"a, 2: b}}, {id: b, check: \"true\", weight: 0.5, applies_to: [a]}]}": true,

		"number: {value: 4, tolerance: 1%, take: only}": true,
		"number: ": true,
		"rouge: {min: 0.5, to: a, measure: rouge-1}": true,
		"bleu: {min: 0.5, to: [a], unit: words}":     true,
		"edit_distance: {max: 3}":                    true,
		"edit_distance: {max: 3, min: 0.5}":          false,
		"number: {value: four}":                      false,
		"rouge: {}":                                  false,
		"rouge: {min: 0.5, of: f2}":                  false,
		"bleu: {min: 0}":                             false,

		"length: {maximum: 3}":                             false,
		"length: {max: -1}":                                false,
		"length: {max: 3, unit: lines}":                    false,
		"length: {}":                                       false,
		"length: 3":                                        false,
		"latency: 2s":                                      false,
		"latency: {max: 2}":                                false,
		"latency: {}":                                      false,
		"cost: {max: -1}":                                  false,
		"cost: {max: }":                                    false,
		"contains: {value: a}":                             false,
		"contains: 5":                                      false,
		"contains: [1]":                                    false,
		"contains: {any: \"yes\"}":                         false,
		"not_contains: {vals: a}":                          false,
		"equals: {any: true}":                              false,
		"regex: {patern: a}":                               false,
		"regex: [a]":                                       false,
		"json_schema: {scheme: {}}":                        false,
		"json_schema: a.json":                              false,
		"checks: {value: a}":                               false,
		"case_type: {a: 1}":                                false,
		"format: {strict: true}":                           false,
		"subtodo_count: {answer: {min: -1}}":               false,
		"subtodo_count: {answer: {least: 1}}":              false,
		"subtodo_count: {answer: {}}":                      false,
		"subtodo_count: {answer: 3}":                       false,
		"expression: {check: \"true\"}":                    false,
		"expression: \"true\"":                             false,
		"expression: {name: a, check: \"true\", apply: b}": false,
		"rubric: {}":                                       false,
		"rubric: {criteria: []}":                           false,
		"rubric: {criteria: [{check: \"true\"}]}":          false,
		"rubric: {criteria: [{id: a}]}":                    false,
		"rubric: {criteria: [{id: a, check: b, question: c}]}":  false,
		"rubric: {criteria: [{id: a, check: b, wieght: 2}]}":    false,
		"rubric: {criteria: [{id: a, check: b, weight: 0}]}":    false,
		"rubric: {criteria: [{id: a, question: b}], votes: 10}": false,
		"rubric: {criteria: [{id: a, question: b, votes: 0}]}":  false,
	} {
		suite := "suite: a\nreply: {types: [a, b, answer]}\ngraders: [{" + text + "}]\ncases: [{id: a, input: b}]\n"
		doc, probs := strictyaml.Parse("a.yaml", []byte(suite))
		require.Empty(t, probs)
		entry := doc.Root().At("graders", 0).Entries()[0]
		var params json.RawMessage
		if entry.Value.Kind() != strictyaml.Null {
			params, probs = entry.Value.JSON()
			require.Empty(t, probs)
		}
		_, paramErr := graders.New(entry.Key.Text(), params, graders.Models{Judge: noJudge{}})
		if err := validate(t, schema, suite); fits {
			require.NoError(t, err, text)
			if !strings.Contains(text, "a.json") { // the suite reads the file in
				require.NoError(t, paramErr, text)
			}
		} else {
			require.Error(t, err, text)
			require.Error(t, paramErr, text)
		}
	}
}

// A grader stands by its bare name where it needs no parameters, and its keys are
// those that it knows.
func TestGradersAreThoseThereAre(t *testing.T) {
	t.Parallel()
	raw, err := fileschema.Generate("suite")
	require.NoError(t, err)
	var schema any
	require.NoError(t, json.Unmarshal(raw, &schema))
	bare, ok := dig(t, schema, "properties", "graders", "items", "oneOf", 0, "enum").([]any)
	require.True(t, ok)
	named := []any{"properties", "graders", "items", "oneOf", 1, "properties"}
	for _, name := range graders.Names() {
		_, err := graders.New(name, nil, graders.Models{})
		require.Equal(t, err == nil, slices.Contains(bare, any(name)), name)
		shape := dig(t, schema, append(slices.Clone(named), name)...)
		require.NotEmpty(
			t, keysIn(shape, "additionalProperties", "oneOf"), "%s has no parameters, nor is it said that it takes none", name,
		)
		if name != "subtodo_count" { // any key is a type
			require.ElementsMatch(t, known(name, `{"%s":1}`), shapeKeys(shape), name)
		}
	}
	require.ElementsMatch(t, known("subtodo_count", `{"a":{"%s":1}}`),
		shapeKeys(dig(t, schema, append(slices.Clone(named), "subtodo_count", "additionalProperties")...)))
	require.ElementsMatch(t, known("rubric", `{"criteria":[{"%s":1}]}`),
		shapeKeys(dig(t, schema, append(slices.Clone(named), "rubric", "properties", "criteria", "items")...)))
}

// known asks a grader for its keys: they stand in what it says of one that no
// grader has.
func known(grader, params string) []string {
	_, err := graders.New(grader, fmt.Appendf(nil, params, strings.Repeat("z", 40)), graders.Models{Judge: noJudge{}})
	for _, e := range graders.ParamErrors(err) {
		if _, list, ok := strings.Cut(e.Hint, "known are "); ok && strings.HasPrefix(e.Msg, "unknown key") {
			return strings.Split(list, ", ")
		}
	}
	return nil
}

// dig returns what keys and indexes lead to.
func dig(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			require.True(t, ok, step)
			require.Contains(t, m, step)
			v = m[step]
		case int:
			l, ok := v.([]any)
			require.True(t, ok)
			require.Greater(t, len(l), step)
			v = l[step]
		}
	}
	return v
}

// keysIn returns which of these keys a schema has.
func keysIn(schema any, keys ...string) []string {
	m, _ := schema.(map[string]any)
	return slices.DeleteFunc(keys, func(key string) bool { return m[key] == nil })
}

// shapeKeys returns the properties of a schema, or of those of its forms that has
// some.
func shapeKeys(schema any) []string {
	m, _ := schema.(map[string]any)
	properties, _ := m["properties"].(map[string]any)
	out := slices.Collect(maps.Keys(properties))
	forms, _ := m["oneOf"].([]any)
	for _, form := range forms {
		out = append(out, shapeKeys(form)...)
	}
	return out
}

// noJudge stands in for a judge, which nothing asks here.
type noJudge struct{}

func (noJudge) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("no judge")
}
