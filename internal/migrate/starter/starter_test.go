package starter_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/starter"
	"promptbench/internal/record/runfile"
)

// each runs a test for every project in every language, written to a directory.
func each(t *testing.T, test func(t *testing.T, dir string)) {
	t.Helper()
	for _, name := range starter.Names() {
		for _, lang := range starter.Langs() {
			t.Run(name+"/"+lang, func(t *testing.T) {
				t.Parallel()
				files, err := starter.Files(name, lang)
				require.NoError(t, err)
				dir := t.TempDir()
				require.NoError(t, starter.Write(dir, files))
				test(t, dir)
			})
		}
	}
}

// Nothing is wrong with a project, and its recordings are of its very prompts and
// inputs: an edited template has to be recorded again.
func TestProjectsAreWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, dir string) {
		t.Helper()
		c, probs := config.Load(filepath.Join(dir, config.DefaultPath))
		require.Empty(t, probs)
		cases, probs := suite.Load(c.Suite)
		require.Empty(t, probs)
		require.Equal(t, 12, cases.Len())

		names, err := prompt.Files(filepath.Join(dir, "prompts"))
		require.NoError(t, err)
		require.Len(t, names, 2)
		recorded := filepath.Join(dir, "runs", "recorded")
		runs, err := runfile.Files(recorded)
		require.NoError(t, err)
		require.Len(t, runs, 2)
		for _, name := range names {
			p, probs := prompt.Load(t.Context(), name)
			require.Empty(t, probs)
			require.Empty(t, p.CheckVars(cases.VarNames()))
			found, err := runfile.Find(recorded, func(h runfile.Header) bool { return h.Prompt.Hash == p.Hash() })
			require.NoError(t, err)
			require.Len(t, found, 1, "%s was changed: scripts/record --project records it again", name)
			require.Equal(t, runfile.Complete, found[0].Status)
			require.Equal(
				t, cases.Hash(), found[0].Header.Suite.Hash, "the suite was changed: scripts/record --project records it again")
			require.Zero(t, found[0].Errors)
		}
	})
}

// The first line of each file that a person edits names its schema, and the
// schema is there.
func TestFilesNameTheirSchemas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, dir string) {
		t.Helper()
		named := 0
		require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Base(filepath.Dir(path)) == "workflows" ||
				!strings.HasSuffix(path, "ml") {
				return err
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			first, _, _ := strings.Cut(string(text), "\n")
			schema, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
			require.True(t, ok, path)
			require.FileExists(t, filepath.Join(filepath.Dir(path), filepath.FromSlash(schema)))
			named++
			return nil
		}))
		require.Equal(t, 4, named)
	})
}

// The workflows are the repository's own, but for one line: a project that has not
// said where promptbench comes from skips them in place of failing every night.
func TestWorkflowsAreTheRepositorys(t *testing.T) {
	t.Parallel()
	files, err := starter.Files(starter.Default, "en")
	require.NoError(t, err)
	seen := 0
	for _, f := range files {
		if !strings.HasPrefix(f.Path, ".github/workflows/") {
			continue
		}
		own, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(f.Path)))
		require.NoError(t, err)
		lines := strings.SplitAfter(string(f.Data), "\n")
		kept := slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
			return strings.HasPrefix(l, "    if: vars.PROMPTBENCH_REPOSITORY != ''")
		})
		require.Len(t, kept, len(lines)-1, f.Path)
		require.Equal(t, string(own), strings.Join(kept, ""), "copy %s to internal/migrate/starter/templates/common", f.Path)
		seen++
	}
	require.Equal(t, 3, seen)
}

func TestWriteChangesNothingWhereAFileIsInTheWay(t *testing.T) {
	t.Parallel()
	files := []starter.File{
		{Path: "a/b/c.txt", Data: []byte("new")}, {Path: "d.txt", Data: []byte("new")},
		{Path: "e/f.txt", Data: []byte("new")},
	}
	for name, c := range map[string]struct {
		there string
		want  []string
	}{
		"a file":                       {"a/b/c.txt", []string{"a/b/c.txt"}},
		"a file where a directory is":  {"e", []string{"e"}},
		"a file in a deeper directory": {"a/b", []string{"a/b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			old := filepath.Join(dir, filepath.FromSlash(c.there))
			require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o700))
			require.NoError(t, os.WriteFile(old, []byte("old"), 0o600))
			before := tree(t, dir)
			err := starter.Write(dir, files)
			exists, ok := errors.AsType[*starter.ExistsError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want, exists.Paths)
			require.Equal(t, before, tree(t, dir))
		})
	}
}

// After a kill at any moment of the last moves, the same command finishes the project.
func TestWriteGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	files := []starter.File{
		{Path: "a/b/c.txt", Data: []byte("1")}, {Path: "a/d.txt", Data: []byte("2")}, {Path: "e.txt", Data: []byte("3")},
	}
	for n := range files {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, ".promptbench-init-1"), 0o700))
		if n > 0 {
			require.NoError(t, starter.Write(dir, files[:n]))
		}
		require.NoError(t, starter.Write(dir, files))
		require.Equal(t, map[string]string{"a/b/c.txt": "1", "a/d.txt": "2", "e.txt": "3"}, tree(t, dir))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 2, "nothing else is left")
		require.Error(t, starter.Write(dir, files))
	}
}

// What a project has already stays beside what is written.
func TestWriteBesideOtherFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "project")
	require.NoError(t, starter.Write(dir, []starter.File{{Path: "a/mine.txt", Data: []byte("1")}}))
	require.NoError(t, starter.Write(dir, []starter.File{
		{Path: "a/b/c.txt", Data: []byte("2")}, {Path: "d.txt", Data: []byte("3")},
	}))
	require.Equal(t, map[string]string{"a/mine.txt": "1", "a/b/c.txt": "2", "d.txt": "3"}, tree(t, dir))
}

// tree returns the files below a directory with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		rel, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		out[filepath.ToSlash(rel)] = string(data)
		return nil
	}))
	return out
}
