package ci

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/strictyaml"
)

// A file is an action or a workflow, as far as its steps go.
type file struct {
	name string
	root strictyaml.Node
}

// A step is one that runs a script.
type step struct {
	File, Name, Run string
	Env             map[string]string
}

// root is the top of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	require.NoError(t, err)
	return dir
}

// files are those that a team gets.
func files(t *testing.T) map[string]file {
	t.Helper()
	out := map[string]file{}
	for _, name := range []string{
		"action.yml", ".github/workflows/nightly.yml", ".github/workflows/prompts.yml",
		".github/workflows/promote-baseline.yml",
	} {
		out[filepath.Base(name)] = load(t, name)
	}
	return out
}

// withRelease are files, and the workflow that publishes promptbench itself. Its steps
// can't be tried without publishing.
func withRelease(t *testing.T) map[string]file {
	t.Helper()
	out := files(t)
	out["release.yml"] = load(t, ".github/workflows/release.yml")
	return out
}

func load(t *testing.T, name string) file {
	t.Helper()
	path := filepath.Join(root(t), filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	doc, probs := strictyaml.Parse(path, data)
	require.NoError(t, probs.Err())
	return file{filepath.Base(name), doc.Root()}
}

// each visits all steps.
func (f file) each(visit func(strictyaml.Node)) {
	for _, s := range f.root.Get("runs").Get("steps").Items() {
		visit(s)
	}
	for _, job := range f.root.Get("jobs").Entries() {
		for _, s := range job.Value.Get("steps").Items() {
			visit(s)
		}
	}
}

// steps are those that run a script, by name.
func (f file) steps() map[string]step {
	out := map[string]step{}
	f.each(func(n strictyaml.Node) {
		if n.Get("run").Kind() == strictyaml.None {
			return
		}
		s := step{File: f.name, Name: n.Get("name").Text(), Run: n.Get("run").Text(), Env: map[string]string{}}
		for _, e := range n.Get("env").Entries() {
			s.Env[e.Key.Text()] = e.Value.Text()
		}
		out[s.Name] = s
	})
	return out
}

// No text from outside becomes part of a script: scripts take it from variables.
func TestScriptsHoldNoExpressions(t *testing.T) {
	t.Parallel()
	for _, f := range withRelease(t) {
		for name, s := range f.steps() {
			require.NotEmpty(t, name, "%s: every step that runs a script has a name", f.name)
			require.NotContains(t, s.Run, "${{", "%s: %s", f.name, name)
		}
	}
}

// No workflow runs with a fork's code and the repository's rights, keeps the
// token in the work tree, or has a right that it does not need.
func TestWorkflowsAreSafeByDefault(t *testing.T) {
	t.Parallel()
	rights := map[string]map[string]string{
		"nightly.yml":          {},
		"prompts.yml":          {"contents": "read", "pull-requests": "write"},
		"promote-baseline.yml": {"contents": "write", "actions": "read"},
		"release.yml":          {"contents": "write"},
	}
	for name, f := range withRelease(t) {
		if name == "action.yml" {
			continue
		}
		on := f.root.Get("on")
		for _, privileged := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
			require.Equal(t, strictyaml.None, on.Get(privileged).Kind(), "%s on %s", name, privileged)
		}
		require.Equal(t, map[string]string{"contents": "read"}, permissions(f.root), name)
		for _, job := range f.root.Get("jobs").Entries() {
			want := rights[name]
			if job.Key.Text() == "tested" { // it runs nothing of the repository
				want = map[string]string{}
			}
			require.Equal(t, want, permissions(job.Value), name)
			require.NotEmpty(t, job.Value.Get("timeout-minutes").Text(), name)
		}
		f.each(func(s strictyaml.Node) {
			uses := s.Get("uses").Text()
			with := s.Get("with")
			if !strings.HasPrefix(uses, "actions/checkout@") {
				return
			}
			require.Equal(t, "false", with.Get("persist-credentials").Text(), "%s: the token stays out of .git/config", name)
			require.NotContains(t, with.Get("ref").Text(), "head", "%s checks out no foreign code", name)
		})
	}
	full := map[string]int{"nightly.yml": 0, "prompts.yml": 1, "promote-baseline.yml": 0, "release.yml": 1}
	for name, want := range full {
		got := 0
		withRelease(t)[name].each(func(s strictyaml.Node) {
			if s.Get("with").Get("fetch-depth").Text() == "0" {
				got++
			}
		})
		require.Equal(t, want, got, "%s: the full history only where a git revision is read", name)
	}
}

func permissions(n strictyaml.Node) map[string]string {
	out := map[string]string{}
	for _, e := range n.Get("permissions").Entries() {
		out[e.Key.Text()] = e.Value.Text()
	}
	return out
}

// Forks get no secret, and a comment is written where there is a right to.
func TestForks(t *testing.T) {
	t.Parallel()
	f := files(t)["prompts.yml"]
	f.each(func(s strictyaml.Node) {
		if s.Get("name").Text() == "Comment" {
			require.Contains(t, s.Get("if").Text(), "github.event.pull_request.head.repo.full_name == github.repository")
		}
	})
	for name, f := range files(t) {
		f.each(func(s strictyaml.Node) {
			for _, e := range slices.Concat(s.Get("with").Entries(), s.Get("env").Entries()) {
				if strings.Contains(e.Value.Text(), "secrets.") {
					require.Equal(t, "api-key", e.Key.Text(), name)
				}
			}
		})
	}
}

// The inputs that the workflows give are those of the action, and each of its
// inputs and outputs is described.
func TestActionInputs(t *testing.T) {
	t.Parallel()
	all := files(t)
	action := all["action.yml"].root
	for _, part := range []string{"inputs", "outputs"} {
		for _, e := range action.Get(part).Entries() {
			require.NotEmpty(t, e.Value.Get("description").Text(), e.Key.Text())
		}
	}
	used := 0
	for name, f := range all {
		f.each(func(s strictyaml.Node) {
			if s.Get("uses").Text() != "./.promptbench" {
				return
			}
			used++
			for _, e := range s.Get("with").Entries() {
				require.NotEqual(
					t, strictyaml.None, action.Get("inputs").Get(e.Key.Text()).Kind(), "%s gives %s", name, e.Key.Text())
			}
		})
		for _, m := range regexp.MustCompile(
			`steps\.promptbench\.outputs\.([\w-]+)`,
		).FindAllStringSubmatch(text(t, name), -1) {
			require.NotEqual(t, strictyaml.None, action.Get("outputs").Get(m[1]).Kind(), "%s reads %s", name, m[1])
		}
	}
	require.Equal(t, 2, used)
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "ci.md"))
	require.NoError(t, err)
	for _, e := range action.Get("inputs").Entries() {
		require.Contains(t, string(page), "| `"+e.Key.Text()+"` |", "docs/ci.md says what it is for")
	}
	for _, m := range regexp.MustCompile(`(?:vars|secrets)\.(\w+)`).FindAllStringSubmatch(
		text(t, "nightly.yml")+text(t, "prompts.yml"), -1,
	) {
		require.Contains(t, string(page), "| `"+m[1]+"` |", "docs/ci.md says what it is for")
	}
}

func text(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(root(t), ".github", "workflows", name)
	if name == "action.yml" {
		path = filepath.Join(root(t), name)
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}
