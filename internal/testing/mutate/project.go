package mutate

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"promptbench/internal/testing/fakeopenai"
)

// extra are files beside those of the project that the tests of the command work on.
func extra() map[string]string {
	const graders = "graders: [{contains: [a]}, {regex: '^a'}, {checks: ['len(text) > 1']}]\n"
	return map[string]string{
		"cases/table.yaml": graders + "cases: {file: table.csv}\n",
		"cases/lines.yaml": graders + "cases: {file: lines.jsonl}\n",
		"cases/table.csv":  "id,input,tags\na,내일 치과,health\nb,\"친구랑\n약속\",social\n",
		"cases/lines.jsonl": `{"id":"a","input":"내일 치과","expect":{"contains":["a"]}}` + "\n" +
			`{"id":"b","input":"x"}` + "\n",
		"table.csv":     "id,question,answer\n1,수도는?,서울\n2,capital of France?,Paris\n",
		"samples.jsonl": `{"input":[{"role":"user","content":"2+2?"}],"ideal":"4"}` + "\n",
		"v.prompt.yml": "messages: [{role: user, content: '{{input}}'}]\ntestData: [{input: a, expected: b}]\n" +
			"evaluators: [{name: x, string: {contains: '{{expected}}'}}]\n",
		"promptfooconfig.yaml": "prompts: ['Say {{q}} | upper', file://cases/table.csv]\nproviders: ['openai:chat:m']\n" +
			"tests:\n  - {vars: {q: a}, assert: [{type: contains, value: a}, {type: javascript, value: 'output.length > 1'}]}\n",
	}
}

// WriteProject writes a project into dir, with runs of its revisions.
func WriteProject(ctx context.Context, program, from, dir string) error {
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return err
	}
	for name, text := range extra() {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
			return err
		}
	}
	server := fakeopenai.New(func(fakeopenai.Request) fakeopenai.Reply {
		return fakeopenai.Text(`{"subtodos":{"type":"question","content":[{"subtodoContent":"언제?"}]}}`)
	})
	defer server.Close()
	cmd := exec.CommandContext(ctx, program, "run", "prompts/v2", "prompts/v3", "--base-url", server.URL(), "--model", "m")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("recording runs: %w\n%s", err, out)
	}
	return nil
}
