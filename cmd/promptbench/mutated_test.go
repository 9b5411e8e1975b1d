package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/mutate"
)

// Whatever is in the files and on the command line, a command ends soon, in little memory and
// without a panic. scripts/mutate makes many more of these trials.
func TestMutatedInputs(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("promptbench")
	require.NoError(t, err)
	tmp := t.TempDir()
	project := filepath.Join(tmp, "project")
	require.NoError(t, mutate.WriteProject(t.Context(), program, "testdata/project", project))
	seed, err := mutate.Plant(t.Context(), program, project)
	require.NoError(t, err)
	for number := range uint64(60) {
		trial, err := seed.Try(t.Context(), tmp, number)
		require.NoError(t, err)
		require.Empty(t, trial.Fault, trial)
	}
}
