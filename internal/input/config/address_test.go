package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitAddress(t *testing.T) {
	t.Parallel()
	const azure = "https://x.openai.azure.com/openai/deployments/gpt"
	for address, want := range map[string][2]string{
		"https://h/v1":                  {"https://h/v1"},
		"https://h/v1/":                 {"https://h/v1"},
		"https://h/v1/chat/completions": {"https://h/v1"},
		"https://h/v1/responses":        {"https://h/v1"},
		"https://h/v1/messages/":        {"https://h/v1"},
		"https://h/v1beta/models/gemini-pro:generateContent":        {"https://h/v1beta"},
		azure + "/chat/completions?api-version=2024-10-21":          {azure, "2024-10-21"},
		"https://x.openai.azure.com/openai/v1/?api-version=preview": {"https://x.openai.azure.com/openai/v1", "preview"},
		"${AZURE_OPENAI_ENDPOINT}/openai/v1/chat/completions":       {"${AZURE_OPENAI_ENDPOINT}/openai/v1"},
		"": {},
	} {
		base, version := SplitAddress(address)
		require.Equal(t, want, [2]string{base, version}, address)
	}
}
