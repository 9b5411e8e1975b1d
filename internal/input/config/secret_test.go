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
