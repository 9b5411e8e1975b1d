package improve_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// withContext makes a project whose editor has so many tokens of context.
func withContext(t *testing.T, tokens int) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "sealed: 40%\n")
	config := fmt.Sprintf("models:\n  m: {base_url: URL, model: m}\n"+
		"  ed: {base_url: URL, model: ed, context: %d}\neditor: ed\n", tokens)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "promptbench.yaml"), []byte(config), 0o600))
	return dir
}

// A request fits the editor, with its answer: it tells less where there is less room. It always holds the prompt and
// one case that fails.
func TestRequestsFitTheEditor(t *testing.T) {
	t.Parallel()
	longest := map[int]int{}
	for _, tokens := range []int{950, 1200, 100_000} {
		dir, w := withContext(t, tokens), newWorld(t, edits)
		r, err := run(t.Context(), dir, w.server.URL(), small(), nil)
		require.NoError(t, err)
		require.NotZero(t, r.Tries)
		for _, request := range w.server.Requests() {
			if request.Model != "ed" {
				continue
			}
			bytes := 0
			for _, m := range request.Messages {
				bytes += len(m.Content)
			}
			longest[tokens] = max(longest[tokens], bytes/3)
			answer, isNumber := request.Fields["max_tokens"].(float64)
			require.True(t, isNumber && answer > 0)
			require.LessOrEqual(t, bytes/3+int(answer), tokens)
			text := request.Messages[1].Content
			require.Contains(t, text, "content: level")
			require.True(t, strings.Contains(text, "<failing_case>") || strings.Contains(text, "No case fails"), text)
		}
	}
	require.Less(t, longest[950], longest[1200])
	require.Less(t, longest[1200], longest[100_000])
}

// An editor without room for the prompt is refused before any call.
func TestPromptIsTooLongForTheEditor(t *testing.T) {
	t.Parallel()
	dir, w := withContext(t, 300), newWorld(t, edits)
	_, err := run(t.Context(), dir, w.server.URL(), small(), nil)
	require.ErrorContains(t, err, "v1 is too long for the editor ed, which has 300 tokens of context")
	require.Empty(t, w.server.Requests())
}
