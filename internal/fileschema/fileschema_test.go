package fileschema_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/fileschema"
	"promptbench/internal/strictyaml"
)

var update = flag.Bool("update", false, "write docs/schema anew")

const root = "../.."

func TestSchemasAreThoseOfTheTypes(t *testing.T) {
	t.Parallel()
	for _, kind := range fileschema.Names() {
		want, err := fileschema.Generate(kind)
		require.NoError(t, err)
		path := filepath.Join(root, "docs", "schema", kind+".schema.json")
		if *update {
			require.NoError(t, os.WriteFile(path, want, 0o644))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "write it anew: go test ./internal/fileschema -update")
	}
}

// Every key that a person can type says what it is for.
func TestKeysAreDescribed(t *testing.T) {
	t.Parallel()
	for _, kind := range fileschema.Names() {
		raw, err := fileschema.Generate(kind)
		require.NoError(t, err)
		var schema map[string]any
		require.NoError(t, json.Unmarshal(raw, &schema))
		undescribed(t, kind, schema)
	}
}

func undescribed(t *testing.T, path string, schema any) {
	t.Helper()
	switch s := schema.(type) {
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok {
			for key, below := range properties {
				require.Contains(t, below, "description", "%s.%s needs a line in descriptions.go", path, key)
			}
		}
		for key, below := range s {
			undescribed(t, path+"."+key, below)
		}
	case []any:
		for _, below := range s {
			undescribed(t, path, below)
		}
	}
}

func compiled(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	raw, err := fileschema.Generate(kind)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	schema, err := c.Compile("schema.json")
	require.NoError(t, err)
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	doc, probs := strictyaml.Parse("a.yaml", []byte(text))
	require.Empty(t, probs)
	raw, probs := doc.Root().JSON()
	require.Empty(t, probs)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return schema.Validate(value)
}

func TestOwnFilesFit(t *testing.T) {
	t.Parallel()
	for kind, patterns := range map[string][]string{
		"config": {"promptbench.yaml", "cmd/promptbench/testdata/project/promptbench.yaml", "internal/starter/templates/*/*/promptbench.yaml"},
		"prompt": {"prompts/*.yml", "prompts/judge/*.yml", "cmd/promptbench/testdata/project/prompts/*.yml", "internal/starter/templates/*/*/prompts/*.yml"},
		"suite":  {"cases/*.yaml", "cmd/promptbench/testdata/project/cases/*.yaml", "internal/starter/templates/*/*/cases/*.yaml", "docs/examples/*/*/suite.yaml"},
	} {
		schema := compiled(t, kind)
		for _, pattern := range patterns {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			require.NoError(t, err)
			require.NotEmpty(t, files, pattern)
			for _, file := range files {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				require.NoError(t, validate(t, schema, string(data)), file)
			}
		}
	}
}

// The files of this repository name their schema to an editor.
func TestOwnFilesNameTheirSchema(t *testing.T) {
	t.Parallel()
	for kind, patterns := range map[string][]string{
		"config": {"promptbench.yaml"}, "prompt": {"prompts/*.yml", "prompts/judge/*.yml"}, "suite": {"cases/*.yaml"},
	} {
		want, err := filepath.Abs(filepath.Join(root, "docs", "schema", kind+".schema.json"))
		require.NoError(t, err)
		for _, pattern := range patterns {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			require.NoError(t, err)
			require.NotEmpty(t, files, pattern)
			for _, file := range files {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				first, _, _ := strings.Cut(string(data), "\n")
				schema, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
				require.True(t, ok, file)
				got, err := filepath.Abs(filepath.Join(filepath.Dir(file), filepath.FromSlash(schema)))
				require.NoError(t, err)
				require.Equal(t, want, got, file)
			}
		}
	}
}

func TestGoodAndBadFiles(t *testing.T) {
	t.Parallel()
	const suite = "suite: a\ngraders: [format]\ncases: [{id: a, input: 가}]\n"
	for _, tt := range []struct {
		kind, text string
		fits       bool
	}{
		{"suite", suite, true},
		{"suite", "extends: a.yaml\n", true},
		{"suite", "suite: a\ngraders: [{command: [python3, grade.py]}, {command: {name: b, run: [x], timeout: 10s}}]\ncases: {file: a.csv}\n", true},
		{"suite", "suite: 2026\ngraders: [{subtodo_count: {answer: {min: 2}}}]\ncases: [{id: 1, input: 2, expect: {count: {min: 1}}}]\n", true},
		{"suite", "suite: a\n", false},
		{"suite", suite + "grader: []\n", false},
		{"suite", strings.Replace(suite, "[format]", "[fromat]", 1), false},
		{"suite", strings.Replace(suite, "[format]", "[{fromat: {}}]", 1), false},
		{"suite", strings.Replace(suite, "[format]", "[{format: {}, case_type: {}}]", 1), false},
		{"suite", strings.Replace(suite, "[format]", "[{command: {name: a}}]", 1), false},
		{"suite", strings.Replace(suite, "input", "inptu", 1), false},
		{"suite", strings.Replace(suite, "input: 가", "input: [가]", 1), false},
		{"suite", strings.Replace(suite, "input: 가", "input: 가, expect: {tpye: a}", 1), false},
		{"suite", strings.Replace(suite, "[{id: a, input: 가}]", "[]", 1), false},
		{"prompt", "messages: [{role: user, content: \"{{input}}\"}]\n", true},
		{"prompt", "messages: [{role: user, content: \"{{input}}\"}]\ntestData: [1]\nmodelParameters: {topP: 1, stop: [a]}\n", true},
		{"prompt", "name: a\n", false},
		{"prompt", "messages: [{role: user}]\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {temperature: hot}\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {top_p: 1}\n", false},
		{"config", "suite: a.yaml\n", true},
		{"config", "models: {a: {endpoint: openai, model: b, price: {input: 1, output: 2}}}\ngates: [{regression: [format], margin: 0.05}]\n", true},
		{"config", "models: {a: {endpoint: openai}}\n", false},
		{"config", "models: {a: {model: b, api_key: c}}\n", false},
		{"config", "models: {a: {model: b, price: {input: 1}}}\n", false},
		{"config", "models: {a: {model: b, rpm: 1.5}}\n", false},
		{"config", "gates: {grader: format}\n", false},
		{"prompt", "messages: [{role: usr, content: a}]\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {temperature: 2.5}\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {maxTokens: 0}\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {temperature: 2, topP: 0}\nresponseFormat: json_object\nreplyFormat: json\n", true},
		{"prompt", "messages: [{role: user, content: a}]\nreplyFormat: yaml\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nresponseFormat: json\n", false},
		{"suite", strings.Replace(suite, "input: 가", "input: 가, expect: {count: {min: -1}}", 1), false},
		{"config", "judge_bar: 1\n", false},
		{"config", "gates: [{grader: format, min: 0.5, of: lower_bound}]\n", true},
		{"config", "gates: [{grader: format, min: 0.5, of: median}]\n", false},
		{"config", "gates: [{grader: format, min: 80}]\n", false},
		{"config", "gates: [{regression: [format], margin: 0}]\n", false},
		{"config", "models: {a: {model: b, tpm: 0}}\n", false},
		{"config", "models: {a: {model: b, price: {input: -1, output: 2}}}\n", false},
		{"config", "models: {a: {model: b, price: {input: 1, output: 2, batch: 0}}}\n", false},
		{"config", "models: {a: {model: b, params: {topP: 2}}}\n", false},
	} {
		err := validate(t, compiled(t, tt.kind), tt.text)
		if tt.fits {
			require.NoError(t, err, tt.text)
		} else {
			require.Error(t, err, tt.text)
		}
	}
}

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
		"checks: len(items) <= 3":               true,
		"checks: {values: [\"true\"]}":          true,
		"subtodo_count: {answer: {max: 0}}":     true,
		"case_type: ":                           true,
		"format: {}":                            true,
		"expression: {name: a, check: \"true\", applies_to: b}": true,
		"rubric: {judge: a, batch: true, votes: 3, criteria: [{id: a, question: b, options: [1, 2], pass: 2, anchors: {1: a, 2: b}}, {id: b, check: \"true\", weight: 0.5, applies_to: [a]}]}": true,

		"length: {maximum: 3}":                                  false,
		"length: {max: -1}":                                     false,
		"length: {max: 3, unit: lines}":                         false,
		"length: {}":                                            false,
		"length: 3":                                             false,
		"contains: {value: a}":                                  false,
		"contains: 5":                                           false,
		"contains: [1]":                                         false,
		"contains: {any: \"yes\"}":                              false,
		"not_contains: {vals: a}":                               false,
		"equals: {any: true}":                                   false,
		"regex: {patern: a}":                                    false,
		"regex: [a]":                                            false,
		"json_schema: {scheme: {}}":                             false,
		"json_schema: a.json":                                   false,
		"checks: {value: a}":                                    false,
		"case_type: {a: 1}":                                     false,
		"format: {strict: true}":                                false,
		"subtodo_count: {answer: {min: -1}}":                    false,
		"subtodo_count: {answer: {least: 1}}":                   false,
		"subtodo_count: {answer: {}}":                           false,
		"subtodo_count: {answer: 3}":                            false,
		"expression: {check: \"true\"}":                         false,
		"expression: \"true\"":                                  false,
		"expression: {name: a, check: \"true\", apply: b}":      false,
		"rubric: {}":                                            false,
		"rubric: {criteria: []}":                                false,
		"rubric: {criteria: [{check: \"true\"}]}":               false,
		"rubric: {criteria: [{id: a}]}":                         false,
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
		_, paramErr := graders.New(entry.Key.Text(), params, noJudge{})
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
		_, err := graders.New(name, nil, nil)
		require.Equal(t, err == nil, slices.Contains(bare, any(name)), name)
		shape := dig(t, schema, append(slices.Clone(named), name)...)
		require.NotEmpty(t, keysIn(shape, "additionalProperties", "oneOf"), "%s has no parameters, nor is it said that it takes none", name)
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
	_, err := graders.New(grader, fmt.Appendf(nil, params, strings.Repeat("z", 40)), noJudge{})
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
