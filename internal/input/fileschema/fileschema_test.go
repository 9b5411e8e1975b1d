package fileschema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"promptbench/internal/input/fileschema"
	"promptbench/internal/input/strictyaml"
)

var update = flag.Bool("update", false, "write docs/schema anew")

const root = "../../.."

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
		require.Equal(t, string(want), string(got), "write it anew: go test ./internal/input/fileschema -update")
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
		"config": {
			"promptbench.yaml", "cmd/promptbench/testdata/project/promptbench.yaml",
			"internal/migrate/starter/templates/*/*/promptbench.yaml",
		},
		"prompt": {
			"prompts/*.yml", "prompts/judge/*.yml", "cmd/promptbench/testdata/project/prompts/*.yml",
			"internal/migrate/starter/templates/*/*/prompts/*.yml",
		},
		"suite": {
			"cases/*.yaml", "cmd/promptbench/testdata/project/cases/*.yaml",
			"internal/migrate/starter/templates/*/*/cases/*.yaml", "docs/examples/*/*/suite.yaml",
		},
	} {
		schema := compiled(t, kind)
		eachFile(t, patterns, func(file, text string) { require.NoError(t, validate(t, schema, text), file) })
	}
}

// The files of this repository name their schema to an editor.
func TestOwnFilesNameTheirSchema(t *testing.T) {
	t.Parallel()
	for kind, patterns := range map[string][]string{
		"config": {"promptbench.yaml"}, "prompt": {"prompts/*.yml", "prompts/judge/*.yml"}, "suite": {"cases/*.yaml"},
	} {
		eachFile(t, patterns, func(file, text string) {
			first, _, _ := strings.Cut(text, "\n")
			schema, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
			require.True(t, ok, file)
			require.Equal(
				t, filepath.Join(root, "docs", "schema", kind+".schema.json"),
				filepath.Join(filepath.Dir(file), filepath.FromSlash(schema)), file,
			)
		})
	}
}

// eachFile calls do with the files of the repository that the patterns match.
func eachFile(t *testing.T, patterns []string, do func(file, text string)) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			do(file, string(data))
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
		{
			"suite",
			"suite: a\ngraders: [{command: [python3, grade.py]}, {command: {name: b, run: [x], timeout: 10s}}]\ncases: {file: " +
				"a.csv}\n",
			true,
		},
		{
			"suite",
			"suite: 2026\ngraders: [{subtodo_count: {answer: {min: 2}}}]\ncases: [{id: 1, input: 2, expect: {count: {min: " +
				"1}}}]\n",
			true,
		},
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
		{
			"prompt", "messages: [{role: user, content: \"{{input}}\"}]\ntestData: [1]\nmodelParameters: {topP: 1, stop: [a]}\n",
			true,
		},
		{"prompt", "name: a\n", false},
		{"prompt", "messages: [{role: user}]\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {temperature: hot}\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {top_p: 1}\n", false},
		{"config", "suite: a.yaml\n", true},
		{
			"config",
			"models: {a: {endpoint: openai, model: b, price: {input: 1, output: 2}}}\ngates: [{regression: [format], margin: " +
				"0.05}]\n",
			true,
		},
		{"config", "models: {a: {endpoint: openai}}\n", false},
		{"config", "models: {a: {model: b, api_key: c}}\n", false},
		{"config", "models: {a: {model: b, price: {input: 1}}}\n", false},
		{"config", "models: {a: {model: b, rpm: 1.5}}\n", false},
		{"config", "gates: {grader: format}\n", false},
		{"prompt", "messages: [{role: usr, content: a}]\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {temperature: 2.5}\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nmodelParameters: {maxTokens: 0}\n", false},
		{
			"prompt",
			"messages: [{role: user, content: a}]\nmodelParameters: {temperature: 2, topP: 0}\nresponseFormat: " +
				"json_object\nreplyFormat: json\n",
			true,
		},
		{"prompt", "messages: [{role: user, content: a}]\nreplyFormat: yaml\n", false},
		{"prompt", "messages: [{role: user, content: a}]\nresponseFormat: json\n", false},
		{"suite", strings.Replace(suite, "input: 가", "input: 가, expect: {count: {min: -1}}", 1), false},
		{"config", "judge_bar: 1\n", false},
		{"config", "gates: [{grader: format, min: 0.5, of: lower_bound}]\n", true},
		{"config", "gates: [{grader: format, min: 0.5, of: median}]\n", false},
		{"config", "gates: [{grader: format, min: 80}]\n", false},
		{"config", "gates: [{regression: [format], margin: 0}]\n", false},
		{"config", "gates: [{cases: near_duplicates, at_most: 0}, {cases: each_type, at_least: 10}]\n", true},
		{"config", "gates: [{cases: each_type, at_least: 0}]\n", false},
		{"config", "gates: [{cases: near}]\n", false},
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
