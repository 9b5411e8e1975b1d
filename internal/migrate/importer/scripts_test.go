package importer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/migrate/importer"
)

// TestScriptsSpeakTheProtocol runs the written scripts as a run does: a line for
// each sample, an answer for each line.
func TestScriptsSpeakTheProtocol(t *testing.T) {
	t.Parallel()
	const config = `
prompts: ["{{q}}"]
providers:
  - id: openai:gpt-4o
    config: {response_format: {type: json_schema, json_schema: {name: a, schema: {type: object}}}}
tests:
  - vars: {q: a, name: 민수}
    assert:
      - {type: LANG, value: VALUE}
      - {type: LANG, value: file://EXTERNAL, config: {least: 3}}
  - vars: {q: b}
    assert: [{type: LANG, value: BLOCK, threshold: 0.7}]
  - vars: {q: c}
    assert: [{type: LANG, value: "nonsense("}]
  - vars: {q: d}
    assert: [{type: not-LANG, value: TRUE}]
  - vars: {q: e}
  - vars: {q: f}
    assert: [{type: LANG, value: FIELD}]
`
	for _, tt := range []struct{ language, program, value, block, external, code, yes, field, fault string }{
		{
			"python", "python3", `"context['vars']['name'] in output"`, `"x = 0.5\nreturn {'score': x, 'reason': '절반'}"`,
			"grade.py:check",
			"import json\nprint('not an answer')\ndef check(output, context):\n    return len(output) >= " +
				"context['config']['least']\n",
			`"True"`, `"output['city'] == '서울'"`, "SyntaxError: ",
		},
		{
			"javascript", "node", `output.includes(context.vars.name)`,
			`"const x = 0.5;\nreturn {score: x, pass: x >= 0.7, reason: '절반'};"`, "grade.js",
			"console.log('not an answer');\nmodule.exports = async (output, context) => output.length >= " +
				"context.config.least;\n",
			`"true"`, `"output.city === '서울'"`, "SyntaxError: ",
		},
	} {
		t.Run(tt.language, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(tt.program); err != nil {
				t.Skipf("%s is not installed", tt.program)
			}
			file, _, _ := strings.Cut(tt.external, ":")
			filled := strings.NewReplacer(
				"LANG", tt.language, "VALUE", tt.value, "BLOCK", tt.block, "EXTERNAL", tt.external, "TRUE", tt.yes, "FIELD",
				tt.field,
			).Replace(config)
			replies := map[string]string{"f": `{"city":"서울"}`}
			for _, id := range []string{"a", "b", "c", "d", "e"} {
				replies[id] = "안녕, 민수"
			}
			lines := scriptAnswers(t, tt.program, memory{"a.yaml": []byte(filled), file: []byte(tt.code)}, replies)
			require.Len(t, lines, 7)
			require.JSONEq(t, `{"protocol":1,"name":"mine","version":"1"}`, lines[0])
			require.JSONEq(t, `{"id":1,"value":1,"pass":true,"reason":""}`, lines[1])
			require.JSONEq(t, `{"id":2,"value":0.5,"pass":false,"reason":"절반"}`, lines[2])
			require.Contains(t, lines[3], tt.fault)
			require.Regexp(t, `"value": ?0(\.0)?,`, lines[3], "code that throws is a failure")
			require.Regexp(t, `"pass": ?false`, lines[4])
			require.Contains(t, lines[5], `"not_applicable":`)
			require.JSONEq(t, `{"id":6,"value":1,"pass":true,"reason":""}`, lines[6])
		})
	}
}

// scriptAnswers imports a.yaml, and returns what its script answers to the greeting and about the replies by case.
func scriptAnswers(t *testing.T, program string, files memory, replies map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	r, probs := importer.Import(files, "a.yaml", importer.Options{Source: ".."})
	require.NoError(t, probs.Err())
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	script := ""
	for _, f := range r.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o600))
		if ext := path.Ext(f.Path); ext == ".py" || ext == ".cjs" {
			script = path.Base(f.Path)
		}
	}
	var in strings.Builder
	in.WriteString(`{"protocol":1,"grader":"mine"}` + "\n")
	for i, id := range slices.Sorted(maps.Keys(replies)) {
		line, err := json.Marshal(map[string]any{
			"id": i + 1, "case": id, "input": id, "vars": map[string]string{}, "reply": map[string]string{"text": replies[id]},
		})
		require.NoError(t, err)
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), program, script)
	cmd.Dir, cmd.Stdin = filepath.Join(dir, "cases"), strings.NewReader(in.String())
	out, err := cmd.Output()
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, len(replies)+1)
	return lines
}

// TestCodeThatThrowsIsAFailure holds the scripts to what promptfoo makes of a result, and of none.
func TestCodeThatThrowsIsAFailure(t *testing.T) {
	t.Parallel()
	const failed, unscored = "0 false", "unscored"
	for _, tt := range []struct {
		language, program, file, missing string
		want                             map[string]string // an assertion to its value and pass
	}{
		{"javascript", "node", "a.cjs", "module.exports = require('not-there')", map[string]string{
			`{value: "JSON.parse(output).ok === true"}`:                     failed,
			`{value: "throw new Error('x')"}`:                               failed,
			`{value: "throw null"}`:                                         failed,
			`{value: "undefined"}`:                                          failed,
			`{value: "0/0"}`:                                                failed,
			`{value: "output.x.y", type: not-javascript}`:                   failed,
			`{value: "nonsense("}`:                                          failed,
			`{value: "const n = output.length; n > 1"}`:                     "1 true",
			`{value: "const s = output; s === 'a;b'; "}`:                    failed,
			`{value: "let a = ';'; const b = a + 'x'; output.length > 99"}`: failed,
			`{value: "0.4", threshold: 0.5}`:                                "0.4 false",
			`{value: "({pass: true, score: 0.5})"}`:                         "0.5 true",
			`{value: file://a.cjs}`:                                         unscored,
		}},
		{"python", "python3", "a.py", "import not_there", map[string]string{
			`{value: "json.loads(output)['ok']"}`:                     failed,
			`{value: "raise ValueError(1)\nreturn True"}`:             failed,
			`{value: "None"}`:                                         failed,
			`{value: "float('nan')"}`:                                 failed,
			`{value: "output.x", type: not-python}`:                   failed,
			`{value: "import sys\nsys.exit(0)"}`:                      failed,
			`{value: "nonsense("}`:                                    failed,
			`{value: "'0.5'"}`:                                        "0.5 true",
			`{value: "'yes'"}`:                                        failed,
			`{value: "{'pass': True, 'score': 0.3}", threshold: 0.5}`: "0.3 false",
			`{value: file://a.py}`:                                    unscored,
		}},
	} {
		t.Run(tt.language, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(tt.program); err != nil {
				t.Skipf("%s is not installed", tt.program)
			}
			config, replies, asserts := "prompts: ['{{q}}']\ntests:\n", map[string]string{}, slices.Sorted(maps.Keys(tt.want))
			for i, a := range asserts {
				if !strings.Contains(a, "type:") {
					a = strings.TrimSuffix(a, "}") + ", type: " + tt.language + "}"
				}
				id := string(rune('a' + i))
				config += "- {vars: {q: " + id + "}, assert: [" + a + "]}\n"
				replies[id] = "no JSON"
			}
			lines := scriptAnswers(t, tt.program, memory{"a.yaml": []byte(config), tt.file: []byte(tt.missing)}, replies)
			for i, a := range asserts {
				var answer struct {
					Value    float64
					Pass     bool
					Unscored string
				}
				require.NoError(t, json.Unmarshal([]byte(lines[i+1]), &answer))
				got := fmt.Sprint(answer.Value, " ", answer.Pass)
				if answer.Unscored != "" {
					got = unscored
				}
				require.Equal(t, tt.want[a], got, "%s: %s", a, lines[i+1])
			}
		})
	}
}
