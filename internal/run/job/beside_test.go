package job_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// Two jobs that ask the same at the same time notice each other, whichever began
// first, and each says so once. Others do not concern them.
func TestSimultaneousRunsNoticeEachOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeKillProject(t, dir)
	runs := filepath.Join(dir, "runs")
	prepare := func(model string, o job.Options) *job.Revisions {
		p, err := project.Load(t.Context(), project.Options{
			Config: filepath.Join(dir, "promptbench.yaml"), Suite: filepath.Join(dir, "cases.yaml"), Runs: runs,
			BaseURL: "http://127.0.0.1:1", Model: model,
		}, []string{filepath.Join(dir, "v1.prompt.yml")})
		require.NoError(t, err)
		o.Started, o.Transport = time.Now(), broken{keep: true}
		j, err := job.Prepare(t.Context(), p, o)
		require.NoError(t, err)
		return j
	}
	first := prepare("m", job.Options{})
	require.Empty(t, first.Remarks())
	other, offline := prepare("another", job.Options{}), prepare("m", job.Options{Offline: true})
	second := prepare("m", job.Options{Fresh: true})
	require.Empty(t, other.Remarks())
	require.Empty(t, offline.Remarks())
	require.NoError(t, offline.Abandon())

	remarks := second.Remarks()
	require.Contains(t, remarks[0], "another process runs v1 on m at the same time")
	require.Contains(t, remarks[0], first.Runs[0].Path)
	require.Empty(t, second.Remarks())
	require.Contains(t, first.Remarks()[0], second.Runs[0].Path)
	require.Empty(t, first.Remarks())

	// One that has ended in the meantime has paid, too.
	w, err := runfile.Create(runs, headerOf(t, first.Runs[0].Path, runfile.NewID(time.Now(), "v1", "m")))
	require.NoError(t, err)
	require.NoError(t, w.Close(runfile.End{Status: runfile.Complete, Calls: 3}))
	require.Contains(t, first.Remarks()[0], "another process has run v1 on m")
	// One whose clock was wrong has not.
	h := headerOf(t, first.Runs[0].Path, runfile.NewID(time.Now().AddDate(1, 0, 0), "v1", "m"))
	h.Started = time.Now().AddDate(1, 0, 0)
	w, err = runfile.Create(runs, h)
	require.NoError(t, err)
	require.NoError(t, w.Close(runfile.End{Status: runfile.Complete, Calls: 3}))
	require.Empty(t, first.Remarks())
	for _, j := range []*job.Revisions{first, other, second} {
		_, err := j.Run(t.Context(), nil)
		require.EqualError(t, err, "out of order")
		require.NoError(t, j.Close())
	}
	require.Empty(t, prepare("m", job.Options{}).Remarks(), "they are over")
}

func headerOf(t *testing.T, path, id string) runfile.Header {
	t.Helper()
	h, err := runfile.ReadHeader(path)
	require.NoError(t, err)
	h.Run, h.Started = id, time.Now()
	return h
}
