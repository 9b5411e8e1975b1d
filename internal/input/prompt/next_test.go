package prompt_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

// A new revision never takes the name of one that is there.
func TestNext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"v1.prompt.yml", "v3.prompt.yml", "v10.prompt.yaml", "short.prompt.yml", "short-2.prompt.yml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("messages: []\n"), 0o600))
	}
	for path, want := range map[string]string{
		"v1.prompt.yml": "v11", "v10.yml": "v11", "short.prompt.yml": "short-3", "long.prompt.yml": "long-2", "w7.yml": "w8",
	} {
		require.Equal(t, filepath.ToSlash(filepath.Join(dir, want)), prompt.Next(filepath.Join(dir, path)), path)
	}
}
