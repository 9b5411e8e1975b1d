package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
)

const good = `suite: cases/subtodos.yaml
model: fast
judge: strong
runs: out
models:
  fast:   {endpoint: openai, model: gpt-x, api_key_env: OPENAI_API_KEY, price: {input: 0.15, output: 0.6}, rpm: 500, tpm: 200000}
  strong: {endpoint: openai, model: gpt-y}
  local:  {base_url: http://127.0.0.1:8080/v1, model: gemma-3-270m, headers: {X-Team: 계획}, headers_env: {Authorization: TEAM_TOKEN}, params: {temperature: 0, extra: {top_k: 1}}}
  회사:    {endpoint: azure, base_url: https://x.openai.azure.com, model: d, api_version: 2024-06-01}
gates:
  - {grader: case_type, min: 0.8, of: lower_bound}
  - {grader: format, min: 1}
  - {regression: [case_type, format], margin: 0.05}
  - {regression: [format]}
judge_prompt: prompts/judge/mine
judge_bar: 0.6
`

// A file that is there but says nothing yet is no mistake.
func TestParseEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# suite: cases/other.yaml\n", "\xEF\xBB\xBF# 설정\n", "---\n"} {
		c, probs := config.Parse("promptbench.yaml", []byte(text))
		require.Empty(t, probs, "%q", text)
		require.Equal(t, "runs", c.Runs)
		require.Empty(t, c.Models)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	c, probs := config.Parse("dir/promptbench.yaml", []byte(good))
	require.Empty(t, probs)
	require.Equal(t, filepath.Join("dir", "cases", "subtodos.yaml"), c.Suite)
	require.Equal(t, filepath.Join("dir", "out"), c.Runs)
	require.Equal(t, "fast", c.Model)
	require.Equal(t, "strong", c.Judge)
	require.Equal(t, config.Judged{Prompt: filepath.FromSlash("dir/prompts/judge/mine"), Bar: 0.6}, c.Judged)
	require.Len(t, c.Models, 4)
	require.Equal(t, config.Model{
		Name: "fast", Endpoint: "openai", BaseURL: "https://api.openai.com/v1", Model: "gpt-x", APIKeyEnv: "OPENAI_API_KEY",
		Price: &params.Price{Input: 0.15, Output: 0.6}, RPM: 500, TPM: 200000,
	}, c.Models["fast"])
	require.Nil(t, c.Models["strong"].Price, "unknown, not free")
	require.Empty(t, c.Models["local"].Endpoint)
	require.Equal(t, map[string]string{"Authorization": "TEAM_TOKEN"}, c.Models["local"].HeadersEnv)
	require.Equal(t, map[string]any{"top_k": 1}, c.Models["local"].Params.Extra)
	require.Equal(t, "2024-06-01", c.Models["회사"].APIVersion)
	require.Len(t, c.Gates, 2)
	require.Equal(t, config.LowerBound, c.Gates[0].Of)
	require.Equal(t, config.Mean, c.Gates[1].Of)
	require.Len(t, c.RegressionGates, 2)
	require.Equal(t, []string{"case_type", "format"}, c.RegressionGates[0].Graders)
	require.Nil(t, c.RegressionGates[1].Margin)
	require.Empty(t, c.CheckGates([]string{"case_type", "format"}))
	require.EqualError(t, c.CheckGates([]string{"case_typo", "format"}).Err(),
		`dir/promptbench.yaml:11:14: the gate names "case_type", which the suite does not score (did you mean "case_typo"?)`+"\n"+
			`dir/promptbench.yaml:13:19: the gate names "case_type", which the suite does not score (did you mean "case_typo"?)`)
}

func TestParseReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, probs := config.Parse("c.yaml", []byte(`suit: x
model: fsat
judge: fast
models:
  fast: {endpoint: opneai, model: "", price: {input: -1, output: 1}, rpm: 0, tpm: many}
  a: {model: x}
  b: {base_url: localhost:8080, model: x, api_key_env: "my key"}
  c: {base_url: "http://u:p@host/v1", model: x, headers: {Authorization: x, "나 다": y, X-A: "a\nb"}, headers_env: {api-key: "x y"}}
  d: {base_url: "http://host/v1?k=1", model: x, params: {temperature: 9, top_k: 1}}
  e:
  f: gpt
gates:
  - {grader: case_type, min: 1.5, of: median, margin: 1}
  - {grader: format}
  - {regression: [], margin: 0}
  - {grader: a, regression: [b]}
  - {}
  - {regression: [a, a], min: 0.5}
judge_bar: 1
`))
	require.Equal(t, `c.yaml:1:1: unknown key "suit" (did you mean "suite"?)
c.yaml:2:8: model: no model is named "fsat" (did you mean "fast"?)
c.yaml:5:20: the endpoint "opneai" needs a base_url (it is not a known endpoint; did you mean "openai"?)
c.yaml:5:35: the model id is empty
c.yaml:5:54: a price is not negative, found -1 (per million tokens; leave price out where it is unknown)
c.yaml:5:75: rpm is 0 (it is at least 1 a minute; leave it out for no limit)
c.yaml:5:83: expected a whole number, found "many"
c.yaml:6:6: the model has neither endpoint nor base_url (set endpoint: openai or another known one, or the base_url of an OpenAI-compatible server)
c.yaml:7:17: base_url is not an http or https address (such as http://127.0.0.1:8080/v1)
c.yaml:7:56: api_key_env is not the name of an environment variable (name the variable that holds the key, such as OPENAI_API_KEY; never write the key itself to a file)
c.yaml:8:17: base_url holds a user name or a password (name the variable that holds the key under api_key_env)
c.yaml:8:59: the header Authorization would hold a secret (move it to headers_env and name the variable that holds its value)
c.yaml:8:77: "나 다" is not a header name
c.yaml:8:92: the header X-A holds a line break
c.yaml:8:124: headers_env: api-key is not the name of an environment variable (name the variable that holds the header's value)
c.yaml:9:17: base_url holds a query or a fragment (end it at the path, such as /v1)
c.yaml:9:71: temperature is 9 (it lies between 0 and 2)
c.yaml:9:74: unknown key "top_k" (known: temperature, topP, maxTokens, maxCompletionTokens, seed, stop, reasoningEffort, extra)
c.yaml:10:5: expected a mapping, found nothing
c.yaml:11:6: expected a mapping, found "gpt"
c.yaml:13:30: min is 1.5 (scores lie between 0 and 1)
c.yaml:13:39: a gate cannot be on "median" (did you mean "mean"?)
c.yaml:13:47: margin belongs to a regression gate (remove it)
c.yaml:14:5: the required key "min" is missing
c.yaml:15:18: the gate names no grader (list those that must not regress)
c.yaml:15:30: margin is 0 (it is the drop that does not matter, over 0 and at most 1, such as 0.05)
c.yaml:16:5: a gate has exactly one of grader, regression, metric and cases ({grader: case_type, min: 0.8}, {regression: [case_type], margin: 0.05}, {metric: cost, max_increase: 10%} or {cases: near_duplicates, at_most: 0})
c.yaml:17:5: a gate has exactly one of grader, regression, metric and cases ({grader: case_type, min: 0.8}, {regression: [case_type], margin: 0.05}, {metric: cost, max_increase: 10%} or {cases: near_duplicates, at_most: 0})
c.yaml:18:22: a appears twice
c.yaml:18:26: min belongs to a gate with grader (remove it)
c.yaml:19:12: judge_bar is 1 (it is the least lower bound of kappa, from -1 to under 1, such as 0.4)`, probs.Err().Error())
}

func TestKeysAreRefusedAndNeverPrinted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, secret, place string }{
		"header":         {"headers: {X-Key: sk-abcdef1234567890}", "abcdef1234567890", ":3:20"},
		"api_key_env":    {"api_key_env: sk-proj-abcdef1234567890", "abcdef1234567890", ":3:16"},
		"wrong kind":     {"rpm: sk-abcdef1234567890abcdef1234567890abcdef", "abcdef", ":3:8"},
		"unknown key":    {"api_key: sk-abcdef1234567890", "abcdef", ":3:12"},
		"as a key":       {"sk-abcdef1234567890: x", "abcdef", ":3:3"},
		"bearer":         {`headers: {X-Auth: "Bearer abcdefabcdef123456"}`, "abcdefabcdef", ":3:21"},
		"google":         {"params: {extra: {k: AIzaSyA1234567890abcdefghij}}", "SyA123", ":3:23"},
		"web token":      {"headers: {X: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0}", "hbGciOi", ":3:16"},
		"env of another": {"headers_env: {X: ghp_abcdefghijklmnop1234}", "abcdefghij", ":3:20"},
		"in a list":      {"params: {stop: [hf_abcdefghijklmnopqrst]}", "abcdefghij", ":3:19"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, probs := config.Parse("c.yaml", []byte("models:\n m: {base_url: http://h/v1, model: x,\n  "+c.line+"}\n"))
			require.Error(t, probs.Err())
			require.NotContains(t, probs.Error(), c.secret)
			require.Contains(t, probs.Error(), "c.yaml"+c.place+": this looks like a key")
			require.Contains(t, probs.Error(), "environment variable")
		})
	}
	_, probs := config.Parse(
		"c.yaml",
		[]byte("models: {m: {base_url: http://h/v1, model: task-force-risk-model-9000, api_key_env: MY_sk_KEY}}\n"),
	)
	require.Empty(t, probs, "what only resembles a key is none")
	_, probs = config.Parse(
		"c.yaml", []byte("models: {m: {base_url: http://h/v1, model: x, api_key_env: q9Xv3Kd82LmPz01RtYw7Bc5Na6He4Gf2}}\n"),
	)
	require.ErrorContains(t, probs.Err(), "api_key_env is not the name")
	require.NotContains(t, probs.Error(), "q9Xv3")
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	c, probs := config.Load("")
	require.Empty(t, probs, "the default file may be missing")
	require.Equal(
		t, &config.Config{Root: ".", Runs: "runs", Models: map[string]config.Model{}, Judged: config.Judged{Bar: config.DefaultBar}},
		c,
	)

	c, probs = config.Load("other.yaml")
	require.ErrorContains(t, probs.Err(), "reading the config: open other.yaml")
	require.NotNil(t, c)

	require.NoError(t, os.WriteFile("promptbench.yaml", []byte("runs: 기록\n"), 0o600))
	c, probs = config.Load("")
	require.Empty(t, probs)
	require.Equal(t, "promptbench.yaml", c.Path)
	require.Equal(t, "기록", c.Runs)
	require.Empty(t, c.Suite)

	require.NoError(t, os.WriteFile("promptbench.yaml", []byte("runs: [\n"), 0o600))
	_, probs = config.Load("")
	require.ErrorContains(t, probs.Err(), "promptbench.yaml:1:1: syntax error")
}

func TestDefaultSuite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := config.DefaultSuite(dir)
	require.ErrorContains(t, err, "there is no directory")
	cases := filepath.Join(dir, "cases")
	require.NoError(t, os.Mkdir(cases, 0o755))
	_, err = config.DefaultSuite(dir)
	require.ErrorContains(t, err, "holds no .yaml file")
	for i, c := range []struct{ add, want, problem string }{
		{"하나.yml", "하나.yml", ""}, {"more.jsonl", "하나.yml", ""}, {"둘.yaml", "", "holds several"}, {
			"subtodos.yaml", "subtodos.yaml", "",
		},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(cases, c.add), nil, 0o600))
		got, err := config.DefaultSuite(dir)
		if c.problem != "" {
			require.ErrorContains(t, err, c.problem)
			continue
		}
		require.NoError(t, err, i)
		require.Equal(t, filepath.Join(cases, c.want), got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("models: {m: {base_url: 'http://[::1', model: x, headers: {a: sk-abcdef1234567890}}}")
	f.Add("gates: [{grader: [], min: .nan}, {regression: x}]")
	f.Add("models: {? [a] : b, <<: {c: {model: x}}}")
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "sk-abcdef1234567890"
		c, probs := config.Parse("c.yaml", []byte(text))
		require.NotNil(t, c)
		if strings.Contains(text, secret) && !strings.Contains(probs.Error(), "syntax error") {
			require.NotContains(t, probs.Error(), secret)
		}
		if probs.Err() != nil {
			return
		}
		for _, m := range c.Models {
			require.NotEmpty(t, m.BaseURL)
			require.NotEmpty(t, m.Model)
		}
		for _, g := range c.Gates {
			require.NotEmpty(t, g.Grader)
		}
		for _, g := range c.RegressionGates {
			require.NotEmpty(t, g.Graders)
		}
	})
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]config.Model{
		"endpoint: openai":                 {Endpoint: "openai", BaseURL: config.OpenAIBaseURL},
		"endpoint: openai, api: responses": {Endpoint: "openai", BaseURL: config.OpenAIBaseURL, API: "responses"},
		"endpoint: openai, api: chat":      {Endpoint: "openai", BaseURL: config.OpenAIBaseURL},
		"endpoint: anthropic":              {Endpoint: "anthropic", BaseURL: "https://api.anthropic.com/v1", API: "anthropic"},
		"endpoint: anthropic, base_url: http://h": {
			Endpoint: "anthropic", BaseURL: "http://h", API: "anthropic",
		},
		"endpoint: gemini": {
			Endpoint: "gemini", BaseURL: "https://generativelanguage.googleapis.com/v1beta", API: "gemini",
		},
		"endpoint: gemini, base_url: https://generativelanguage.googleapis.com/v1beta/openai/": {
			Endpoint: "gemini", BaseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
		},
		"endpoint: azure":                    {Endpoint: "azure", BaseURL: "${AZURE_OPENAI_ENDPOINT}"},
		"endpoint: ours, base_url: http://h": {Endpoint: "ours", BaseURL: "http://h"},
		"base_url: http://h":                 {BaseURL: "http://h"},
		"base_url: \"${A}/v1\", api: gemini": {BaseURL: "${A}/v1", API: "gemini"},
		"base_url: \"https://${A_1}.h/${B}\"": {
			BaseURL: "https://${A_1}.h/${B}",
		},
	} {
		c, probs := config.Parse("c.yaml", []byte("models: {m: {model: x, "+settings+"}}"))
		require.Empty(t, probs, settings)
		want.Name, want.Model = "m", "x"
		require.Equal(t, want, c.Models["m"], settings)
	}
	for settings, want := range map[string]string{
		"endpoint: openai, api: respones": `there is no API "respones" (did you mean "responses"?)`,
		"endpoint: gemni":                 `the endpoint "gemni" needs a base_url (it is not a known endpoint; did you mean "gemini"?)`,
		"endpoint: anthropic, api_version: x": "api_version belongs to Azure OpenAI, which speaks chat or responses " +
			"(remove it)",
		"base_url: \"${A/v1\"":                              "${A/v1 in base_url is not the name of a variable (write it like ${NAME})",
		"base_url: \"https://${my key}/v1\"":                "${my key} in base_url is not the name of a variable (write it like ${NAME})",
		"base_url: \"ftp://${A}/v1\"":                       "base_url is not an http or https address (such as http://127.0.0.1:8080/v1)",
		"base_url: http://h, headers: {X-A: \"${A}\"}":      "the value of the header X-A names a variable (move it to headers_env: ",
		"base_url: http://h, headers_env: {\"${A\": \"B\"}": `"${A" is not a header name`,
	} {
		_, probs := config.Parse("c.yaml", []byte("models: {m: {model: x, "+settings+"}}"))
		require.ErrorContains(t, probs.Err(), want, settings)
		require.Len(t, probs, 1, settings)
	}
}

// Every preset is complete, and no two of them are one address.
func TestPresets(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range config.Presets() {
		require.Contains(t, config.APIs(), p.API, p.Name)
		require.False(t, seen[p.BaseURL], p.Name)
		seen[p.BaseURL] = true
		if strings.HasPrefix(p.BaseURL, "https://") {
			require.True(t, p.Owns(p.BaseURL), p.Name)
			require.NotEmpty(t, p.KeyEnv, p.Name)
		}
		require.False(t, p.Owns("https://example.com/v1"), p.Name)
	}
}
