package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

func prompt(name, system string) string {
	return fmt.Sprintf(
		"name: %s\nmessages:\n  - {role: system, content: %s}\n  - {role: user, content: \"{{input}}\"}\n", name, system)
}

// pullRequest is a machine that stands where actions/checkout leaves it, at the
// merge of a pull request that change makes to a base, the project with more.
func pullRequest(t *testing.T, server *fakeopenai.Server, change func(*runner), more ...func(*runner)) *runner {
	t.Helper()
	r := newRunner(t, server)
	for _, m := range more {
		m(r)
	}
	r.write(".gitignore", "/runs/*\n/.promptbench\n")
	git := func(args ...string) {
		t.Helper()
		r.exec("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	}
	git("init", "--quiet", "--initial-branch", "main")
	git("add", ".")
	git("commit", "--quiet", "-m", "base")
	git("checkout", "--quiet", "-b", "change")
	change(r)
	git("add", ".")
	git("commit", "--quiet", "-m", "change")
	git("checkout", "--quiet", "main")
	r.write("README.md", "The base goes on.\n")
	git("add", ".")
	git("commit", "--quiet", "-m", "meanwhile")
	git("merge", "--quiet", "--no-ff", "-m", "merge", "change")
	git("checkout", "--quiet", "--detach", "HEAD")
	return r
}

const changedStep = "Go back to the base and list the changed prompts"

// changed runs the step that lists the prompts.
func (r *runner) changed() (revisions []string, printed string) {
	r.t.Helper()
	code, printed, outputs := r.execute("prompts.yml", changedStep, nil)
	require.Zero(r.t, code, printed)
	if outputs["revisions"] == "" {
		return nil, printed
	}
	return strings.Split(outputs["revisions"], "\n"), printed
}

func TestChangedPrompts(t *testing.T) {
	t.Parallel()
	r := pullRequest(t, nil, func(r *runner) {
		r.write("prompts/v2.prompt.yml", prompt("v2", "개정 2, 더 짧게"))
		r.write("prompts/v9.1.prompt.yml", prompt("v9.1", "개정 9.1"))
		r.write("prompts/v11.prompt.yaml", prompt("v11", "개정 11"))
		r.write("prompts/judge/concrete.prompt.yml", prompt("judge", "심사"))
		r.write("prompts/$(touch pwned) v3.prompt.yml", prompt("x", "x"))
		r.write("prompts/notes.md", "no prompt")
		require.NoError(t, os.Remove(filepath.Join(r.dir, "prompts", "v1.prompt.yml")))
		// What a pull request says of the rest is not what is run.
		r.write(
			"promptbench.yaml",
			"model: stolen\nmodels:\n  stolen: {base_url: https://evil.example/v1, model: m, api_key_env: TEAM_KEY}\n",
		)
		r.write("cases/todos.yaml", "suite: evil\n")
	})
	revisions, printed := r.changed()
	require.Equal(t, []string{
		"prompts/v10@base prompts/v11@pr", // the one before it
		"prompts/v2@base prompts/v2@pr",   // what it was
		"prompts/v9@base prompts/v9.1@pr",
		"prompts/v10@base --suite " + filepath.Join(r.temp, "promptbench-suites", "cases", "todos.yaml") + " --no-programs",
	}, revisions)
	require.Equal(
		t,
		[]string{
			"::warning title=promptbench::Not tested: the config and graders that are programs take effect after the merge.",
			"::notice title=promptbench::2 changed files in prompts/ are ignored; name a revision like prompts/v3.prompt.yml",
		},
		annotations(printed),
	)
	require.NotContains(t, r.read("promptbench.yaml"), "evil")
	require.NotContains(t, r.read("cases/todos.yaml"), "evil")
	require.FileExists(t, filepath.Join(r.dir, "prompts", "v1.prompt.yml"))
	require.NoFileExists(t, filepath.Join(r.dir, "prompts", "v11.prompt.yaml"), "the work tree is the base's")
	require.NoFileExists(t, filepath.Join(r.dir, "pwned"))
	require.Equal(t, "The base goes on.", r.exec("git", "show", "base:README.md"))
}

// The text of a message in a file of its own changes the prompts that name it, and no other.
func TestChangedTextOfAPrompt(t *testing.T) {
	t.Parallel()
	naming := strings.Replace(prompt("v2", "x"), "content: x", "file: parts/system.md", 1)
	r := pullRequest(t, nil, func(r *runner) {
		r.write("prompts/parts/system.md", "다음 글")
		r.write("prompts/parts/other.md", "no prompt names it")
	}, func(r *runner) {
		r.write("prompts/v2.prompt.yml", naming)
		r.write("prompts/parts/system.md", "글")
	})
	revisions, printed := r.changed()
	require.Equal(t, []string{"prompts/v2@base prompts/v2@pr"}, revisions)
	require.NotContains(t, printed, "are ignored")
}

func TestNoChangedPrompts(t *testing.T) {
	t.Parallel()
	r := pullRequest(t, nil, func(r *runner) { r.write("prompts/notes.txt", "no prompt") })
	revisions, _ := r.changed()
	require.Empty(t, revisions)

	// Not at a merge, the step says what to check out.
	code, printed, _ := r.execute("prompts.yml", changedStep, nil)
	require.Equal(t, 2, code)
	require.Contains(t, annotations(printed)[0], "merge commit of a pull request")
}

// An added prompt is compared with the baseline's, where there is one.
func TestAddedPromptAgainstTheBaseline(t *testing.T) {
	t.Parallel()
	r := pullRequest(t, nil, func(r *runner) { r.write("prompts/v11.prompt.yml", prompt("v11", "개정 11")) })
	// Neither what its messages quote nor the prompt of a judge is taken for it.
	r.write("runs/baseline.jsonl", `{"kind":"header","schema":1,"run":"x","prompt":{"name":"v2",`+
		`"path":"prompts/v2.prompt.yml","hash":"h","messages":[{"role":"system",`+
		`"content":"\"prompt\":{\"name\":\"no\",\"path\":\"prompts/v1.prompt.yml\""}]},`+
		`"judge":{"model":{"name":"j"},"prompt":{"name":"judge-v1","path":"prompts/judge/v1.prompt.yml","hash":"j"}}}`+"\n")
	revisions, _ := r.changed()
	require.Equal(t, []string{"prompts/v2@base prompts/v11@pr"}, revisions)
}

// The whole way: both sides are asked in one job, interleaved, by the base's
// config and suite, and one comment is kept.
func TestPullRequestIsComparedAndCommented(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := pullRequest(t, m.Server, func(r *runner) {
		r.write("prompts/v2.prompt.yml", prompt("v2", "나쁜 개정"))
		r.write("promptbench.yaml", "model: stolen\n")
	})
	revisions, _ := r.changed()
	code, printed, outputs := r.act(withKey(map[string]string{
		"revisions": strings.Join(revisions, "\n"), "args": "--concurrency=1",
	}))
	require.Equal(t, 3, code, printed)
	require.Equal(
		t,
		[]string{"::error title=promptbench::v2@pr is worse than v2@base at case_type: " +
			"it breaks 12 of 12 cases and fixes none (p < .001)."},
		annotations(printed),
	)
	require.Len(t, m.Requests(), 24)
	sides := ""
	for _, request := range m.Requests() {
		sides += map[bool]string{true: "b", false: "a"}[strings.Contains(string(request.Body), "나쁜")]
	}
	require.NotContains(t, sides, "aaa", "trials of both sides alternate: "+sides)

	r.fakeGh("token")
	env := map[string]string{"SUMMARY": outputs["summary"]}
	r.vars["github.token"], r.vars["github.event.pull_request.number"] = "token", "12"
	r.vars["steps.promptbench.outputs.summary"], r.vars["steps.page.outputs.artifact-url"] = outputs["summary"], ""
	code, printed, _ = r.execute("prompts.yml", "Comment", env)
	require.Zero(t, code, printed)
	require.Equal(t, "POST repos/team/todos/issues/12/comments", r.asked())
	job := "https://github.example/team/todos/actions/runs/4711"
	require.Contains(t, r.read("comment"), `<a href="`+job+`">The full report</a>`)
	require.FileExists(t, filepath.Join(r.dir, outputs["page"]))
	require.True(
		t, strings.HasPrefix(r.read("comment"), "<!-- promptbench -->\n### <code>v2"),
		"the mark and the summary: "+r.read("comment"))

	// Where the page was uploaded, the comment leads to it.
	page := job + "/artifacts/5?a=1&b"
	r.vars["steps.page.outputs.artifact-url"] = page
	code, printed, _ = r.execute("prompts.yml", "Comment", env)
	require.Zero(t, code, printed)
	require.Contains(t, r.read("comment"), `<a href="`+page+`">The full report</a>`)
	require.NotContains(t, r.read("comment"), `runs/4711">`)
	require.Equal(t, "POST repos/team/todos/issues/12/comments", r.asked())

	// The next push changes the bot's comment, and nobody else's.
	r.write("comments", `[{"id": 7, "user": {"login": "octocat"}, "body": "<!-- promptbench -->"},
		{"id": 8, "user": {"login": "github-actions[bot]"}, "body": "hello"},
		{"id": 9, "user": {"login": "github-actions[bot]"}, "body": "<!-- promptbench -->\nold"}]`)
	code, printed, _ = r.execute("prompts.yml", "Comment", env)
	require.Zero(t, code, printed)
	require.Equal(t, "PATCH repos/team/todos/issues/comments/9", r.asked())

	// Where the bot has several, however many, the first is kept.
	many := strings.Repeat(
		`{"id": 1000000001, "user": {"login": "github-actions[bot]"}, "body": "<!-- promptbench -->"},`, 20000)
	r.write("comments", "["+many+`{"id": 9, "user": {"login": "octocat"}, "body": ""}]`)
	code, printed, _ = r.execute("prompts.yml", "Comment", env)
	require.Zero(t, code, printed)
	require.Equal(t, "PATCH repos/team/todos/issues/comments/1000000001", r.asked())

	// Without a summary there is nothing to say.
	r.write("asked", "")
	require.NoError(t, os.Truncate(filepath.Join(r.dir, "promptbench-report", "summary.md"), 0))
	code, printed, _ = r.execute("prompts.yml", "Comment", env)
	require.Zero(t, code, printed)
	require.Empty(t, r.asked())
}

// A grader that is a program is the base's, whatever a pull request makes of its
// script, of what that imports, and of the suite; and the base's gets no key.
func TestPullRequestRunsNoCodeOfItsOwn(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	const script = `import json, os, sys
input()
print('{"protocol": 1, "name": "base"}')
keys = [name for name, value in os.environ.items() if value.startswith("sk-")]
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "value": not keys, "reason": f"graded by the base {keys}"}))
`
	base := func(r *runner) {
		r.write("cases/grade.py", script)
		r.write("cases/todos.yaml", strings.Replace(
			r.read("cases/todos.yaml"), "graders: [", "graders: [{command: {name: ours, run: [python3, grade.py]}}, ", 1))
	}
	r := pullRequest(t, m.Server, func(r *runner) {
		evil := "open('" + filepath.Join(r.dir, "pwned") + "', 'w').close()\n"
		r.write("prompts/v2.prompt.yml", prompt("v2", "나쁜 개정"))
		r.write("cases/grade.py", evil+script)
		r.write("cases/json.py", evil)
		r.write("cases/todos.yaml", strings.Replace(r.read("cases/todos.yaml"), "grade.py", "json.py", 1))
	}, base)
	revisions, _ := r.changed()
	code, printed, _ := r.act(withKey(map[string]string{
		"revisions": strings.Join(revisions, "\n"), "args": "--concurrency=1",
	}))
	require.Equal(t, 3, code, printed)
	require.Contains(t, r.summary(), "ours")
	require.Contains(t, r.summary(), "### Not tested\n\nThe suite has graders that are programs")
	runs, err := filepath.Glob(filepath.Join(r.dir, "promptbench-report", "runs", "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, runs, 2)
	for _, run := range runs {
		data, err := os.ReadFile(run)
		require.NoError(t, err)
		require.Equal(t, 12, strings.Count(
			string(data), `"grader":"ours","value":1,"pass":true,"reason":"graded by the base []"`))
	}
	require.NoFileExists(t, filepath.Join(r.dir, "pwned"))
}

// A changed suite is run with the base's prompt, out of a directory of its own.
func TestPullRequestThatChangesCases(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := pullRequest(t, m.Server, func(r *runner) {
		r.write("cases/todos.yaml", r.read("cases/todos.yaml")+"  - {id: added, input: 새 입력, expect: {type: answer}}\n")
		require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(r.dir, "cases", "evil.yaml")))
	})
	revisions, _ := r.changed()
	require.Len(t, revisions, 1)
	require.NotContains(t, r.read("cases/todos.yaml"), "added")
	code, printed, outputs := r.act(withKey(map[string]string{"revisions": strings.Join(revisions, "\n")}))
	require.Zero(t, code, printed)
	require.Equal(t, "fine", outputs["outcome"])
	require.Len(t, m.Requests(), 13)
}

// A fork has no key: its job says so and fails nothing.
func TestPullRequestOfAFork(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := pullRequest(t, m.Server, func(r *runner) { r.write("prompts/v2.prompt.yml", prompt("v2", "나쁜 개정")) })
	revisions, _ := r.changed()
	code, printed, outputs := r.act(map[string]string{
		"revisions": strings.Join(revisions, "\n"), "api-key-env": "TEAM_KEY",
	})
	require.Zero(t, code, printed)
	require.Equal(t, "skipped", outputs["outcome"])
	require.Empty(t, m.Requests())
	require.Contains(t, r.summary(), "### Not tested\n\nThere is no key here (forks get none)")
	require.Contains(t, strings.Join(annotations(printed), "\n"), "::warning title=promptbench::Not tested")
	code, printed, _ = r.execute("prompts.yml", "Say that it was tested", nil)
	require.Zero(t, code, printed)
	skipped := files(t)["prompts.yml"].root.Get("jobs").Get("tested").Get("if").Text()
	require.Equal(t, "needs.compare.outputs.outcome != '' && needs.compare.outputs.outcome != 'skipped'", skipped)
}

// A description is not sent, so nothing is compared.
func TestNothingThatIsSentChanged(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	r := pullRequest(t, m.Server, func(r *runner) {
		r.write("prompts/v2.prompt.yml", "description: 더 나은 설명\n"+r.read("prompts/v2.prompt.yml"))
	})
	revisions, _ := r.changed()
	code, printed, outputs := r.act(withKey(map[string]string{"revisions": strings.Join(revisions, "\n")}))
	require.Zero(t, code, printed)
	require.Equal(t, "skipped", outputs["outcome"])
	require.Contains(t, r.summary(), "The requests to the model did not change")
}

// fakeGh puts a gh in place that takes a token and keeps what it was asked: it
// knows one page of comments, the runs of workflows that stand in files by their
// number, and what --field body=@FILE holds.
func (r *runner) fakeGh(token string) {
	r.t.Helper()
	script := `#!/usr/bin/env bash
set -euo pipefail
[ "$GH_TOKEN" = '` + token + `' ] && [ "$1" = api ] || exit 9
shift
method=GET jq= body= path=
while [ $# -gt 0 ]; do
  case $1 in
  --method) method=$2; shift ;;
  --jq) jq=$2; shift ;;
  --field) body=${2#body=@}; shift ;;
  --silent | --paginate) ;;
  *) path=$1 ;;
  esac
  shift
done
if [ "$method" = GET ]; then
  case $path in
  repos/team/todos/issues/*) file=$GITHUB_WORKSPACE/comments ;;
  repos/team/todos/actions/runs/*) file=$RUNNER_TEMP/run-${path##*/} ;;
  *) exit 9 ;;
  esac
  [ -f "$file" ] || { echo 'gh: Not Found (HTTP 404)' >&2; exit 1; }
  jq -r "$jq" "$file"
  exit
fi
echo "$method $path" >"$GITHUB_WORKSPACE/asked"
cp "$body" "$GITHUB_WORKSPACE/comment"
`
	path := filepath.Join(r.home, "bin", "gh")
	require.NoError(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(r.t, os.WriteFile(path, []byte(script), 0o700))
	r.write("comments", "[]")
}

func (r *runner) asked() string { return strings.TrimSpace(r.read("asked")) }
