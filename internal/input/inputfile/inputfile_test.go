package inputfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/inputfile"
)

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "할 일.yaml")
	require.NoError(t, os.WriteFile(path, make([]byte, 2<<20), 0o600))
	data, err := inputfile.Read(path, 2<<20)
	require.NoError(t, err)
	require.Len(t, data, 2<<20)
	_, err = inputfile.Read(path, 1<<20)
	require.ErrorContains(t, err, "the file is larger than 1 MiB")
	_, err = inputfile.Read(dir, 1)
	require.ErrorContains(t, err, "it is a directory; name a file in it")
	_, err = inputfile.Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = inputfile.Open(os.DevNull)
	require.ErrorContains(t, err, "it is a device, not a file")
}
