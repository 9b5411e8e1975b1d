package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// system is the system message of every request.
const system = `당신은 계획을 돕는 플래너입니다. 주어진 할 일을 더 작은 할 일 세 개쯤으로 나누어 JSON으로만 답하세요: ` +
	`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"…"}]}}. ` +
	`정보가 모자라면 type을 question으로, 할 일이 아니면 invalid로 하세요.`

const promptFile = `name: bench
replyFormat: json
modelParameters: {temperature: 0}
messages:
  - role: system
    content: '%s'
  - role: user
    content: '{{input}}'
`

const suiteFile = `suite: bench
reply:
  types: [answer, question, invalid]
  json: {type: $.subtodos.type, items: "$.subtodos.content[*].subtodoContent"}
graders:
  - case_type
  - subtodo_count: {answer: {min: 2, max: 5}}
  - format
cases: {file: bench.jsonl}
`

// writeProject makes a project with so many cases in dir. It writes them as they come: a process that is started later
// counts the memory of this one as its own.
func writeProject(dir string, cases int) error {
	for name, text := range map[string]string{
		"promptbench.yaml":         "suite: cases/bench.yaml\n",
		"prompts/bench.prompt.yml": fmt.Sprintf(promptFile, strings.ReplaceAll(system, "'", "''")),
		"cases/bench.yaml":         suiteFile,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(dir, "cases", "bench.jsonl"))
	if err != nil {
		return err
	}
	lines := bufio.NewWriter(file)
	enc := json.NewEncoder(lines)
	for i := range cases {
		c := map[string]any{
			"id": fmt.Sprintf("case-%06d", i), "input": fmt.Sprintf("내일 오전 10시에 %d번 손님과 치과 가기 👨‍👩‍👧", i),
			"expect": map[string]any{"type": "answer"},
		}
		if err := enc.Encode(c); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(lines.Flush(), file.Close())
}

// writePromptfoo writes what promptfoo needs for the same work, and returns the path. Where that fails promptfoo says
// so itself.
func writePromptfoo(dir, base string) string {
	var tests []any
	data, _ := os.ReadFile(filepath.Join(dir, "cases", "bench.jsonl"))
	for line := range bytes.Lines(data) {
		var c struct {
			Input string `json:"input"`
		}
		if json.Unmarshal(line, &c) == nil {
			tests = append(tests, map[string]any{"vars": map[string]any{"input": c.Input}})
		}
	}
	messages, _ := json.Marshal([]any{
		map[string]any{"role": "system", "content": system},
		map[string]any{"role": "user", "content": "{{input}}"},
	})
	config, _ := json.Marshal(map[string]any{
		"prompts": []any{map[string]any{"label": "bench", "raw": string(messages)}},
		"providers": []any{map[string]any{"id": "openai:chat:bench", "config": map[string]any{
			"apiBaseUrl": base, "temperature": 0,
		}}},
		"defaultTest": map[string]any{"assert": []any{map[string]any{"type": "is-json"}}},
		"tests":       tests,
	})
	path := filepath.Join(dir, "promptfooconfig.json")
	_ = os.WriteFile(path, config, 0o644)
	return path
}
