package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPIKey(t *testing.T) {
	t.Parallel()
	const remote = "https://llm.example.com/v1"
	const here = "http://127.0.0.1:8080/v1"
	both := map[string]string{"OPENAI_API_KEY": "openai-key", "TEAM_KEY": " team-key\n"}
	tests := map[string]struct {
		source    KeySource
		env       map[string]string
		key, env2 string
		err       string
	}{
		"OpenAI by default": {KeySource{}, both, "openai-key", "OPENAI_API_KEY", ""},
		"OpenAI in a config": {
			KeySource{BaseURL: "https://api.openai.com/v1"}, both, "openai-key", "OPENAI_API_KEY", "",
		},
		"OpenAI with its own variable": {KeySource{APIKeyEnv: "TEAM_KEY"}, both, "team-key", "TEAM_KEY", ""},
		"a host in a config":           {KeySource{BaseURL: remote}, both, "", "", ""},
		"a look-alike in a config":     {KeySource{BaseURL: "https://api.openai.com.example.com/v1"}, both, "", "", ""},
		"a name that ends like it":     {KeySource{BaseURL: "https://fakeopenai.com/v1"}, both, "", "", ""},
		"a host below it":              {KeySource{BaseURL: "https://x.api.openai.com/v1"}, both, "", "", ""},
		"a user part in a config":      {KeySource{BaseURL: "https://api.openai.com@example.com/v1"}, both, "", "", ""},
		"OpenAI without TLS":           {KeySource{BaseURL: "http://api.openai.com/v1"}, both, "", "", ""},
		"a host with its own variable": {
			KeySource{BaseURL: remote, APIKeyEnv: "TEAM_KEY"}, both, "team-key", "TEAM_KEY", "",
		},
		"a typed host":                  {KeySource{BaseURL: remote, Typed: true}, both, "openai-key", "OPENAI_API_KEY", ""},
		"this machine, in a config":     {KeySource{BaseURL: here}, both, "", "", ""},
		"this machine, typed":           {KeySource{BaseURL: here, Typed: true}, both, "openai-key", "OPENAI_API_KEY", ""},
		"this machine needs none":       {KeySource{BaseURL: here, Typed: true}, nil, "", "", ""},
		"this machine, variable absent": {KeySource{BaseURL: here, APIKeyEnv: "TEAM_KEY"}, nil, "", "", ""},
		"OpenAI, missing": {
			KeySource{}, nil, "", "", "no key for https://api.openai.com/v1: set OPENAI_API_KEY",
		},
		"own variable missing": {
			KeySource{BaseURL: remote, APIKeyEnv: "TEAM_KEY"}, nil, "", "", "set TEAM_KEY, which the config names",
		},
		"only blanks": {
			KeySource{APIKeyEnv: "TEAM_KEY"}, map[string]string{"TEAM_KEY": " \n"}, "", "", "set TEAM_KEY",
		},
		"copied with a byte order mark": {
			KeySource{APIKeyEnv: "TEAM_KEY"}, map[string]string{"TEAM_KEY": "\ufeffteam-key\u200b"}, "team-key", "TEAM_KEY", "",
		},
		"copied with quotes": {
			KeySource{APIKeyEnv: "TEAM_KEY"}, map[string]string{"TEAM_KEY": `"team-key"`}, "team-key", "TEAM_KEY", "",
		},
		"copied with curly quotes": {
			KeySource{APIKeyEnv: "TEAM_KEY"}, map[string]string{"TEAM_KEY": "‘team-key’ "}, "team-key", "TEAM_KEY", "",
		},
		"copied with its scheme": {
			KeySource{APIKeyEnv: "TEAM_KEY"}, map[string]string{"TEAM_KEY": "'bearer  team-key'"}, "team-key", "TEAM_KEY", "",
		},
		"typed, missing": {
			KeySource{BaseURL: remote, Typed: true}, nil, "", "", "no key for https://llm.example.com/v1: set OPENAI_API_KEY",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, env, err := APIKey(func(name string) string { return test.env[name] }, test.source)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.key, key)
			require.Equal(t, test.env2, env)
		})
	}
}
