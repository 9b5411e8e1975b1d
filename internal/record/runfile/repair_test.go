package runfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

// Wherever a kill cut the last line off, all lines before it stay, and another
// program finds whole lines only.
func TestRepair(t *testing.T) {
	t.Parallel()
	whole := schema1(t)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for end := last; end <= len(whole); end++ {
		path := filepath.Join(t.TempDir(), "r.jsonl")
		require.NoError(t, os.WriteFile(path, whole[:end], 0o644))
		require.NoError(t, os.WriteFile(path+".lock", nil, 0o644)) // of the killed process
		cut, err := runfile.Repair(path)
		require.NoError(t, err)
		want, lost := whole[:last], end-last
		if end >= len(whole)-1 { // all of the record was there
			want, lost = whole, 0
		}
		require.EqualValues(t, lost, cut)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "cut at byte %d", end)
		require.NoFileExists(t, path+".lock")
	}
}

func TestRepairOfALongLine(t *testing.T) {
	t.Parallel()
	first := []byte("{\"kind\":\"header\",\"schema\":1}\n")
	for _, size := range []int{64<<10 - 1, 64 << 10, 64<<10 + 1, 1 << 20} {
		path := filepath.Join(t.TempDir(), "r.jsonl")
		require.NoError(t, os.WriteFile(path, append(bytes.Clone(first), bytes.Repeat([]byte("x"), size)...), 0o644))
		cut, err := runfile.Repair(path)
		require.NoError(t, err)
		require.EqualValues(t, size, cut)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, first, got)
	}
}

// Only the holder of a file's lock repairs it.
func TestRepairLeavesWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	w, err := runfile.Create(t.TempDir(), header("r", key("a")))
	require.NoError(t, err)
	require.NoError(t, appendTo(w.Path(), `{"kind":"ca`))
	before, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	cut, err := runfile.Repair(w.Path())
	require.NoError(t, err)
	require.Zero(t, cut)
	after, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.FileExists(t, w.Path()+".lock")
	require.NoError(t, w.Close(runfile.End{Status: runfile.Interrupted}))

	_, err = runfile.Repair(filepath.Join(t.TempDir(), "none.jsonl"))
	require.ErrorContains(t, err, "repairing run file")
}
