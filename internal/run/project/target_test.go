package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/run/project"
	"promptbench/internal/testing/fakeopenai"
)

// load makes a project of a config alone, with the base URL put into it.
func load(t *testing.T, config, base string) *project.Project {
	t.Helper()
	file := filepath.Join(t.TempDir(), "promptbench.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(config, "BASE", base)), 0o600))
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
