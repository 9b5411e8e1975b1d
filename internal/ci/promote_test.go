package ci

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const promoteStep = "Set and commit the baseline"

// promotion is a machine of promote-baseline.yml: the runs of a nightly job are
// downloaded, and the repository takes pushes.
func promotion(t *testing.T) (r *runner, remote, run string) {
	t.Helper()
	r, _ = withBaseline(t)
	hosted := t.TempDir()
	remote = filepath.Join(hosted, "team", "todos")
	require.NoError(t, os.MkdirAll(remote, 0o755))
	r.exec("git", "init", "--quiet", "--bare", "--initial-branch", "main", remote)
	require.NoError(t, os.Remove(filepath.Join(r.dir, "runs", "baseline.jsonl")))
	r.write(".gitignore", "/runs/*\n!/runs/baseline.jsonl\n/.promptbench\n")
	r.exec("git", "init", "--quiet", "--initial-branch", "main")
	r.exec("git", "add", ".")
	r.exec("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "base")
	r.exec("git", "push", "--quiet", remote, "main")
	runs, err := filepath.Glob(filepath.Join(r.dir, "runs", "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, runs, 1)
	nightly := filepath.Join(r.temp, "nightly", "runs")
	require.NoError(t, os.MkdirAll(nightly, 0o755))
	run = filepath.Base(runs[0])
	require.NoError(t, os.Rename(runs[0], filepath.Join(nightly, run)))
	r.vars["inputs.run"], r.vars["github.token"] = "", secret
	r.hosted = "file://" + hosted
	return r, remote, run
}

func (r *runner) promote() (code int, printed string) {
	r.t.Helper()
	code, printed, _ = r.execute("promote-baseline.yml", promoteStep, map[string]string{"GITHUB_SERVER_URL": r.hosted})
	require.NotContains(r.t, printed, secret)
	return code, printed
}

func TestPromoteCommitsTheBaseline(t *testing.T) {
	t.Parallel()
	r, remote, run := promotion(t)
	code, printed := r.promote()
	require.Zero(t, code, printed)
	require.Equal(t, "runs/baseline.jsonl is now "+run+" on main\n", r.summary())
	require.Equal(t, "Make "+run+" the baseline", r.exec("git", "--git-dir", remote, "log", "-1", "--format=%s", "main"))
	require.Equal(t, "runs/baseline.jsonl", r.exec("git", "--git-dir", remote, "show", "--name-only", "--format=", "main"), "that file and nothing else")
	require.Contains(t, r.exec("git", "--git-dir", remote, "show", "main:runs/baseline.jsonl"), `"kind":"end","status":"complete"`)
	config, err := os.ReadFile(filepath.Join(r.dir, ".git", "config"))
	require.NoError(t, err)
	require.NotContains(t, string(config), "AUTHORIZATION", "the token is written nowhere")

	// Once more, there is nothing to do.
	code, printed = r.promote()
	require.Zero(t, code, printed)
	require.Equal(t, []string{"::notice title=promptbench::This run is the baseline already."}, annotations(printed))
}

func TestPromoteChoosesAndRefuses(t *testing.T) {
	t.Parallel()
	r, remote, run := promotion(t)
	nightly := filepath.Join(r.temp, "nightly", "runs")
	data, err := os.ReadFile(filepath.Join(nightly, run))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(nightly, "half.jsonl"), data[:len(data)-40], 0o600))

	code, printed := r.promote()
	require.Equal(t, 2, code)
	require.Contains(t, annotations(printed)[0], "that job has 2 runs; say which one")
	for id, want := range map[string]string{"../../v1": "that is no id of a run", "nothing": "that job has no run nothing; it has ", "$(id)": "that is no id of a run"} {
		r.vars["inputs.run"] = id
		code, printed = r.promote()
		require.Equal(t, 2, code)
		require.Contains(t, annotations(printed)[0], want)
	}
	r.vars["inputs.run"] = "half"
	code, printed = r.promote()
	require.NotZero(t, code)
	require.Contains(t, printed, "can't be a baseline")
	require.Equal(t, "base", r.exec("git", "--git-dir", remote, "log", "-1", "--format=%s", "main"))

	// A protected branch says what to do instead.
	r.vars["inputs.run"] = run[:len(run)-len(".jsonl")]
	require.NoError(t, os.WriteFile(filepath.Join(remote, "hooks", "pre-receive"), []byte("#!/bin/sh\nexit 1\n"), 0o700))
	code, printed = r.promote()
	require.Equal(t, 2, code)
	require.Contains(t, printed, "::error title=promptbench::the branch main takes no push; start this job on another branch and open a pull request")
}

// The workflow builds the tool as the action does, from its own checkout.
func TestPromoteBuildsTheTool(t *testing.T) {
	t.Parallel()
	r := newRunner(t, nil)
	require.NoError(t, os.Remove(filepath.Join(r.temp, "promptbench")))
	code, printed, _ := r.execute("promote-baseline.yml", "Build promptbench", nil)
	require.Zero(t, code, printed)
	require.Contains(t, r.exec(filepath.Join(r.temp, "promptbench"), "--version"), "promptbench ")
}
