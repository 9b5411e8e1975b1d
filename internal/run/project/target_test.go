package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/run/project"
	"promptbench/internal/testing/fakeopenai"
)

// load makes a project of a config alone, with the base URL put into it.
func load(t *testing.T, settings, base string) *project.Project {
	t.Helper()
	file := filepath.Join(t.TempDir(), "promptbench.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(settings, "BASE", base)), 0o600))
	p, err := project.Settings(project.Options{Config: file})
	require.NoError(t, err)
	return p
}

// answered asks once through an engine and returns what the server was sent.
func answered(t *testing.T, p *project.Project, s *fakeopenai.Server) fakeopenai.Request {
	t.Helper()
	target, err := p.TargetFor(&prompt.Prompt{})
	require.NoError(t, err)
	e := engine.New(t.Context(), engine.Options{})
	t.Cleanup(e.Close)
	m, err := target.Model(e, time.Minute)
	require.NoError(t, err)
	_, err = m.Complete(t.Context(),
		model.Request{Params: target.Params, Trial: 1, Messages: []model.Message{{Role: "user", Content: "내일 치과 👨‍👩‍👧"}}})
	require.NoError(t, err)
	sent := s.Requests()
	return sent[len(sent)-1]
}

// A key goes only to the host that it was named for.
func TestKeyGoesToItsHostAlone(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-general-0123456789")
	t.Setenv("TEAM_KEY", "sk-team-0123456789")
	s := fakeopenai.New()
	t.Cleanup(s.Close)

	p := load(t, "model: fast\nmodels:\n  fast: {base_url: BASE, model: m}\n", s.URL())
	require.NotContains(t, answered(t, p, s).Header.Get("Authorization"), "sk-",
		"it merely stands in a file, which a pull request can change")

	p = load(t, "model: fast\nmodels:\n  fast: {base_url: BASE, model: m, api_key_env: TEAM_KEY}\n", s.URL())
	require.Equal(t, "Bearer sk-team-0123456789", answered(t, p, s).Header.Get("Authorization"))

	p = load(t,
		"model: fast\nmodels:\n  fast: {base_url: https://models.example.com/v1, model: m, api_key_env: TEAM_KEY}\n", "")
	p.Options.BaseURL = s.URL()
	require.Equal(t, "Bearer sk-general-0123456789", answered(t, p, s).Header.Get("Authorization"),
		"the user typed this host")
}

func TestHeadersFromVariables(t *testing.T) {
	s := fakeopenai.New()
	t.Cleanup(s.Close)
	p := load(
		t,
		"model: fast\nmodels:\n  fast: {base_url: BASE, model: m, headers: {X-Team: planner}, headers_env: {X-Gateway-Key: GATEWAY_KEY}}\n",
		s.URL(),
	)

	target, err := p.TargetFor(&prompt.Prompt{})
	require.NoError(t, err)
	e := engine.New(t.Context(), engine.Options{})
	t.Cleanup(e.Close)
	_, err = target.Model(e, time.Minute)
	require.EqualError(t, err,
		"no value for the header X-Gateway-Key: set GATEWAY_KEY, which the config names under headers_env")

	t.Setenv("GATEWAY_KEY", "gw-0123456789")
	got := answered(t, p, s).Header
	require.Equal(t, "gw-0123456789", got.Get("X-Gateway-Key"))
	require.Equal(t, "planner", got.Get("X-Team"))

	opened, err := target.Open(time.Minute)
	require.NoError(t, err)
	require.Equal(t, []string{"gw-0123456789"}, opened.Secrets, "a secret, whatever the header is called")
}

// A key in the path of an address is in no message and no file.
func TestKeyInBaseURL(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	s := fakeopenai.New()
	t.Cleanup(s.Close)
	p := load(t, "model: fast\nmodels:\n  fast: {base_url: https://gw.example/v1, model: m}\n", "")
	p.Options.BaseURL = "https://gw.example/k/4f9a8b7c6d5e4f3a2b1c0d9e/v1"
	target, err := p.TargetFor(&prompt.Prompt{})
	require.NoError(t, err)
	require.Equal(t, "https://gw.example/k/hidden-bf01f92c/v1", target.Label)
	opened, err := target.Open(time.Minute)
	require.ErrorContains(t, err, "no key for https://gw.example/k/hidden-")
	require.NotContains(t, err.Error(), "4f9a8b7c")
	require.Empty(t, opened.APIKey)
}

func TestAzureDeployment(t *testing.T) {
	t.Setenv("AZURE_KEY", "az-0123456789")
	s := fakeopenai.New()
	t.Cleanup(s.Close)
	p := load(
		t,
		"model: fast\nmodels:\n  fast: {base_url: BASE, model: todo-splitter, api_version: 2024-10-21, api_key_env: AZURE_KEY}\n",
		strings.TrimSuffix(s.URL(), "/v1"),
	)
	got := answered(t, p, s)
	require.Equal(t, "/openai/deployments/todo-splitter/chat/completions", got.Path)
	require.Equal(t, "2024-10-21", got.Query.Get("api-version"))
	require.Equal(t, "az-0123456789", got.Header.Get("Api-Key"))
}

func TestParametersOfReasoningModels(t *testing.T) {
	t.Parallel()
	s := fakeopenai.New()
	t.Cleanup(s.Close)
	p := load(
		t,
		"model: slow\nmodels:\n  slow: {base_url: BASE, model: o4-mini, params: {maxCompletionTokens: 4000, reasoningEffort: high}}\n",
		s.URL(),
	)
	fields := answered(t, p, s).Fields
	require.InDelta(t, 4000, fields["max_completion_tokens"], 0)
	require.Equal(t, "high", fields["reasoning_effort"])
	require.NotContains(t, fields, "max_tokens")
}

// A model on the spot, and what a name is taken for.
func TestNames(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-general-0123456789")
	t.Setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
	t.Setenv("AZURE_OPENAI_ENDPOINT", "https://todo.openai.azure.com")
	t.Setenv("AZURE_OPENAI_API_KEY", "az-0123456789")
	named := load(t, "models:\n  fast: {base_url: http://127.0.0.1:1/v1, model: m}\n  ollama:own: {base_url: http://h/v1, model: x}\n", "")
	empty := load(t, "runs: out\n", "")
	for _, test := range []struct {
		project             *project.Project
		name                string
		id, label, key, err string
	}{
		{named, "fast", "m", "local", "", ""},
		{named, "ollama:own", "x", "http://h", "", ""},
		{named, "ollama:qwen3:8b", "qwen3:8b", "ollama", "", ""},
		{named, "anthropic:claude-x", "claude-x", "anthropic", "sk-ant-0123456789", ""},
		{named, "azure:splitter", "splitter", "azure", "az-0123456789", ""},
		{named, "openai:gpt-x", "gpt-x", "openai", "sk-general-0123456789", ""},
		{empty, "gpt-x", "gpt-x", "openai", "sk-general-0123456789", ""},
		{empty, "ft:gpt-x:team", "ft:gpt-x:team", "openai", "sk-general-0123456789", ""},
		{named, "gpt-x", "", "", "", `the config has no model "gpt-x"; it has fast and ollama:own ` +
			`(to use a model that is not in the config, name its endpoint, such as --model openai:gpt-x)`},
		{named, "fsat", "", "", "", `the config has no model "fsat"; did you mean fast? ` +
			`(to use a model that is not in the config, name its endpoint, such as --model openai:fsat)`},
		{named, "bogus:x", "", "", "", `the config has no model "bogus:x"; it has fast and ollama:own ` +
			`(to use a model that is not in the config, name its endpoint before a colon: ` +
			strings.Join(config.PresetNames(), ", ") + `)`},
		{empty, "openai:", "", "", "", `--model openai: names no model there (write openai:ID)`},
		{empty, "groq", "", "", "", `--model groq names no model there (write groq:ID)`},
		{empty, "antropic:claude-x", "", "", "", `there is no endpoint "antropic" (did you mean anthropic:claude-x?)`},
	} {
		test.project.Options.Model = test.name
		target, err := test.project.TargetFor(&prompt.Prompt{})
		if test.err != "" {
			require.EqualError(t, err, test.err, test.name)
			continue
		}
		require.NoError(t, err, test.name)
		require.Equal(t, test.id, target.ID)
		require.Contains(t, target.Label, test.label)
		settings, err := target.Open(time.Minute)
		require.NoError(t, err, test.name)
		require.Equal(t, test.key, string(settings.APIKey), test.name)
		require.NotContains(t, target.Label, "todo", "what a variable holds")
	}
}

// The usual key of a known endpoint goes to that endpoint and to this machine alone.
func TestUsualKeys(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
	t.Setenv("AZURE_OPENAI_API_KEY", "az-0123456789")
	for settings, want := range map[string]string{
		"endpoint: anthropic": "sk-ant-0123456789",
		"endpoint: anthropic, base_url: https://api.anthropic.com/v1":             "sk-ant-0123456789",
		"endpoint: anthropic, base_url: http://127.0.0.1:1/v1":                    "sk-ant-0123456789",
		"endpoint: anthropic, base_url: http://api.anthropic.com/v1":              "",
		"endpoint: anthropic, base_url: https://api.anthropic.com.example.com/v1": "",
		"endpoint: anthropic, base_url: https://proxy.example.com/v1":             "",
		"api: anthropic, base_url: https://api.anthropic.com/v1":                  "",
		"endpoint: azure, base_url: https://todo.openai.azure.com":                "az-0123456789",
		"endpoint: azure, base_url: https://azure.com.example.com":                "",
	} {
		p := load(t, "model: a\nmodels:\n  a: {model: m, "+settings+"}\n", "")
		target, err := p.TargetFor(&prompt.Prompt{})
		require.NoError(t, err)
		opened, err := target.Open(time.Minute)
		require.NoError(t, err, settings)
		require.Equal(t, want, string(opened.APIKey), settings)
	}
}

// Variables give the address, the names of headers and keys, and their values are in no message.
func TestVariables(t *testing.T) {
	s := fakeopenai.New()
	t.Cleanup(s.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "keys.env")
	require.NoError(t, os.WriteFile(file, []byte("# keys\nTODO_KEY='file-0123456789'\nexport TEAM=\"X-Team\"\nGATE="+
		strings.TrimSuffix(s.URL(), "/v1")+"\n"), 0o600))
	conf := filepath.Join(dir, "promptbench.yaml")
	require.NoError(t, os.WriteFile(conf, []byte("model: a\nmodels:\n  a: {base_url: \"${GATE}/v1\", model: m, "+
		"api_key_env: TODO_KEY, headers: {\"${TEAM}\": planner}}\n"), 0o600))
	p, err := project.Settings(project.Options{Config: conf, EnvFile: file})
	require.NoError(t, err)
	got := answered(t, p, s)
	require.Equal(t, "Bearer file-0123456789", got.Header.Get("Authorization"))
	require.Equal(t, "planner", got.Header.Get("X-Team"))
	require.Empty(t, os.Getenv("TODO_KEY"), "programs that promptbench starts do not get it")

	target, err := p.TargetFor(&prompt.Prompt{})
	require.NoError(t, err)
	require.Equal(t, "${GATE}/v1", target.Label, "the text in run files")
	s.Close()
	opened, err := target.Open(time.Second)
	require.NoError(t, err)
	client, err := engine.NewClient(opened)
	require.NoError(t, err)
	_, err = client.Complete(t.Context(), model.Request{Messages: []model.Message{{Role: "user", Content: "x"}}})
	require.ErrorContains(t, err, "cannot reach ${GATE}/v1")
	require.NotContains(t, err.Error(), "127.0.0.1")

	t.Setenv("TODO_KEY", "process-0123456789")
	opened, err = target.Open(time.Second)
	require.NoError(t, err)
	require.Equal(t, "process-0123456789", string(opened.APIKey), "the environment is over the file")

	_, err = project.Settings(project.Options{Config: conf, EnvFile: filepath.Join(dir, "gone.env")})
	require.ErrorContains(t, err, "gone.env: reading the variables: ")
	require.NoError(t, os.WriteFile(file, []byte("TODO_KEY sk-secret-0123456789\n"), 0o600))
	_, err = project.Settings(project.Options{Config: conf, EnvFile: file})
	require.ErrorContains(t, err, "this is not a file of variables")
	require.NotContains(t, err.Error(), "secret")
}
