package private

import (
	"testing"

	"github.com/stretchr/testify/require"
)

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
		require.Equal(t, want, IsKey(word), word)
	}
}
