package ci

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// A runner is a faked machine of GitHub's with a checked-out repository.
type runner struct {
	t    *testing.T
	dir  string // the workspace
	temp string // RUNNER_TEMP
	home string
	vars map[string]string // expressions that steps may use, with what they come to

	hosted string // where pushes go, as an address
}

// ran records the executed steps of each file.
type ran struct {
	mu    sync.Mutex
	steps map[string]bool
}

// newRunner is a machine whose workspace holds a small project; a model answers
// as server does.
func newRunner(t *testing.T, server *fakeopenai.Server) *runner {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the workflows run on Linux")
	}
	r := &runner{t: t, dir: t.TempDir(), temp: t.TempDir(), home: t.TempDir(), vars: map[string]string{
		"github.action_path": root(t), "runner.temp": "",
	}}
	r.vars["runner.temp"] = r.temp
	require.NoError(t, os.CopyFS(r.dir, os.DirFS("testdata/project")))
	url := "http://127.0.0.1:1/v1"
	if server != nil {
		url = server.URL()
	}
	config := "suite: cases/todos.yaml\nmodel: team\nmodels:\n  team: {base_url: " + url + ", endpoint: team, model: " +
		"m, api_key_env: TEAM_KEY}\n"
	r.write("promptbench.yaml", config)
	require.NoError(t, os.Symlink(root(t), filepath.Join(r.dir, ".promptbench")))
	r.build()
	return r
}

// built is promptbench, built once by the action's own step.
type built struct {
	once sync.Once
	path string
	err  error
}

// build runs the action's step that builds promptbench, once for all tests, and
// gives this machine the result.
func (r *runner) build() {
	r.t.Helper()
	tool.once.Do(func() {
		dir, err := os.MkdirTemp("", "promptbench-ci-")
		if err != nil {
			tool.err = err
			return
		}
		machine := &runner{t: r.t, dir: dir, temp: dir, home: r.home, vars: r.vars}
		if code, out, _ := machine.execute("action.yml", "Build promptbench", nil); code != 0 {
			tool.err = errors.New(out)
		}
		tool.path = filepath.Join(dir, "promptbench")
	})
	require.NoError(r.t, tool.err)
	require.NoError(r.t, os.Symlink(tool.path, filepath.Join(r.temp, "promptbench")))
}

var (
	tool     built
	executed = ran{steps: map[string]bool{}}
)

// TestMain looks, once all tests have run, whether any step was left out.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && runtime.GOOS == "linux" {
		code = leftOut()
	}
	if tool.path != "" {
		_ = os.RemoveAll(filepath.Dir(tool.path))
	}
	os.Exit(code)
}

// leftOut says which steps no test has executed.
func leftOut() (code int) {
	t := &testing.T{}
	for _, f := range files(t) {
		for name := range f.steps() {
			if !executed.steps[f.name+": "+name] {
				fmt.Fprintf(os.Stderr, "no test executes the step %q of %s\n", name, f.name)
				code = 1
			}
		}
	}
	return code
}

func (r *runner) write(name, content string) {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	require.NoError(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(r.t, os.WriteFile(path, []byte(content), 0o600))
}

func (r *runner) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(name)))
	require.NoError(r.t, err)
	return string(data)
}

// exec runs a program in the workspace and returns what it prints.
func (r *runner) exec(name string, args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), name, args...)
	cmd.Dir, cmd.Env = r.dir, r.environment(nil)
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, string(out))
	return strings.TrimSpace(string(out))
}

func (r *runner) environment(more map[string]string) []string {
	env := []string{
		"HOME=" + r.home, "PATH=" + filepath.Join(r.home, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"GOFLAGS=" + os.Getenv("GOFLAGS"),
		"CI=true", "GITHUB_ACTIONS=true", "RUNNER_TEMP=" + r.temp, "GITHUB_WORKSPACE=" + r.dir,
		"GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=team/todos",
		"GITHUB_RUN_ID=4711", "GITHUB_REF_NAME=main", "GITHUB_OUTPUT=" + filepath.Join(r.temp, "output"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(r.temp, "summary"),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOPATH"} {
		out, err := exec.CommandContext(r.t.Context(), "go", "env", name).Output()
		require.NoError(r.t, err)
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	for name, value := range more {
		env = append(env, name+"="+value)
	}
	return env
}

// execute runs one step as the runner of GitHub does, and returns its exit code,
// its output and its output variables. Inputs are the values of inputs.NAME and of
// similar expressions in the step's variables.
func (r *runner) execute(file, name string, env map[string]string) (
	code int, printed string, outputs map[string]string,
) {
	r.t.Helper()
	s, ok := files(r.t)[file].steps()[name]
	require.True(r.t, ok, "%s has a step %q", file, name)
	executed.mu.Lock()
	executed.steps[file+": "+name] = true
	executed.mu.Unlock()
	for _, f := range []string{"output", "summary"} {
		require.NoError(r.t, os.WriteFile(filepath.Join(r.temp, f), nil, 0o600))
	}
	all := map[string]string{}
	for key, value := range s.Env {
		all[key] = r.evaluate(value)
	}
	maps.Copy(all, env)
	script := filepath.Join(r.temp, "step.sh")
	require.NoError(r.t, os.WriteFile(script, []byte(s.Run), 0o600))
	cmd := exec.CommandContext(r.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir, cmd.Env = r.dir, r.environment(all)
	out, err := cmd.CombinedOutput()
	if err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		require.True(r.t, ok, "%v", err)
		code = exit.ExitCode()
	}
	return code, string(out), r.outputs()
}

// evaluate replaces expressions by what the test says that they come to.
func (r *runner) evaluate(value string) string {
	return regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`).ReplaceAllStringFunc(value, func(m string) string {
		expression := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(m, "${{"), "}}"))
		to, ok := r.vars[expression]
		require.True(r.t, ok, "the test does not say what %s comes to", expression)
		return to
	})
}

// outputs reads the file that a step writes its outputs to.
func (r *runner) outputs() map[string]string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.temp, "output"))
	require.NoError(r.t, err)
	out := map[string]string{}
	lines := strings.Split(string(data), "\n")
	for i := 0; i < len(lines); i++ {
		name, word, several := strings.Cut(lines[i], "<<")
		if !several {
			if name, value, ok := strings.Cut(lines[i], "="); ok {
				out[name] = value
			}
			continue
		}
		var value []string
		for i++; lines[i] != word; i++ {
			value = append(value, lines[i])
		}
		out[name] = strings.Join(value, "\n")
	}
	return out
}

func (r *runner) summary() string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.temp, "summary"))
	require.NoError(r.t, err)
	return string(data)
}

// inputs are the action's, with what the test gives over their defaults.
func (r *runner) inputs(given map[string]string) {
	r.t.Helper()
	for _, e := range files(r.t)["action.yml"].root.Get("inputs").Entries() {
		r.vars["inputs."+e.Key.Text()] = e.Value.Get("default").Text()
	}
	for name, value := range given {
		_, known := r.vars["inputs."+name]
		require.True(r.t, known, "the action has no input %s", name)
		r.vars["inputs."+name] = value
	}
}

// act runs the action.
func (r *runner) act(given map[string]string) (code int, printed string, outputs map[string]string) {
	r.t.Helper()
	r.inputs(given)
	return r.execute("action.yml", "Run the revisions", nil)
}

// annotations are the commands that the runner would take from what was printed:
// not those between stop-commands and its word.
func annotations(printed string) []string {
	var out []string
	word := ""
	for line := range strings.Lines(printed) {
		line = strings.TrimSpace(line)
		switch stop, isStop := strings.CutPrefix(line, "::stop-commands::"); {
		case isStop && word == "":
			word = stop
		case word != "" && line == "::"+word+"::":
			word = ""
		case word == "" && strings.HasPrefix(line, "::"):
			out = append(out, line)
		}
	}
	return out
}
