package job_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// A broken transport fails before the first trial.
type broken struct {
	job.Local
	keep bool
}

func (b broken) Run(_ context.Context, calls []*job.Calls, _ func() error) error {
	calls[0].Keep = b.keep
	return errors.New("out of order")
}

// A run that did not begin leaves a file only if something is in it.
func TestTransportFailsBeforeTheFirstTrial(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		dir := t.TempDir()
		writeKillProject(t, dir)
		runs := filepath.Join(dir, "runs")
		p, err := project.Load(t.Context(), project.Options{
			Config: filepath.Join(dir, "promptbench.yaml"), Suite: filepath.Join(dir, "cases.yaml"), Runs: runs,
			BaseURL: "http://127.0.0.1:1", Model: "m",
		}, []string{filepath.Join(dir, "v1.prompt.yml")})
		require.NoError(t, err)
		j, err := job.Prepare(t.Context(), p, job.Options{Started: time.Now(), Transport: broken{keep: keep}})
		require.NoError(t, err)
		require.Equal(t, killCases, j.Trials)

		ends, err := j.Run(t.Context(), nil)
		require.EqualError(t, err, "out of order")
		require.Nil(t, ends)
		require.NoError(t, j.Close())
		found, err := runfile.Find(runs, func(runfile.Header) bool { return true })
		require.NoError(t, err)
		if !keep {
			require.Empty(t, found)
			require.Empty(t, j.Runs)
			continue
		}
		require.Len(t, found, 1)
		require.Equal(t, runfile.Incomplete, found[0].Status)
		require.Equal(t, found[0].Path, j.Runs[0].Path)
	}
}
