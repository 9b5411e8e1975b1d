package ci

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/strictyaml"
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
	require.Equal(
		t, "runs/baseline.jsonl", r.exec("git", "--git-dir", remote, "show", "--name-only", "--format=", "main"),
		"that file and nothing else")
	require.Contains(
		t, r.exec("git", "--git-dir", remote, "show", "main:runs/baseline.jsonl"), `"kind":"end","status":"complete"`)
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
	require.Contains(t, annotations(printed)[0], "no baseline can be made of the 2 runs of that job; the log says why. Name one: ")
	for id, want := range map[string]string{
		"../../v1": "that is not the id of a run", "nothing": "that job has no run nothing; it has ",
		"$(id)": "that is not the id of a run",
	} {
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
	require.Contains(
		t, printed,
		"::error title=promptbench::the branch main rejects the push; start this job on another branch and open a pull "+
			"request")
}

// The two runs of a night that alarmed are pooled: nobody has to choose, and so nobody chooses the better one.
func TestPromotePoolsTheRunsOfANight(t *testing.T) {
	t.Parallel()
	r, remote, run := promotion(t)
	nightly := filepath.Join(r.temp, "nightly", "runs")
	code, printed, _ := r.act(withKey(map[string]string{"revisions": "prompts/v2", "fresh": "true"}))
	require.Zero(t, code, printed)
	again, err := filepath.Glob(filepath.Join(r.dir, "runs", "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.NoError(t, os.Rename(again[0], filepath.Join(nightly, filepath.Base(again[0]))))
	r.vars["inputs.run"], r.vars["github.token"] = "", secret
	code, printed = r.promote()
	require.Zero(t, code, printed)
	require.Contains(t, r.exec("git", "--git-dir", remote, "log", "-1", "--format=%s", "main"), run)
	require.Contains(t, r.exec("git", "--git-dir", remote, "show", "main:runs/baseline.jsonl"),
		`"pooled":["`+strings.TrimSuffix(run, ".jsonl")+`","`)
}

// A pull request may upload an artifact of any name, so only runs of the nightly job
// are promoted.
func TestPromoteTakesNightlyRunsAlone(t *testing.T) {
	t.Parallel()
	r := newRunner(t, nil)
	r.fakeGh(secret)
	r.vars["github.token"] = secret
	answer := func(path, event, repository string) string {
		return `{"id": 4711, "path": "` + path + `", "event": "` + event + `", "head_repository": ` + repository + `}`
	}
	const nightly = ".github/workflows/nightly.yml"
	const team, fork = `{"full_name": "team/todos"}`, `{"full_name": "mallory/todos"}`
	for name, tt := range map[string]struct{ job, answer, want string }{
		"by the clock": {"4711", answer(nightly, "schedule", team), ""},
		"by hand":      {"4711", answer(nightly+"@refs/heads/main", "workflow_dispatch", team), ""},
		"a pull request": {
			"4711", answer(".github/workflows/prompts.yml", "pull_request", team),
			"the run 4711 belongs to another workflow than nightly.yml",
		},
		"its changed file": {
			"4711", answer(nightly, "pull_request", fork), "the run 4711 was not started by schedule or by hand",
		},
		"a path like it": {"4711", answer(nightly+".yml", "schedule", team), "belongs to another workflow"},
		"a push":         {"4711", answer(nightly, "push", team), "not started by schedule or by hand"},
		"a fork":         {"4711", answer(nightly, "schedule", fork), "the run 4711 ran the code of another repository"},
		"a fork that is gone": {
			"4711", answer(nightly, "schedule", "null"), "the run 4711 ran the code of another repository",
		},
		"no such run": {"12", "", "there is no run 12 in team/todos"},
		"an address":  {"4711/../../x", "", "that is not the number of a run"},
		"nothing":     {"", "", "that is not the number of a run"},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(r.temp, "run-4711"), []byte(tt.answer), 0o600))
		r.vars["inputs.job"] = tt.job
		code, printed, _ := r.execute("promote-baseline.yml", "Check that it is a nightly run", nil)
		require.NotContains(t, printed, secret)
		if tt.want == "" {
			require.Zero(t, code, "%s: %s", name, printed)
			require.Empty(t, annotations(printed), name)
			continue
		}
		require.Equal(t, 2, code, "%s: %s", name, printed)
		require.Len(t, annotations(printed), 1, name)
		require.Contains(t, annotations(printed)[0], "::error title=promptbench::", name)
		require.Contains(t, annotations(printed)[0], tt.want, name)
	}

	// Nothing is downloaded before that.
	var order []string
	files(t)["promote-baseline.yml"].each(func(s strictyaml.Node) {
		order = append(order, s.Get("name").Text()+s.Get("uses").Text())
	})
	check := slices.Index(order, "Check that it is a nightly run")
	download := slices.IndexFunc(order, func(s string) bool { return strings.HasPrefix(s, "actions/download-artifact@") })
	require.True(t, 0 <= check && check < download, order)
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
