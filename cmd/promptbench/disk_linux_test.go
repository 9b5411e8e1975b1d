package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// smallDisk mounts a file system of so many bytes, where root may do so.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("a small file system can't be mounted here: ", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	return dir
}

// On a full disk a run keeps what it has in whole lines, says so once, and goes
// on once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "64k")
	filling := filepath.Join(disk, "filling")
	require.NoError(t, os.WriteFile(filling, make([]byte, 16<<10), 0o600))
	long := strings.Repeat("가", 4<<10) // 12 KiB
	server := fakeopenai.New(func(fakeopenai.Request) fakeopenai.Reply {
		return fakeopenai.Text(`{"subtodos":{"type":"question","content":[{"subtodoContent":"` + long + `"}]}}`)
	})
	t.Cleanup(server.Close)
	runs := filepath.Join(disk, "runs")

	r := runInto(t, runs, server.URL())
	require.Equal(t, 1, r.code)
	require.Equal(t, 1, strings.Count(r.stderr, "no space left on device; what was written before is kept"), r.stderr)
	require.Contains(t, r.stderr, "promptbench: the run of v3 is incomplete: 1 of 6 trials done and kept; run the same command again to finish it")
	run := wholeRun(t, runs)
	require.Len(t, run.Trials, 1)
	require.NotNil(t, run.End, "taking the line away that did not fit made room for the end line")
	require.Contains(t, run.End.Reason, "no space left on device")
	require.Len(t, server.Requests(), 2)

	require.Error(t, os.WriteFile(filling, make([]byte, 64<<10), 0o600), "now it is full to the last byte")
	r = runInto(t, runs, server.URL())
	require.Equal(t, 1, r.code)
	require.Equal(t, "promptbench: writing in the runs directory "+runs+": no space left on device; name another with --runs\n", r.stderr)
	wholeRun(t, runs)
	require.Len(t, server.Requests(), 2, "nothing is asked that could not be kept")

	require.NoError(t, syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=1m"))
	r = runInto(t, runs, server.URL())
	require.Equal(t, 0, r.code, r.stderr)
	kept := len(run.Calls)
	require.Len(t, server.Requests(), 2+6-kept)
}

func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "64k")
	require.NoError(t, syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	server := fakeopenai.New()
	t.Cleanup(server.Close)
	r := runInto(t, disk, server.URL())
	require.Equal(t, 1, r.code)
	require.Equal(t, "promptbench: writing in the runs directory "+disk+": read-only file system; name another with --runs\n", r.stderr)
	r = runInto(t, filepath.Join(disk, "runs"), server.URL())
	require.Equal(t, 1, r.code)
	require.Equal(t, "promptbench: making the runs directory "+filepath.Join(disk, "runs")+": read-only file system; name another with --runs\n", r.stderr)
	require.Empty(t, server.Requests())
}
