package prompt_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

// A prompt that is written and read again sends the same.
func TestFile(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../prompts/v*.prompt.yml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		p, probs := prompt.Load(t.Context(), path)
		require.NoError(t, probs.Err())
		data, err := p.File()
		require.NoError(t, err)
		again, probs := prompt.Parse(p.Name, path, data)
		require.NoError(t, probs.Err(), "%s", data)
		require.Equal(t, p.Hash(), again.Hash())
		require.Equal(t, p.ReplyFormat, again.ReplyFormat)
		require.Equal(t, p.Description, again.Description)
	}
	odd := `name: odd
modelParameters: {maxTokens: null, temperature: 0.5, topP: 0.9, maxCompletionTokens: 3, reasoningEffort: low, extra: {b: [1, {c: null}], a: x}}
responseFormat: json_schema
jsonSchema: {name: x, schema: {type: object, properties: {a: {type: string}}}}
messages: [{role: user, content: "{{input}} \\{{name}}\n\n  - 가족 👨‍👩‍👧\n"}]
`
	p, probs := prompt.Parse("odd", "odd.yml", []byte(odd))
	require.NoError(t, probs.Err())
	data, err := p.File()
	require.NoError(t, err)
	again, probs := prompt.Parse("odd", "odd.yml", data)
	require.NoError(t, probs.Err(), "%s", data)
	require.Equal(t, p.Hash(), again.Hash(), "%s", data)
}
