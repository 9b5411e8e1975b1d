package replace_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/replace"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "새 파일.json")
	require.NoError(t, replace.File(path, text("one")))
	require.NoError(t, replace.File(path, text("two")))
	require.Equal(t, "two", content(t, path))

	require.NoError(t, os.Chmod(path, 0o600))
	failed := errors.New("no more")
	require.ErrorIs(t, replace.File(path, func(w io.Writer) error {
		return errors.Join(text("half")(w), failed)
	}), failed)
	require.Equal(t, "two", content(t, path), "it stays as it was")

	link := filepath.Join(dir, "link")
	if os.Symlink(path, link) == nil { // Windows may not allow it
		require.NoError(t, replace.File(link, text("three")))
		require.Equal(t, "three", content(t, path))
		info, err := os.Lstat(link)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeSymlink)
		require.NoError(t, os.Remove(link))
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.NoError(t, replace.File(os.DevNull, text("gone")))
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left beside it")
	require.Error(t, replace.File(filepath.Join(dir, "missing", "x"), text("x")))
}

func TestStageRemovesWhatWasLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := replace.Stage(dir, "init")
	require.NoError(t, err)
	other, err := replace.Stage(dir, "redact")
	require.NoError(t, err)
	second, err := replace.Stage(dir, "init")
	require.NoError(t, err)
	require.NoDirExists(t, first)
	require.DirExists(t, second)
	require.DirExists(t, other)
}
