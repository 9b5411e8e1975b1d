package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
)

func TestHoldsSecret(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`api_key: 0123456789abcdef`:                 true,
		`  "apiKey": "0123"`:                        true,
		`headers: {Authorization: Basic abc}`:       true,
		`base_url: https://user:pw@host/v1`:         true,
		`fast: {model: m, api_key_env: OPENAI_KEY}`: false,
		`modelParameters: {maxTokens: 200}`:         false,
		`input: 비밀번호 바꾸기`:                           false,
		`headers_env: {Authorization: MY_VARIABLE}`: true, // by its name; better too much than too little
		`base_url: http://127.0.0.1:8080/v1`:        false,
	} {
		require.Equal(t, want, config.HoldsSecret(line), line)
	}
}

func TestIsKey(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"sk-abcdefghijkl":                      true,
		"AIzaSyA1234567890abcdefghij":          true,
		"4f9a8b7c6d5e4f3a2b1c0d9e":             true,
		"tok_Ab3dE6gH9jK2mN5pQ8":               true,
		"123e4567-e89b-12d3-a456-426614174000": true,
		"123E4567-E89B-12D3-A456-426614174000": true,
		"v1":                                   false,
		"v1beta":                               false,
		"openai":                               false,
		"serving-endpoints":                    false,
		"chat-completions-2024-07-18":          false,
		"gpt-4o-mini-2024-07-18":               false,
		"claude3sonnet20240229":                false,
		"streamGenerateContent":                false,
		"projects-us-central1":                 false,
		"hidden-1a2b3c4d":                      false,
	} {
		require.Equal(t, want, config.IsKey(word), word)
	}
}
