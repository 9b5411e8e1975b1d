package result_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
)

// The file of the base is read once, whether its scores are taken as they are or
// its replies are graded again.
func TestBaseIsReadOnce(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	recorded := func(revision string) string {
		paths, err := filepath.Glob(filepath.Join(root, "runs", "recorded", "*-"+revision+"-*.jsonl"))
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		return paths[0]
	}
	for _, how := range []result.Pairing{{AsRecorded: true}, {Detail: runfile.Full}, {NoCommands: true}} {
		p, err := project.Load(t.Context(), project.Options{
			Config: filepath.Join(root, "promptbench.yaml"), Suite: filepath.Join(root, "cases",
				"subtodos.yaml"), Runs: t.TempDir(),
		}, nil)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "base.jsonl")
		data, err := os.ReadFile(recorded("v1"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, data, 0o600))

		base := result.NewBase(p, path, how)
		first, err := base.Compare(t.Context(), recorded("v2"))
		require.NoError(t, err)
		require.NoError(t, os.Remove(path))
		second, err := base.Compare(t.Context(), recorded("v3"))
		require.NoError(t, err)
		require.Equal(t, "v1", second.Comparison.Base.Prompt)
		require.Equal(t, first.Comparison.Base, second.Comparison.Base)

		_, err = result.NewBase(p, path, how).Compare(t.Context(), recorded("v3"))
		require.Error(t, err)
	}
}
