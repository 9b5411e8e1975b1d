package cases

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/run/project"
)

const head = "reply: {types: [answer, question], json: {type: $.type, items: '$.items[*]'}}\ngraders: [case_type]\n"

const twoProposed = `suite: proposed
extends: s.yaml
cases:
  - {id: case-1, input: 하나, expect: {type: answer}, group: a, note: "proposed"}
  - {id: case-2, input: 둘, expect: {type: TODO}}
`

// accepted writes a project, accepts proposed cases and returns its files afterwards.
func accepted(t *testing.T, files map[string]string, want ...string) (done *Accepted, read func(string) string, err error) {
	t.Helper()
	dir := t.TempDir()
	files["promptbench.yaml"] = "model: m\nmodels: {m: {endpoint: openai, model: m}}\n"
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	o := project.Options{Suite: filepath.Join(dir, "s.yaml"), Config: filepath.Join(dir, "promptbench.yaml")}
	done, err = Accept(t.Context(), o, filepath.Join(dir, "proposed.yaml"), want)
	return done, func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return ""
		}
		return string(data)
	}, err
}

// Cases come to where the suite has its cases. A case whose paraphrase is accepted gets the group, too.
func TestAccept(t *testing.T) {
	t.Parallel()
	inline := head + "cases:\n  - {id: a, input: 일, expect: {type: answer}} # mine\n"
	done, read, err := accepted(t, map[string]string{"s.yaml": inline, "proposed.yaml": twoProposed}, AcceptAll)
	require.NoError(t, err)
	require.Equal(t, []string{"case-1"}, done.IDs)
	require.Equal(t, []string{"a"}, done.Group)
	require.Equal(t, 1, done.Left)
	require.Equal(t, head+"cases:\n  - {id: a, group: a, input: 일, expect: {type: answer}} # mine\n"+
		"  - {id: case-1, input: 하나, expect: {type: answer}, group: a, note: \"proposed\"}\n", read("s.yaml"))
	require.NotContains(t, read("proposed.yaml"), "case-1")

	done, read, err = accepted(t, map[string]string{
		"s.yaml": head + "cases: {file: list.jsonl}\n", "proposed.yaml": twoProposed,
		"list.jsonl": `{"id":"a","input":"일","expect":{"type":"answer"}}` + "\n",
	}, "case-2=question", "case-1")
	require.NoError(t, err)
	require.Zero(t, done.Left)
	require.Empty(t, read("proposed.yaml"), "no case is left in it")
	require.Equal(t, []string{
		`{"id":"a","input":"일","expect":{"type":"answer"},"group":"a"}`,
		`{"id":"case-2","input":"둘","expect":{"type":"question"}}`,
		`{"id":"case-1","input":"하나","note":"proposed","group":"a","expect":{"type":"answer"}}`, "",
	}, strings.Split(read("list.jsonl"), "\n"))

	done, read, err = accepted(t, map[string]string{
		"s.yaml": "suite: s\nextends: base.yaml\n", "base.yaml": inline, "proposed.yaml": twoProposed,
	}, "case-2=answer")
	require.NoError(t, err)
	require.Contains(t, read("base.yaml"), "case-2")
	require.Equal(t, "suite: s\nextends: base.yaml\n", read("s.yaml"))
	require.Equal(t, 1, done.Left)

	sealed := "sealed: 50%\n" + inline + "  - {id: b, input: 이, expect: {type: answer}}\n"
	done, read, err = accepted(t, map[string]string{"s.yaml": sealed, "proposed.yaml": twoProposed}, "case-1")
	require.NoError(t, err)
	require.Len(t, done.Hints, 1, "a group can change what is sealed, so a person gives it")
	require.NotContains(t, read("s.yaml"), "id: a, group")
}

// What cannot be accepted leaves every file as it was.
func TestAcceptRefused(t *testing.T) {
	t.Parallel()
	inline := head + "cases:\n  - {id: a, input: 하나!, expect: {type: answer}}\n"
	for name, c := range map[string]struct {
		suite, id, want string
	}{
		"repeats a case":      {inline, "case-1", "the input of case-1 repeats the case a (delete it from the proposed cases)"},
		"no such case":        {inline, "case-3=answer", `there is no proposed case case-3 (did you mean case-`},
		"a type of no reply":  {inline, "case-2=maybe", "the case case-2 expects the type maybe"},
		"a table":             {head + "cases: {file: a.csv}\n", "case-2=answer", "cases cannot be added to a file of this format"},
		"all on one line":     {head + "cases: [{id: a, input: 일}]\n", "case-2=answer", "does not begin on a line of its own"},
		"an id that is taken": {head + "cases:\n  - {id: case-2, input: 이}\n", "case-2=answer", "so it stays as it was"},
	} {
		_, read, err := accepted(t, map[string]string{
			"s.yaml": c.suite, "proposed.yaml": twoProposed, "a.csv": "id,input\na,일\n",
		}, c.id)
		require.ErrorContains(t, err, c.want, name)
		require.Equal(t, c.suite, read("s.yaml"), name)
		require.Equal(t, twoProposed, read("proposed.yaml"), name)
	}
}
