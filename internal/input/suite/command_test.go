package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func withGraders(lines ...string) string {
	return "reply: {types: [answer, question]}\ngraders:\n  - " +
		"" + strings.Join(lines, "\n  - ") + "\ncases: [{id: a, input: 가}]\n"
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestCommandsHaveANameBeforeAnythingIsStarted(t *testing.T) {
	t.Parallel()
	disk := map[string]string{"cases/tone.py": "print(1)\r\n", "cases/lib/words.json": "[]", "cases/grade": "ELF"}
	s := load(t, withGraders(
		"command: [python3, -u, tone.py, lib/words.json]",
		"command: {name: 말투, run: [node, -e, '1'], timeout: 1500ms, processes: 4, files: [lib/words.json], env: [HF_TOKEN]}",
		"command: [./grade, --strict]",
		"command: [tone-of-voice.exe]",
		"expression: {name: short, check: len(items) < 4, applies_to: answer}",
		"case_type",
	), disk)
	require.Equal(t, []string{"tone", "말투", "grade", "tone-of-voice", "short", "case_type"}, s.ScoreNames())
	for i, want := range []struct {
		command *Command
		params  map[string]any
	}{
		{
			&Command{
				Run: []string{"python3", "-u", "tone.py", "lib/words.json"}, Dir: "cases", Timeout: 30 * time.Second, Processes: 1,
			},
			map[string]any{ // line ends are those of the checkout, and no part of the grader
				"name": "tone", "run": []string{"python3", "-u", "tone.py", "lib/words.json"},
				"files": map[string]string{"tone.py": hashOf("print(1)\n"), "lib/words.json": hashOf("[]")},
			},
		},
		{
			&Command{
				Run: []string{"node", "-e", "1"}, Dir: "cases", Timeout: 1500 * time.Millisecond, Processes: 4,
				Env: []string{"HF_TOKEN"},
			},
			map[string]any{
				"name": "말투", "run": []string{"node", "-e", "1"}, "files": map[string]string{"lib/words.json": hashOf("[]")},
			},
		},
		{
			&Command{Run: []string{"./grade", "--strict"}, Dir: "cases", Timeout: 30 * time.Second, Processes: 1},
			map[string]any{
				"name": "grade", "run": []string{"./grade", "--strict"}, "files": map[string]string{"./grade": hashOf("ELF")},
			},
		},
		{
			&Command{Run: []string{"tone-of-voice.exe"}, Dir: "cases", Timeout: 30 * time.Second, Processes: 1},
			map[string]any{"name": "tone-of-voice", "run": []string{"tone-of-voice.exe"}, "files": map[string]string{}},
		},
	} {
		require.Equal(t, want.command, s.Graders[i].Command)
		params, err := json.Marshal(want.params)
		require.NoError(t, err)
		require.JSONEq(t, string(params), string(s.Graders[i].Params))
		require.Equal(t, "command", s.Graders[i].Name)
		require.Equal(t, 3+i, s.Graders[i].Line)
	}
	require.Nil(t, s.Graders[4].Command)
}

// What a script says is part of the suite; how long it may take, and where it
// runs, is not.
func TestCommandIdentity(t *testing.T) {
	t.Parallel()
	hash := func(line, script string) string {
		return load(t, withGraders(line), map[string]string{"cases/tone.py": script}).Hash()
	}
	first := hash("command: [python3, tone.py]", "a")
	require.Equal(
		t, first, hash("command: {name: tone, run: [python3, tone.py], timeout: 1s, processes: 3, env: [A]}", "a"),
	)
	require.NotEqual(t, first, hash("command: [python3, tone.py]", "b"))
	require.NotEqual(t, first, hash("command: [python, tone.py]", "a"))
	require.NotEqual(t, first, hash("command: {name: voice, run: [python3, tone.py]}", "a"))
}

// A command stands in the file of the suite that has it, and there it runs.
func TestCommandOfTheSuiteThatIsExtended(t *testing.T) {
	t.Parallel()
	s := load(t, "extends: ../base/b.yaml\n", map[string]string{
		"base/b.yaml": withGraders("command: [python3, tone.py]"), "base/tone.py": "x",
	})
	require.Equal(t, "base", s.Graders[0].Command.Dir)
	require.Equal(t, "base/b.yaml", s.Graders[0].File)
	require.Contains(t, string(s.Graders[0].Params), hashOf("x"))
}

func TestMistakesInCommands(t *testing.T) {
	t.Parallel()
	disk := map[string]string{"cases/case_type.py": "", "cases/b c.py": ""}
	for line, want := range map[string]string{
		"command": `cases/s.yaml:3:5: a command is no text (it is a list ` +
			`of the program and its arguments, such as [python3, grade.py])`,
		"command: python3 grade.py": `cases/s.yaml:3:14: a command is no text (no shell ` +
			`reads it; write it as a list: [python3, grade.py])`,
		"command: 3": `cases/s.yaml:3:14: expected a list, or {run: …}, ` +
			`found 3 (such as [python3, grade.py])`,
		"command: []": `cases/s.yaml:3:14: the command is empty (name the ` +
			`program and its arguments, such as [python3, grade.py])`,
		"command: {run: ['']}": `cases/s.yaml:3:20: the command is empty (name the ` +
			`program and its arguments, such as [python3, grade.py])`,
		"command: {name: a}": `cases/s.yaml:3:14: the required key "run" is missing`,
		"command: {rum: [a], run: [a]}": `cases/s.yaml:3:15: unknown key "rum" (did you mean ` +
			`"run"?)`,
		"command: {run: a b}": `cases/s.yaml:3:20: expected a list, found "a b" ` +
			`(write it as a list: ["a b"])`,
		"command: {run: [a], timeout: 10}": `cases/s.yaml:3:34: expected how long one sample may ` +
			`take, found 10 (such as 10s, 500ms or 2m)`,
		"command: {run: [a], timeout: -1s}": `cases/s.yaml:3:34: expected how long one sample may ` +
			`take, found "-1s" (such as 10s, 500ms or 2m)`,
		"command: {run: [a], processes: 0}": `cases/s.yaml:3:36: processes must be from 1 to 64, ` +
			`found 0`,
		"command: {run: [a], env: [A=b]}": `cases/s.yaml:3:31: expected the name of a variable, ` +
			`found "A=b" (name it, its value comes from the environment)`,
		"command: {run: [a], files: [no.json]}": `cases/s.yaml:3:33: reading no.json: file does not ` +
			`exist (the path is relative to this file)`,
		"command: [python3, no.py]": `cases/s.yaml:3:24: reading no.py: file does not ` +
			`exist (the path is relative to this file)`,
		"command: {run: [python3, no.py]}": `cases/s.yaml:3:30: reading no.py: file does not ` +
			`exist (the path is relative to this file)`,
		"command: [python3, case_type.py]": `cases/s.yaml:3:5: its file gives this grader its ` +
			`name, but the name "case_type" is that of a built-in grader (name it: command: {name: …, run: …})`,
		"command: [python3, b c.py]": `cases/s.yaml:3:5: its file gives this grader its ` +
			`name, but the name "b c" has other characters than a name may (name it: command: {name: …, run: …})`,
		"command: {name: rubric/a, run: [a]}": `cases/s.yaml:3:21: the name "rubric/a" has other ` +
			`characters than a name may (use letters, digits, hyphens, underscores and dots)`,
		"comand: [a]": `cases/s.yaml:3:5: unknown grader "comand" (did you ` +
			`mean command?)`,
		"command: [a]\n  - command: [a, -x]": "cases/s.yaml:4:5: the grader a appears twice (first " +
			"at line 3, column 5; its scores would have the same names)",
		"expression: {name: a, check: item > 1}": `cases/s.yaml:3:34: check: unknown name item at ` +
			`character 1 (did you mean items?)`,
		"expression: len(items) < 4": `cases/s.yaml:3:5: the grader expression needs a name ` +
			`for its score (write it as {name: …, check: …})`,
		"expression: {check: 'true'}": `cases/s.yaml:3:17: name: the grader needs a name ` +
			`(its score has it)`,
		"expression: {name: a, check: 'true', applies_to: [anser]}": `cases/s.yaml:3:55: unknown type "anser" (did you ` +
			`mean "answer"?)`,
		"expression: {name: a, check: 'true'}\n  - command: {name: a, run: [a]}": "cases/s.yaml:4:5: the grader a appears " +
			"twice (first at line 3, column 5; its scores would have the same names)",
	} {
		_, probs := parse("cases/s.yaml", []byte(withGraders(line)), files(disk))
		require.EqualError(t, probs.Err(), want, line)
	}
}
