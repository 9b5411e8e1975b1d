package ci

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// A model answers rightly, or asks back where it should not.
type model struct {
	*fakeopenai.Server
	worse atomic.Bool  // of every prompt
	slips atomic.Int64 // how many of the next answers are wrong by chance
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{}
	m.Server = fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		system := ""
		for _, message := range r.Messages {
			if message.Role == "system" {
				system = message.Content
			}
		}
		if m.worse.Load() || m.slips.Add(-1) >= 0 || strings.Contains(system, "나쁜") {
			return fakeopenai.Text(`{"type":"question","items":["::warning::언제?"]}`)
		}
		return fakeopenai.Text(`{"type":"answer","items":["하나"]}`)
	})
	m.RequireKey(secret)
	t.Cleanup(m.Close)
	return m
}

const secret = "sk-very-secret-0123456789"

// withKey are the inputs of a repository that has a key.
func withKey(more map[string]string) map[string]string {
	out := map[string]string{"api-key": secret, "api-key-env": "TEAM_KEY"}
	maps.Copy(out, more)
	return out
}

// nightly is what nightly.yml gives the action.
func nightly(more map[string]string) map[string]string {
	out := map[string]string{"baseline": "runs/baseline.jsonl", "fresh": "true"}
	maps.Copy(out, more)
	return out
}

// withBaseline is a machine of a team that has promoted a run of v2.
func withBaseline(t *testing.T) (*runner, *model) {
	t.Helper()
	m := newModel(t)
	r := newRunner(t, m.Server)
	code, printed, _ := r.act(withKey(map[string]string{"revisions": "prompts/v2"}))
	require.Zero(t, code, printed)
	ids, err := filepath.Glob(filepath.Join(r.dir, "runs", "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, ids, 1)
	r.exec(filepath.Join(r.temp, "promptbench"), "baseline", "set", ids[0])
	require.NoError(t, os.RemoveAll(filepath.Join(r.dir, "promptbench-report")))
	return r, m
}

func TestNightlyIsQuietWhereNothingChanged(t *testing.T) {
	t.Parallel()
	r, m := withBaseline(t)
	before := len(m.Requests())
	code, printed, outputs := r.act(withKey(nightly(nil)))
	require.Zero(t, code, printed)
	require.Equal(t, map[string]string{
		"outcome": "fine", "exit-code": "0", "directory": "./promptbench-report",
		"summary": "./promptbench-report/summary.md",
		"page":    "./promptbench-report/report-1.html",
	}, outputs)
	require.Len(t, m.Requests(), before+12, "the model is asked afresh")
	require.Empty(t, annotations(printed))
	require.Contains(t, r.summary(), "### <code>v2</code> against <code>v2</code>: inconclusive")
	require.Contains(t, r.summary(), `<a href="https://github.example/team/todos/actions/runs/4711">The full report</a>`)
	require.Equal(t, r.summary(), r.read("promptbench-report/summary.md"))
	for _, name := range []string{"report-1.html", "junit-1.xml", "result-1.json", "table-1.txt", "log-1.txt"} {
		require.NotEmpty(t, r.read("promptbench-report/"+name), name)
	}
	runs, err := os.ReadDir(filepath.Join(r.dir, "promptbench-report", "runs"))
	require.NoError(t, err)
	require.Len(t, runs, 1, "the run, to be promoted")
}

// A regression fails the job, and one line says why. What inputs and replies say
// is no command to the runner, and no key is in anything that is uploaded.
func TestNightlyFailsOnARegression(t *testing.T) {
	t.Parallel()
	r, m := withBaseline(t)
	m.worse.Store(true)
	before := len(m.Requests())
	code, printed, outputs := r.act(withKey(nightly(nil)))
	require.Equal(t, 3, code, printed)
	require.Len(t, m.Requests(), before+24, "a second run confirms it")
	require.Contains(t, r.summary(), "the head pools 2 runs")
	runs, err := os.ReadDir(filepath.Join(r.dir, "promptbench-report", "runs"))
	require.NoError(t, err)
	require.Len(t, runs, 2)
	require.Equal(t, "regressed", outputs["outcome"])
	require.Equal(t, "3", outputs["exit-code"])
	said := annotations(printed)
	require.Len(t, said, 1, printed)
	require.Regexp(
		t, `^::error title=promptbench::v2 is worse than it was in run \S+ at case_type: `+
			`it breaks 12 of 12 cases and fixes none`,
		said[0])
	require.Contains(t, printed, "::error::stolen", "the table shows the inputs")
	require.Contains(t, r.summary(), "newly fail")
	require.NoError(t, filepath.WalkDir(r.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&os.ModeSymlink != 0 {
			return err
		}
		data, err := os.ReadFile(path)
		require.NotContains(t, string(data), secret, path)
		return err
	}))
	require.NotContains(t, printed+r.summary(), secret)
}

// One bad night that a second run does not confirm is no alarm, and one line says that it was there.
func TestNightlyRunsAgainBeforeItFails(t *testing.T) {
	t.Parallel()
	r, m := withBaseline(t)
	r.write("promptbench.yaml", r.read("promptbench.yaml")+"gates: [{grader: case_type, min: 0.7}]\n")
	before := len(m.Requests())
	m.slips.Store(5)
	code, printed, outputs := r.act(withKey(nightly(nil)))
	require.Zero(t, code, printed)
	require.Equal(t, "fine", outputs["outcome"])
	require.Len(t, m.Requests(), before+24)
	require.Equal(t, []string{
		"::notice title=promptbench::The first run was worse than the baseline; both runs together are not, so this is no alarm.",
	}, annotations(printed))
	require.Contains(t, r.summary(), "the head pools 2 runs")

	// A batch takes a day, so it is not sent twice.
	m.slips.Store(0)
	_, printed, _ = r.act(withKey(nightly(map[string]string{"args": "--batch\n--detach"})))
	require.NotContains(t, printed, "--confirm")
}

// Where there is no key, recordings are replayed, and the job says that it sees
// no drift.
func TestNightlyWithoutAKey(t *testing.T) {
	t.Parallel()
	r, m := withBaseline(t)
	m.worse.Store(true)
	before := len(m.Requests())
	code, printed, outputs := r.act(nightly(nil))
	require.Zero(t, code, printed)
	require.Equal(t, "fine", outputs["outcome"])
	require.Len(t, m.Requests(), before, "nothing is asked")
	require.Equal(
		t,
		[]string{
			"::notice title=promptbench::There is no key here, so replies were replayed: this cannot show that the model " +
				"changed.",
		},
		annotations(printed),
	)
	require.Contains(t, r.summary(), "this cannot show that the model changed")
	require.Contains(t, r.summary(), "12 of the head")
}

func TestNightlyWithoutAKeyAndRecordings(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := newRunner(t, m.Server)
	code, printed, outputs := r.act(nightly(nil))
	require.Zero(t, code, printed)
	require.Equal(t, "skipped", outputs["outcome"])
	require.Empty(t, m.Requests())
	said := annotations(printed)
	require.Len(t, said, 2)
	require.Equal(
		t,
		"::notice title=promptbench::There is no baseline at runs/baseline.jsonl yet, so the runs are not compared with "+
			"one; promote a run first.",
		said[0],
	)
	require.Equal(
		t,
		"::warning title=promptbench::Not tested: there is no key here, and not every reply is recorded: prompts/v10.prompt.yml",
		said[1], "the last in the order of versions")
	require.Contains(t, r.summary(), "### Not tested")
	require.NoFileExists(t, filepath.Join(r.dir, "promptbench-report", "report-1.html"))
}

// Asked for, a missing recording is a failure.
func TestOfflineThatWasAskedFor(t *testing.T) {
	t.Parallel()
	r := newRunner(t, nil)
	code, printed, outputs := r.act(map[string]string{"offline": "true", "revisions": "prompts/v1"})
	require.Equal(t, 1, code, printed)
	require.Equal(t, "failed", outputs["outcome"])
	require.Len(t, annotations(printed), 1)
	require.Contains(t, annotations(printed)[0], "::error title=promptbench::no recording of m (team) answers this")
}

func TestFailuresAreSaidOnce(t *testing.T) {
	t.Parallel()
	r, m := withBaseline(t)
	m.Close()
	code, printed, outputs := r.act(withKey(nightly(map[string]string{"args": "--timeout=1s\n--max-calls=3"})))
	require.Equal(t, 1, code, printed)
	require.Equal(t, "failed", outputs["outcome"])
	require.Len(t, annotations(printed), 1)
	require.Contains(t, annotations(printed)[0], "::error title=promptbench::")

	for given, want := range map[[2]string]string{
		{"revisions", "prompts/v7"}:  "::error title=promptbench::no prompt prompts/v7",
		{"fresh", "yes"}:             "::error title=promptbench::fresh is yes; it is true or false",
		{"offline", "maybe"}:         "::error title=promptbench::offline is maybe; it is true, false or auto",
		{"api-key-env", "A=B;touch"}: "::error title=promptbench::api-key-env is not the name of a variable",
		{"args", "--no-such-flag"}:   "::error title=promptbench::unknown flag: --no-such-flag",
	} {
		code, printed, outputs := r.act(withKey(map[string]string{"revisions": "prompts/v1", given[0]: given[1]}))
		require.Equal(t, 2, code, printed)
		require.Equal(t, "usage", outputs["outcome"])
		require.Len(t, annotations(printed), 1, printed)
		require.Contains(t, annotations(printed)[0], want)
	}
}

// Several lines are several runs; the exit code that counts most is the job's.
func TestSeveralRuns(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := newRunner(t, m.Server)
	r.write(
		"prompts/bad.prompt.yml",
		"name: bad\nmessages:\n  - {role: system, content: 나쁜 개정}\n  - {role: user, content: \"{{input}}\"}\n")
	code, printed, outputs := r.act(withKey(map[string]string{
		"revisions": "prompts/v1 prompts/bad\n\n  prompts/v1   prompts/v2  \n", "model": "team", "output": "out/reports",
	}))
	require.Equal(t, 3, code, printed)
	require.Equal(t, "regressed", outputs["outcome"])
	require.Equal(t, "./out/reports", outputs["directory"])
	require.Contains(t, r.summary(), "### <code>bad</code> against <code>v1</code>: regressed")
	require.Contains(t, r.summary(), "### <code>v2</code> against <code>v1</code>: inconclusive")
	require.FileExists(t, filepath.Join(r.dir, "out", "reports", "report-2.html"))

	// Long summaries are left out whole, and counted.
	lines := strings.Repeat("prompts/v1 prompts/bad\n", 20)
	_, _, _ = r.act(withKey(map[string]string{"revisions": lines}))
	require.Less(t, len(r.summary()), 65_536)
	require.Regexp(t, `\d+ more; the report has them\.\n$`, r.summary())
}

// Later steps find the reports wherever they were asked for.
func TestOutputsSayWhereTheReportsAre(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := newRunner(t, m.Server)
	elsewhere := filepath.Join(t.TempDir(), "reports")
	for output, want := range map[string]string{"out/ci": "./out/ci", elsewhere: elsewhere} {
		code, printed, outputs := r.act(withKey(map[string]string{"revisions": "prompts/v2", "output": output}))
		require.Zero(t, code, printed)
		require.Equal(t, want, outputs["directory"])
		require.Equal(t, want+"/summary.md", outputs["summary"])
		path := outputs["summary"]
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.dir, path)
		}
		require.FileExists(t, path)
	}
}
