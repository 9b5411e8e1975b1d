//go:build unix

package inputfile_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/inputfile"
)

func TestOpenDoesNotWaitForPipes(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err := inputfile.Open(pipe)
	require.ErrorContains(t, err, "it is a pipe, not a file; write what comes from it to a file first")
	_, err = inputfile.Read(pipe, 1<<20)
	require.ErrorContains(t, err, "it is a pipe")
}
