package result_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
)

// A run stands against the baseline of its suite and model, else against the run
// before of another prompt; never against itself or what is not whole. The pages of
// view, which list no copies, say the same.
func TestStandings(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	recorded, err := runfile.Find(filepath.Join(root, "runs", "recorded"), func(h runfile.Header) bool {
		return !h.OfJudge() && h.Model.ID == "gemma-3-270m" && h.Suite.Name == "subtodos"
	})
	require.NoError(t, err)
	dir := t.TempDir()
	options := project.Options{Config: filepath.Join(root, "promptbench.yaml"), Runs: dir}
	p, err := project.Settings(options)
	require.NoError(t, err)
	write := func(name string, data []byte) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	files := map[string][]byte{} // by the name of the prompt
	for _, f := range recorded {
		data, err := os.ReadFile(f.Path)
		require.NoError(t, err)
		files[f.Header.Prompt.Name] = data
		write(filepath.Base(f.Path), data)
	}
	bases := func() (out string) {
		t.Helper()
		s := result.Source{Options: options, Dir: dir}
		list, err := s.Runs()
		require.NoError(t, err)
		inView, err := s.Standings(t.Context(), list)
		require.NoError(t, err)
		all, err := runfile.Find(dir, func(runfile.Header) bool { return true })
		require.NoError(t, err)
		did, err := result.Standings(t.Context(), p, dir, all)
		require.NoError(t, err)
		for _, f := range list {
			s := did[f.Path]
			require.Equal(t, inView[f.Path], s)
			require.Equal(t, 168, s.Cases)
			require.Equal(t, "case_type", s.Scores[0].Grader)
			require.Equal(t, s.Base != "", s.Verdict != nil)
			out += " " + f.Header.Prompt.Name + "<" + s.BaseName
		}
		return strings.TrimSpace(out)
	}
	require.Equal(t, "v1<v2 v2<v4 v4<v3 v3<", bases())

	write(runs.BaselineName, files["v3"])
	require.Equal(t, "v1<v3 v2<v3 v4<v3 v3<", bases())
	require.NoError(t, os.Remove(filepath.Join(dir, runs.BaselineName)))

	for _, f := range recorded {
		if f.Header.Prompt.Name == "v2" {
			data := files["v2"]
			write(filepath.Base(f.Path), data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1])
		}
	}
	require.Equal(t, "v1<v4 v2< v4<v3 v3<", bases(), "a run without an end is no base and has no verdict")

	gone, err := result.Standings(t.Context(), p, dir, []runfile.Found{{Path: "gone"}})
	require.NoError(t, err)
	require.Equal(t, compare.Standing{}, gone["gone"])
}
