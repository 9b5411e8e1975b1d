package project_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/testing/fakeopenai"
)

// A worker makes calls of the models that its config or its flags name, and of no other.
func TestServedModels(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-general-0123456789")
	t.Setenv("FARM_KEY", "farm-0123456789")
	s := fakeopenai.New(func(fakeopenai.Request) fakeopenai.Reply { return fakeopenai.Text("네") })
	t.Cleanup(s.Close)
	const config = "model: fast\nmodels:\n  fast: {endpoint: farm, base_url: BASE, model: m, api_key_env: FARM_KEY, params: {extra: {own: 1}}}\n"
	const kind = "chat.completions"
	for _, tt := range []struct{ base, flag, endpoint, id, refused string }{
		{"", "", "farm", "m", ""},
		{"", "", "farm", "dear", "its config has no model dear at farm"},
		{"", "", "openai", "gpt-x", "its config has no model gpt-x at openai"},
		{"", "openai:gpt-x", "openai", "gpt-x", ""},
		{"", "openai:gpt-x", "openai", "gpt-dear", "it serves openai:gpt-x at openai, not gpt-dear at openai"},
		{"", "openai:gpt-x", "farm", "m", "not m at farm"},
		{"", "fast", "farm", "m", ""},
		{s.URL(), "", model.Local, "any", ""},
		{s.URL(), "one", model.Local, "any", "it serves one at local, not any at local"},
	} {
		p := load(t, config, s.URL())
		p.Options.BaseURL, p.Options.Model = tt.base, tt.flag
		_, err := p.Served(kind, tt.endpoint, tt.id, time.Minute)
		if tt.refused == "" {
			require.NoError(t, err, tt)
		} else {
			require.ErrorContains(t, err, tt.refused, tt)
		}
	}

	served, err := load(t, config, s.URL()).Served(kind, "farm", "m", time.Minute)
	require.NoError(t, err)
	for body, want := range map[string]string{
		`{"messages":[],"model":"m","own":2}`: "",
		`{"messages":[],"model":"m","n":9}`:   `the field "n", which is not known here; a field that it may send belongs under params.extra`,
		`{"messages":[],"model":"dear"}`:      `the body names model "dear", not "m"`,
	} {
		_, err := served.Complete(t.Context(), model.Request{Body: []byte(body), Key: "k", Trial: 1})
		if want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
	require.Len(t, s.Requests(), 1)
}
