package prompt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
)

const good = `name: 나누기
description: 할 일을 나눈다
model: gpt-x
modelParameters: {temperature: 0, topP: 0.9, maxTokens: 300, seed: 7, stop: ["\n"], extra: {top_k: 20}}
messages:
  - role: system
    content: |
      너는 계획을 돕는다. 오늘은 {{today}}.
      답: {"subtodos":{"type":"answer"}}
  - {role: user, content: "우유 사기"}
  - {role: assistant, content: "1. 마트 가기"}
  - role: user
    content: "{{ input }}"
responseFormat: json_schema
jsonSchema: |
  {"name": "subtodos", "strict": true, "schema": {"type": "object", "required": ["b", "a"]}}
`

func TestParse(t *testing.T) {
	t.Parallel()
	p, probs := prompt.Parse("v3", "prompts/v3.prompt.yml", []byte(good))
	require.Empty(t, probs)
	require.Equal(t, "v3", p.Name)
	require.Equal(t, "gpt-x", p.Model)
	require.Equal(t, 0.0, *p.Params.Temperature) //nolint:testifylint // 0 must be there, exactly
	require.Equal(t, map[string]any{"top_k": 20}, p.Params.Extra)
	require.Len(t, p.Messages, 4)
	require.Equal(t, reply.JSON, p.ReplyFormat, "what responseFormat asks for")
	require.JSONEq(
		t, `{"name":"subtodos","strict":true,"schema":{"type":"object","required":["b","a"]}}`, string(p.JSONSchema),
	)
	require.Equal(t, []string{"input", "today"}, p.Uses())
	require.Empty(t, p.CheckVars([]string{"today"}))
	got, err := p.Render("치과", map[string]string{"today": "월"})
	require.NoError(t, err)
	require.Equal(t, "너는 계획을 돕는다. 오늘은 월.\n답: {\"subtodos\":{\"type\":\"answer\"}}\n", got[0].Content)
}

func TestCheckVarsPlacesUnknownNames(t *testing.T) {
	t.Parallel()
	p, probs := prompt.Parse(
		"v", "p.yml",
		[]byte(
			"messages:\n  - role: user\n    content: |\n      첫 줄\n      오늘 {{tody}} 과 {{input}}, {{tody}}\n  - role: "+
				"system\n    content: '한글 {{ inptu }}'\n",
		),
	)
	require.Empty(t, probs)
	probs = p.CheckVars([]string{"today"})
	require.Equal(t, `p.yml:5:10: unknown name {{tody}} (did you mean "today"?; write \{{tody}} if it is meant as text)
p.yml:5:32: unknown name {{tody}} (did you mean "today"?; write \{{tody}} if it is meant as text)
p.yml:7:18: unknown name {{inptu}} (did you mean "input"?; write \{{inptu}} if it is meant as text)`, probs.Err().Error())
}

func TestParseReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	p, probs := prompt.Parse("v", "p.yml", []byte(`descripton: x
modelParameters: {temperature: 3, topP: -0.1, maxTokens: -5, maxCompletionTokens: 0, stop: [""], top_k: 1, extra: {messages: []}}
messages:
  - {role: sytem, content: "  "}
  - {role: assistant}
responseFormat: json
replyFormat: yaml
jsonSchema: "{"
testData: [{input: 하나}]
evaluators: x
`))
	require.NotNil(t, p)
	require.Equal(t, `p.yml:1:1: unknown key "descripton" (did you mean "description"?)
p.yml:2:32: temperature is 3 (it lies between 0 and 2)
p.yml:2:41: topP is -0.1 (it lies between 0 and 1)
p.yml:2:58: maxTokens is -5 (it is at least 1; leave it out for no limit)
p.yml:2:83: maxCompletionTokens is 0 (it is at least 1; leave it out for no limit)
p.yml:2:93: an empty stop text (remove it)
p.yml:2:98: unknown key "top_k" (known: temperature, topP, maxTokens, maxCompletionTokens, seed, stop, reasoningEffort, extra)
p.yml:2:126: extra must not set messages
p.yml:3:1: no message has the role user
p.yml:3:1: no message holds {{input}} (write {{input}} where the case's input belongs)
p.yml:4:12: unknown role "sytem" (did you mean "system"?)
p.yml:4:28: the message is empty
p.yml:5:5: the message has no text (write it as content, or name a .txt or .md file: file: parts/system.md)
p.yml:6:17: unknown responseFormat "json" (known: text, json_object, json_schema)
p.yml:7:14: unknown replyFormat "yaml" (known: xml, json, text)
p.yml:8:13: jsonSchema is not JSON: unexpected EOF`, probs.Err().Error())
	require.Equal(t, `p.yml:8:1: warning: jsonSchema is not used (set responseFormat: json_schema)
p.yml:9:1: warning: testData is not used (cases and graders belong in the suite, which all revisions share)
p.yml:10:1: warning: evaluators is not used (cases and graders belong in the suite, which all revisions share)`, probs.Only(problem.Warning).Error())
}

func TestParseSchemas(t *testing.T) {
	t.Parallel()
	const head = "messages: [{role: user, content: '{{input}}'}]\nresponseFormat: json_schema\n"
	for name, c := range map[string]struct{ yaml, want, problem string }{
		"mapping": {
			"jsonSchema: {type: object, properties: {가: {type: string}}}\n",
			`{"properties":{"가":{"type":"string"}},"type":"object"}`, "",
		},
		"wrapped":   {"jsonSchema: {name: n, schema: {type: object}}\n", `{"name":"n","schema":{"type":"object"}}`, ""},
		"missing":   {"", "", "p.yml:2:17: responseFormat json_schema needs a jsonSchema"},
		"no object": {"jsonSchema: '[1]'\n", "", "p.yml:3:13: jsonSchema is not a JSON object"},
		"no schema": {"jsonSchema: {type: 7}\n", "", "p.yml:3:13: jsonSchema is not a JSON Schema"},
		"bad inner": {"jsonSchema: {name: n, schema: 1}\n", "", "p.yml:3:31: jsonSchema: schema is not a JSON object"},
		"reference": {"jsonSchema: {$ref: 'file:///etc/passwd'}\n", "", "refers to file:///etc/passwd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, probs := prompt.Parse("v", "p.yml", []byte(head+c.yaml))
			require.Equal(t, c.want, string(p.JSONSchema))
			if c.problem == "" {
				require.Empty(t, probs)
				return
			}
			require.ErrorContains(t, probs.Err(), c.problem)
		})
	}
}

func TestParseWithoutMessages(t *testing.T) {
	t.Parallel()
	const noInput = "p.yml:1:1: no message holds {{input}} (write {{input}} where the case's input belongs)"
	for data, want := range map[string]string{
		"name: x\n":      `p.yml:1:1: the required key "messages" is missing`,
		"messages: []\n": "p.yml:1:11: messages is empty (a prompt needs at least one user message)",
		"messages: 글\n":  `p.yml:1:11: expected a list, found "글" (write it as a list: ["글"])`,
		"messages: [{role: user, content: 없음}]\n":            noInput,
		"messages: [{role: user, content: [a]}]\n":           noInput + "\np.yml:1:34: expected text, found a list",
		"messages: [{role: user, content: '\\{{input}}'}]\n": noInput,
	} {
		_, probs := prompt.Parse("v", "p.yml", []byte(data))
		require.EqualError(t, probs.Err(), want)
	}
	p, probs := prompt.Parse("v", "p.yml", []byte("a: [\n"))
	require.Nil(t, p)
	require.Len(t, probs, 1)
}

func TestHashIsOfWhatIsSent(t *testing.T) {
	t.Parallel()
	hash := func(data string) string {
		p, probs := prompt.Parse("v", "p.yml", []byte(data))
		require.NoError(t, probs.Err())
		return p.Hash()
	}
	const base = "messages: [{role: user, content: '{{input}}'}]\nmodelParameters: {temperature: 0, extra: {b: 1, a: 2}}\n"
	want := hash(base)
	require.Len(t, want, 64)
	for _, same := range []string{
		base + "name: 다른 이름\ndescription: x\nmodel: y\nreplyFormat: xml\n",
		"# 주석\nmodelParameters:\n  extra: {a: 2, b: 1}\n  temperature: 0.0\nmessages:\n  - content: \"{{input}}\"\n   " +
			" role: user\n",
	} {
		require.Equal(t, want, hash(same))
	}
	seen := map[string]bool{want: true}
	for _, other := range []string{
		"messages: [{role: user, content: '{{input}}'}]\n",
		"messages: [{role: user, content: '{{input}} '}]\nmodelParameters: {temperature: 0, extra: {b: 1, a: 2}}\n",
		"messages: [{role: user, content: '{{input}}'}]\nmodelParameters: {temperature: 0, extra: {b: 1, a: 3}}\n",
		"messages: [{role: user, content: '{{input}}'}, {role: assistant, content: a}]\nmodelParameters: " +
			"{temperature: 0, extra: {b: 1, a: 2}}\n",
		base + "responseFormat: text\n", base + "responseFormat: json_object\n",
		base + "responseFormat: json_schema\njsonSchema: {type: object}\n",
	} {
		h := hash(other)
		require.False(t, seen[h], other)
		seen[h] = true
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add(
		[]byte("messages: [{role: user, content: '{{input}}'}]\njsonSchema: '{\"$ref\":\"#\"}'\nresponseFormat: json_schema"),
	)
	f.Add([]byte("messages: &a [{role: user, content: *a}]"))
	f.Add([]byte("messages:\n  - role: user\n    content: >-\n      접은 {{\n      input }} {{input}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, probs := prompt.Parse("v", "p.yml", data)
		if p == nil {
			require.Error(t, probs.Err())
			return
		}
		for _, pr := range append(probs, p.CheckVars(nil)...) {
			require.Positive(t, pr.Line, "%s", pr)
			require.Positive(t, pr.Column, "%s", pr)
		}
		require.Len(t, p.Hash(), 64)
		if probs.Err() == nil {
			require.Contains(t, p.Uses(), prompt.InputName)
		}
	})
}
