package importer_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
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
			dir := t.TempDir()
			filled := strings.NewReplacer(
				"LANG", tt.language, "VALUE", tt.value, "BLOCK", tt.block, "EXTERNAL", tt.external, "TRUE", tt.yes, "FIELD",
				tt.field,
			).Replace(config)
			r, probs := importer.Import(
				memory{"a.yaml": []byte(filled), file: []byte(tt.code)}, "a.yaml", importer.Options{Source: ".."})
			require.NoError(t, probs.Err())
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(tt.code), 0o600))
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
			for i, id := range []string{"a", "b", "c", "d", "e", "f"} {
				line, err := json.Marshal(map[string]any{
					"id": i + 1, "case": id, "input": id, "vars": map[string]string{},
					"reply": map[string]string{"text": map[bool]string{true: `{"city":"서울"}`, false: "안녕, 민수"}[id == "f"]},
				})
				require.NoError(t, err)
				in.Write(append(line, '\n'))
			}
			cmd := exec.CommandContext(t.Context(), tt.program, script)
			cmd.Dir, cmd.Stdin = filepath.Join(dir, "cases"), strings.NewReader(in.String())
			out, err := cmd.Output()
			require.NoError(t, err)
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			require.Len(t, lines, 7)
			require.JSONEq(t, `{"protocol":1,"name":"mine","version":"1"}`, lines[0])
			require.JSONEq(t, `{"id":1,"value":1,"pass":true,"reason":""}`, lines[1])
			require.JSONEq(t, `{"id":2,"value":0.5,"pass":false,"reason":"절반"}`, lines[2])
			require.Contains(t, lines[3], `"unscored":`)
			require.Contains(t, lines[3], tt.fault)
			require.Regexp(t, `"pass": ?false`, lines[4])
			require.Contains(t, lines[5], `"not_applicable":`)
			require.JSONEq(t, `{"id":6,"value":1,"pass":true,"reason":""}`, lines[6])
		})
	}
}
