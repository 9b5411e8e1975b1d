package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/migrate/importer"
)

// TestPromptfooReferences imports configs that name files in every place where promptfoo reads them.
func TestPromptfooReferences(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"p/a.txt":       "A {{q}}\n---\nB {{q}}\n ---",
		"p/sub/b.txt":   "C {{q}}",
		"p/.hidden.txt": "hidden {{q}}",
		"chat.txt":      "- role: system\n  content: |\n    Be kind.\n- role: user\n  content: {{q}}\n",
		"chat.json":     `{"system": "Be kind.", "max_tokens": 9, "messages": [{"role": "user", "content": "{{q}}"}]}`,
		"prompts.csv":   "label;prompt;more\nkind;\"K; {{q}}\";x\n;L {{q}};\n",
		"lines.csv":     "prompt\nM {{q}}\nN {{q}}\n",
		"e.txt":         "\uFEFFexpected text \r\n",
		"list.json":     `["x", "y"]`,
		"asserts.yaml":  "- {type: contains, value: file://e.txt}\n- file://more/asserts.yaml\n",
		"more/asserts.yaml": "[{type: contains, value: deep}, {type: contains, value: file://n.txt}, " +
			"{type: contains, value: file://e.txt}]",
		"more/n.txt":  "near",
		"t/a/b/t.yml": "- vars: {q: deep}\n",
		"t/c.csv":     "q,__expected,__expected2\nfile://e.txt,contains:file://e.txt,\"contains-all: a, \"\"b, c\"\"\"\n",
		"s/1.yaml":    "config: [{vars: {q: s1}}]\ntests: [{assert: [{type: contains, value: x}]}]",
		"s/2.yaml":    "- config: [{vars: {q: s2}}]\n  tests: [{}]",
	}
	const head = "tests: [{vars: {q: one}, assert: [{type: contains, value: x}]}]\nprompts: "
	const test = "prompts: ['{{q}}']\ntests: "
	asserts := func(list string) string { return test + "[{vars: {q: one}, assert: " + list + "}]" }
	for name, c := range map[string]struct {
		config string
		want   []string // texts of the files written
		left   string
	}{
		"raw":                {head + "[{raw: file://p/sub/b.txt, label: v1}]", []string{"content: C {{input}}"}, ""},
		"separators":         {head + "[p/a.txt]", []string{"content: A {{input}}", "content: B {{input}}"}, ""},
		"a deep pattern":     {head + "'p/**/*.txt'", []string{"A {{input}}", "B {{input}}", "C {{input}}"}, ""},
		"alternatives":       {head + "'p/{sub,z}/[a-b].tx?'", []string{"content: C {{input}}"}, ""},
		"a folder":           {head + "[file://p]", []string{"content: A {{input}}", "content: B {{input}}"}, ""},
		"no file":            {head + "['q/*.txt: 2*3={{q}}']", []string{"content: 'q/*.txt: 2*3={{input}}'"}, ""},
		"a missing file":     {head + "['{{q}}', file://q/*.txt]", nil, "q/*.txt names no file"},
		"a chat in text":     {head + "[chat.txt]", []string{"role: system", "Be kind.", "content: '{{input}}'"}, ""},
		"a chat with system": {head + "[chat.json]", []string{"role: system", "Be kind."}, "max_tokens of a chat is not carried over"},
		"a table of prompts": {
			head + "[prompts.csv]", []string{"name: x-kind", "content: K; {{input}}", "content: L {{input}}"},
			"the column more of a table of prompts is not carried over",
		},
		"a table of lines": {head + "[lines.csv]", []string{"content: M {{input}}", "content: N {{input}}"}, ""},
		"filters": {
			head + `["A {{q}}", "B {{ q | safe }}", "C {{q | trim}}", "D {{q | replace('n', 'm') | capitalize}}"]`,
			[]string{"A {{input}}", "B {{input}}", "C {{input}}", "D {{input}}"}, `{{q | replace('n', 'm') | capitalize}} has lost its filter`,
		},
		"a value":            {asserts("[{type: icontains, value: file://e.txt}]"), []string{`lower(text) contains "expected text"`}, ""},
		"a list of values":   {asserts("[{type: contains-all, value: [file://e.txt, z]}]"), []string{"[expected text, z]"}, ""},
		"a list in a file":   {asserts("[{type: contains-all, value: file://list.json}]"), []string{`contains: [x, "y"]`}, ""},
		"a list in quotes":   {asserts(`[{type: contains-all, value: 'a, "b, ""c"" \"d\"" , e'}]`), []string{`contains: [a, 'b, "c" "d"', e]`}, ""},
		"not any":            {asserts("[{type: not-contains-any, value: [file://e.txt]}]"), []string{"not_contains: [expected text]"}, ""},
		"a program":          {asserts("[{type: contains, value: file://x.py:f}]"), nil, "the value of contains is made by the program x.py:f"},
		"assertions":         {asserts("file://asserts.yaml"), []string{"contains: [expected text, deep, near]"}, ""},
		"included":           {asserts("[{value: file://asserts.yaml}]"), []string{"contains: [expected text, deep, near]"}, ""},
		"deep tests":         {test + "file://t/**/*.yml", []string{"input: deep"}, ""},
		"cells":              {test + "[t/c.csv]", []string{"input: expected text", "contains: [expected text, a, 'b, c']"}, ""},
		"scenarios":          {"prompts: ['{{q}}']\nscenarios: file://s/*.yaml", []string{"input: s1", "input: s2"}, ""},
		"rows of vars":       {test + "[{q: first}, {q: second}]", []string{"input: first", "input: second"}, ""},
		"dotted vars":        {"prompts: ['{{item.q}}']\ntests: [{vars: {item: {q: nested}}}]", []string{"input: nested"}, ""},
		"vars in a folder":   {test + "[{vars: {q: file://more/*.txt}}]", []string{"input: near"}, ""},
		"renamed":            {head + "['{{q}} {{other.name}}']", []string{"{{other_name}}"}, "no case sets other, so it is empty"},
		"too many patterns":  {head + "['{{q}}', 'file://{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}']", nil, "names no file"},
		"outside of the top": {head + "['{{q}}', file://../../x.txt]", nil, "x.txt can't be read: it lies outside"},
	} {
		requireImport(t, name, files, c.config, c.want, c.left)
	}
}

// requireImport holds what an import writes and leaves to texts of it.
func requireImport(t *testing.T, name string, files map[string]string, source string, want []string, wantLeft string) {
	t.Helper()
	all := memory{"x.yaml": []byte(source)}
	for file, text := range files {
		all[file] = []byte(text)
	}
	r, probs := importer.Import(all, "x.yaml", importer.Options{})
	require.NoError(t, probs.Err(), name)
	requireLoads(t, r, all)
	written := ""
	for _, f := range r.Files {
		written += string(f.Data)
	}
	for _, text := range want {
		require.Contains(t, written, text, name)
	}
	left := strings.Join(importer.Group(r.Left), "\n")
	const bare = "x.yaml: no case has an assertion that can be carried over, so replies are held to not being empty and nothing else"
	if left = strings.ReplaceAll(left, bare, ""); wantLeft == "" {
		require.Empty(t, left, name)
	}
	require.Contains(t, left, wantLeft, name)
	require.NotContains(t, written, "hidden", name)
}

func TestPromptfooMeanings(t *testing.T) {
	t.Parallel()
	tests := func(list string) string { return "prompts: ['{{q}}']\ntests: " + list }
	one := func(asserts string) string { return tests("[{vars: {q: a}, assert: " + asserts + "}]") }
	for name, c := range map[string]struct {
		config string
		want   []string
		left   string
	}{
		"latency":         {one("[{type: latency, threshold: 2500}]"), []string{"- latency:\n      max: 2.5s"}, ""},
		"cost":            {one("[{type: cost, threshold: 0.002}]"), []string{"- cost:\n      max: 0.002", "needs the price of the model"}, ""},
		"not latency":     {one("[{type: not-latency, threshold: 2500}]"), nil, "not-latency is not carried over"},
		"only measured":   {one("[{type: latency, metric: m}]"), nil, "latency without a threshold is not carried over"},
		"a bad threshold": {one("[{type: latency, threshold: x}]"), nil, "latency is not carried over: its threshold is x"},
		"some cases": {
			tests("[{vars: {q: a}, assert: [{type: latency, threshold: 900}]}, {vars: {q: b}}]"),
			[]string{"    graders:\n      - latency:\n          max: 900ms"}, "",
		},
		"several thresholds": {
			tests("[{vars: {q: a}, assert: [{type: cost, threshold: 1}]}, {vars: {q: b}, assert: [{type: cost, threshold: 2}]}]"),
			[]string{"      - cost:\n          max: 1", "      - cost:\n          max: 2"}, "",
		},
		"two of a name": {
			tests("[{vars: {q: a}, assert: [{type: cost, threshold: 1}, {type: cost, threshold: 2}]}]"),
			[]string{"cost:\n          max: 1"}, "x.yaml:2:61: a case has one grader cost, so the second is not carried over",
		},
		"references": {
			one("[{type: similar, value: [b, c]}, {type: levenshtein, value: b}, {type: rouge-n, value: b, threshold: 0.4}, " +
				"{type: bleu, value: b}]"),
			[]string{
				"  - similar:\n      min: 0.75\n      to:\n        - b\n        - c", "  - edit_distance:\n      max: 5",
				"  - rouge:\n      measure: rouge-1\n      min: 0.4", "  - bleu:\n      min: 0.5", "similar uses the model text-embedding-3-large",
			}, "",
		},
		"not a reference": {one("[{type: not-similar, value: b}]"), nil, "not-similar is not carried over: write an expression"},
		"a transform of all": {
			"defaultTest: {options: {transform: 'JSON.parse(output).a'}}\n" +
				one("[{type: equals, value: a}, {type: javascript, value: output.b}]"),
			[]string{"reply:\n  verbatim: true\n  transform: fromJSON(text).a", "equals: [a]", `"parsed":true`}, "",
		},
		"a transform that is a program": {
			"defaultTest: {options: {transform: 'output.match(/a/)[0]'}}\n" +
				one("[{type: equals, value: a}, {type: assert-set, assert: [{type: not-contains, value: b}]}]"), nil,
			`the transform "output.match(/a/)[0]" is not carried over, so equals and not-contains are about the reply as the ` +
				"model wrote it; write an expression or a command under reply: transform",
		},
		"transforms of some": {
			tests("[{vars: {q: a}, options: {transform: output.trim().toLowerCase()}, assert: [{type: contains, value: a}]}, " +
				"{vars: {q: b}, assert: [{type: equals, value: b}]}]"),
			[]string{`lower(trim(text)) contains "a"`, "equals: [b]"}, "",
		},
		"a transform of a provider": {
			"providers: [{id: 'openai:gpt-4o', transform: 'JSON.parse(output)'}]\n" +
				one("[{type: equals, value: 5, transform: output.n}, {type: contains, value: b}]"),
			[]string{
				"transform: fromJSON(text)", `- (fromJSON(text).n == "5" or fromJSON(text).n == 5)`, "contains: [b]",
			}, "",
		},
		"providers with several transforms": {
			"providers: [{id: 'openai:a', transform: output.x}, {id: 'openai:b', transform: output.y}]\n" +
				one("[{type: contains, value: a}]"), nil, "providers have different transforms, so none is carried over",
		},
		"a transform of an assertion": {
			one("[{type: icontains, value: A, transform: \"output.split(', ')[1]\"}]"),
			[]string{`lower(split(text, ', ')[1]) contains "a"`}, "",
		},
		"a transform of a judged assertion": {
			one("[{type: llm-rubric, value: a, transform: output.x}]"), nil,
			"so llm-rubric is about the reply as the model wrote it; write an expression",
		},
		"JSON in a text": {
			one("[{type: contains-json, value: {required: [a]}}]"), []string{"json_schema:\n      anywhere: true\n      schema:"}, "",
		},
		"tools": {
			"providers: [{id: 'openai:chat:m', config: {tool_choice: auto, tools: [{type: function, function: {name: look, " +
				"parameters: {type: object, required: [day]}}}]}}]\n" + one("[{type: is-valid-openai-tools-call}, "+
				"{type: equals, value: look, transform: 'output[0].function.name'}, "+
				"{type: equals, value: 'Mon', transform: 'JSON.parse(output[0].function.arguments).day'}]"),
			[]string{
				"tools:\n  - name: look\n    parameters:\n      required:", "toolChoice: auto", "tool_calls:\n        - name: look\n          schema:",
				"transform: 'len(tool_calls) > 0 ? map(", `len(tool_calls) > 0 and tool_calls[0].name == "look"`, `fromJSON(tool_calls[0].arguments).day == "Mon"`,
			}, "",
		},
		"tools of Gemini": {
			"providers: [{id: 'google:m', config: {tools: [{functionDeclarations: [{name: a, parameters: {type: OBJECT}}, {name: b}]}]}}]\n" +
				one("[{type: is-valid-function-call}, {type: equals, value: 'x', transform: 'output[0].functionCall.args.day'}]"),
			[]string{"name: b", "type: object", `all(tool_calls, #.name in ["a","b"])`, `fromJSON(tool_calls[0].arguments).day == "x"`},
			"not to the types of arguments; write tool_calls with a schema under expect",
		},
		"a judge beside tools": {
			"providers: [{id: 'openai:a', config: {response_format: {type: json_object}, tools: [{type: function, function: {name: f}}]}}]\n" +
				"defaultTest: {options: {provider: 'openai:j'}}\n" + one("[{type: contains, value: a}]"),
			[]string{"responseFormat: json_object\ntools:\n  - name: f\n"}, "",
		},
		"other tools": {
			"providers: [{id: 'openai:a', config: {tools: [{type: web_search}]}}]\n" + one("[{type: contains, value: a}]"), nil,
			`the tool "" is not carried over: only functions are`,
		},
	} {
		requireImport(t, name, nil, c.config, c.want, c.left)
	}
}

// TestPromptfooConversations imports prompts with _conversation, and tests that are turns of each other.
func TestPromptfooConversations(t *testing.T) {
	t.Parallel()
	const loop = "{% for c in _conversation %}"
	chat := func(history, last string) string {
		return "[{\"role\": \"system\", \"content\": \"Hi\"}, " + history + `{"role": "user", "content": "` + last + `"}]`
	}
	round := loop + `{"role": "user", "content": "{{c.input}}"}, {"role": "assistant", "content": "{{ c.output }}"}` +
		"{% if not loop.last %},{% endif %}{% endfor %}{% if _conversation.length > 0 %},{% endif %}"
	const tests = "\ntests:\n  - {vars: {q: a}, assert: [{type: contains, value: x}]}\n" +
		"  - {vars: {q: b}, assert: [{type: contains, value: y}]}\n"
	turns := []string{
		"    turns:\n      - input: a\n        expect:\n          contains: [x]\n      - input: b\n        expect:\n          contains: [\"y\"]",
	}
	source := "prompts: [p.txt]" + tests
	for name, c := range map[string]struct {
		prompt, config string
		want           []string
		left           string
	}{
		"JSON": {chat(round, "{{q}}"), source, append(turns, "content: Hi\n  - role: user\n    content: '{{input}}'"), ""},
		"parts": {
			chat(loop+`{"role": "user", "content": [{"type": "input_text", "text": "{{c.input}}"}]}, `+
				`{"role": "assistant", "content": [{"type": "text", "text": {{c.output | dump}}}]}, {% endfor %}`, "{{q}}"),
			source, turns, "",
		},
		"YAML": {
			"- role: system\n  content: Hi\n" + loop + "\n- role: user\n  content: {{ c.input }}\n- role: assistant\n" +
				"  content: \"{{ c.output }}\"\n{% endfor %}\n- role: user\n  content: {{q}}\n",
			source, turns, "",
		},
		"a template": {chat(round, "Say {{q}}!"), source, []string{"- input: a\n", "- input: Say b!\n", "content: Say {{input}}!"}, ""},
		"one text": {
			loop + "U: {{c.input}}\nA: {{c.output}}\n{% endfor %}U: {{q}}", source, []string{"content: 'U: {{input}}'", "- input: 'U: b'"},
			"p.txt:1:1: the loop over _conversation writes the conversation into the text of one message; promptbench sends",
		},
		"replies alone": {
			loop + "{{c.output}}\n{% endfor %}{{q}}", source, turns,
			"its loop over _conversation does not write each message of the user with the reply to it; write it without the loop",
		},
		"another order": {
			chat(loop+`{"role": "assistant", "content": "{{c.output}}"}, {"role": "user", "content": "{{c.input}}"}, {% endfor %}`, "{{q}}"),
			source, nil, "is not carried over: its loop over _conversation does not write",
		},
		"at the start": {
			"[" + strings.TrimSuffix(round, "{% if _conversation.length > 0 %},{% endif %}") + `, {"role": "system", "content": "Hi"}, {"role": "user", "content": "{{q}}"}]`,
			source, nil, "is not right before the last message",
		},
		"a count":   {"{{ _conversation.length }}{{q}}", source, nil, "it uses _conversation other than in one loop"},
		"no loop":   {"{{q}}", source, []string{"    input: a\n", "    input: b\n"}, ""},
		"none asks": {chat(round, "{{q}}"), "defaultTest: {options: {disableConversationVar: true}}\n" + source, []string{"    input: b\n"}, ""},
		"an id without a loop": {
			"{{q}}", "prompts: [p.txt]\ntests: [{vars: {q: a}, metadata: {conversationId: one}}, {vars: {q: b}}]",
			[]string{"    input: a\n    tags: ['conversationid:one']"}, "",
		},
		"two prompts": {
			chat(round, "{{q}}"), "prompts: [p.txt, 'alone {{q}}']" + tests, []string{"content: alone {{input}}", "- input: b\n"},
			"does not use _conversation, so promptfoo asks it each test alone",
		},
		"scenarios": {
			chat(round, "{{z}} {{q}}"),
			"prompts: [p.txt]\nscenarios: [{config: [{vars: {z: 1}}, {vars: {z: 2}}], tests: [{vars: {q: a}}, {vars: {q: b}}]}]",
			[]string{"    turns:\n      - a\n      - 1 b\n", "    turns:\n      - a\n      - 2 b\n"}, "",
		},
		"repeats": {
			chat(round, "{{q}}"), "evaluateOptions: {repeat: 3}\n" + source, turns,
			"x.yaml:1:27: repeat goes on with a conversation, which is not carried over; run with --trials 3",
		},
		"a stored reply": {
			"{{q}}", "prompts: [p.txt]\ntests: [{vars: {q: a}, options: {storeOutputAs: s}}, {vars: {q: 'why {{s}}'}}]",
			[]string{"    input: a\n"}, "s is a reply that storeOutputAs keeps, so the test is not carried over",
		},
		"a chat in a var": {
			"{{ m | dump }}", "prompts: [p.txt]\ntests: [{vars: {m: [{role: system, content: Hi}, {role: user, content: a}, " +
				"{role: assistant, content: b}, {role: user, content: c}]}}, {vars: {m: [{role: system, content: Hi}, {role: user, content: d}]}}]",
			[]string{"content: Hi", "    messages:\n      - role: user\n        content: a\n      - role: assistant", "    input: d\n"}, "",
		},
		"chats that begin differently": {
			"{{ m | dump }}", "prompts: [p.txt]\ntests: [{vars: {m: [{role: system, content: Hi}, {role: user, content: a}]}}, " +
				"{vars: {m: [{role: user, content: d}]}}]", nil, "the chats in {{m}} begin with different messages",
		},
	} {
		requireImport(t, name, map[string]string{"p.txt": c.prompt}, c.config, c.want, c.left)
	}
}

// TestEmbeddings imports providers of embeddings, and holds the config that a project gets to what it has.
func TestEmbeddings(t *testing.T) {
	t.Parallel()
	const tail = "prompts: ['{{q}}']\ntests: [{vars: {q: a}, assert: [{type: similar, value: x}]}]\n"
	of := func(provider string) string {
		return "defaultTest: {options: {provider: {embedding: " + provider + "}}}\n" + tail
	}
	one := func(asserts string) string {
		return "prompts: ['{{q}}']\ntests: [{vars: {q: a}, assert: [" + asserts + "]}]\n"
	}
	for source, c := range map[string]struct{ want, left string }{
		tail: {
			"embeddings: text-embedding-3-large\nmodels:\n  text-embedding-3-large:\n    endpoint: openai\n    model: text-embedding-3-large\n",
			"",
		},
		of("'openai:embedding:small'"):                {"embeddings: small\nmodels:\n  small:\n    endpoint: openai\n    model: small\n", ""},
		of("'ollama:embeddings:nomic-embed-text:8'"):  {"endpoint: ollama\n    model: nomic-embed-text:8\n", ""},
		of("'google:embedding:gemini-embedding-001'"): {"endpoint: gemini\n    model: gemini-embedding-001\n", ""},
		of("{id: 'azureopenai:embedding:mine', config: {apiHost: me.openai.azure.com}}"): {
			"endpoint: azure\n    base_url: https://me.openai.azure.com\n    model: mine\n", "",
		},
		of("{id: 'openai:embedding:m', config: {dimensions: 256, apiBaseUrl: 'http://127.0.0.1:1/v1'}}"): {
			"base_url: http://127.0.0.1:1/v1\n    model: m\n    api_key_env: OPENAI_API_KEY\n    params:\n      extra:\n        dimensions: 256\n", "",
		},
		of("'huggingface:sentence-similarity:x/y'"): {
			"embeddings: text-embedding-3-large\n", "the provider huggingface:sentence-similarity:x/y is not carried over: no endpoint",
		},
		of("'openai:chat:m'"): {"embeddings: text-embedding-3-large\n", "openai:chat:m is not carried over: it has no embeddings"},
		"defaultTest: {options: {provider: {text: 'openai:chat:j', embedding: 'openai:embedding:e', moderation: x}}}\n" + tail: {
			"model: j\njudge: j\nembeddings: e\n", "x.yaml:1:92: moderation of a provider that grades is not carried over",
		},
		one("{type: similar, value: x, provider: 'openai:embedding:a'}, {type: similar, value: x, provider: {id: 'openai:embedding:b'}}"): {
			"embeddings: a\n", "b is a second model of embeddings, which is not carried over: similar uses a in all cases",
		},
		"prompts: ['{{q}}']\nproviders: ['openai:m']\ntests: [{vars: {q: a}, options: {provider: {embedding: 'openai:embedding:e'}}, " +
			"assert: [{type: similar, value: x}]}]\n": {"model: m\nembeddings: e\n", ""},
	} {
		written, left := configOfImport(t, source)
		require.Contains(t, written, c.want, source)
		require.Contains(t, left, c.left, source)
		if c.left == "" {
			require.Empty(t, left, source)
		}
	}
}

// TestProviders imports providers, and holds the config that a project gets to what it has.
func TestProviders(t *testing.T) {
	t.Parallel()
	for provider, c := range map[string]struct{ want, left string }{
		"'openai:chat:gpt-4o'":         {"endpoint: openai\n    model: gpt-4o\n", ""},
		"'openai:responses:gpt-4o'":    {"endpoint: openai\n    api: responses\n    model: gpt-4o\n", ""},
		"'openai:embedding:x'":         {"", "the provider openai:embedding:x is no chat"},
		"'anthropic:messages:claude'":  {"endpoint: anthropic\n    model: claude\n", ""},
		"'google:gemini-2.5-flash'":    {"endpoint: gemini\n    model: gemini-2.5-flash\n", ""},
		"'ollama:chat:llama3:8b'":      {"endpoint: ollama\n    model: llama3:8b\n", ""},
		"'ollama:llama3:8b'":           {"endpoint: ollama\n    model: llama3:8b\n", ""},
		"'llama:x'":                    {"endpoint: llama.cpp\n    model: llama\n", ""},
		"'xai:grok'":                   {"base_url: https://api.x.ai/v1\n    model: grok\n    api_key_env: XAI_API_KEY\n", ""},
		"'openrouter:meta/llama:free'": {"endpoint: openrouter\n    model: meta/llama:free\n", ""},
		"{id: 'azure:chat:mine', config: {apiHost: me.openai.azure.com, apiVersion: '2024-10-21'}}": {
			"endpoint: azure\n    base_url: https://me.openai.azure.com\n    model: mine\n    api_version: \"2024-10-21\"\n", "",
		},
		"'azure:responses:mine'": {"endpoint: azure\n    api: responses\n    model: mine\n", ""},
		"{id: 'openai:m', config: {apiBaseUrl: 'http://127.0.0.1:1/v1'}}": {
			"base_url: http://127.0.0.1:1/v1\n    model: m\n    api_key_env: OPENAI_API_KEY\n", "",
		},
		"{id: 'anthropic:m', config: {apiBaseUrl: 'https://gw.example/v1', apiKeyEnvar: GW}}": {
			"api: anthropic\n    base_url: https://gw.example/v1\n    model: m\n    api_key_env: GW\n", "",
		},
		"{id: 'anthropic:m', config: {temperature: 1.5, top_k: 4, frequency_penalty: 1, response_format: {type: json_object}}}": {
			"    params:\n      extra:\n        top_k: 4\n",
			"x.yaml:1:18: temperature of the provider is not carried over: its API does not take it\n" +
				"x.yaml:1:18: the response format json_object is not carried over: the API of the provider does not take it\n" +
				"x.yaml:1:70: frequency_penalty of the provider is not carried over: its API does not take it",
		},
		"{id: 'openai:responses:m', config: {stop: [x]}}": {"model: m", "stop of the provider is not carried over"},
		"'github:openai/gpt-4.1'":                         {"endpoint: openai\n    model: gpt-4.1\n", "is now asked at openai"},
		"'github:meta/llama'":                             {"endpoint: openrouter\n    model: meta/llama\n", "is now asked at openrouter"},
		"'bedrock:x'":                                     {"", "the provider bedrock:x is not carried over: no endpoint is known for it"},
	} {
		written, left := configOfImport(t, "providers: ["+provider+"]\nprompts: ['{{q}}']\n"+
			"tests: [{vars: {q: a}, assert: [{type: contains, value: x}]}]\n")
		require.Contains(t, written, c.want, provider)
		require.Contains(t, left, c.left, provider)
		if c.left == "" {
			require.Empty(t, left, provider)
		}
	}
}

// configOfImport is the config that a project gets of a source, which loads, and what is not carried over.
func configOfImport(t *testing.T, text string) (written, left string) {
	t.Helper()
	dir := t.TempDir()
	source, out := filepath.Join(dir, "x.yaml"), filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
	plan, err := importer.Prepare([]string{source}, out, "", importer.Options{})
	require.NoError(t, err, text)
	require.NoError(t, plan.Write(out))
	data, err := os.ReadFile(filepath.Join(out, config.DefaultPath))
	require.NoError(t, err)
	_, probs := config.Load(filepath.Join(out, config.DefaultPath))
	require.NoError(t, probs.Err(), text)
	return string(data), strings.ReplaceAll(strings.Join(importer.Group(plan.Results[0].Left), "\n"), dir+"/", "")
}
