package suite

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

const commandName = "command"

const (
	// defaultTimeout is how long a command may take over one sample.
	defaultTimeout = 30 * time.Second
	// maxProcesses is how many processes one command may be kept open in.
	maxProcesses = 64
	// maxIdentity is up to which size a file is read that is part of what a command is.
	maxIdentity = 64 << 20
)

// A Command is the program that a grader is. Loading a suite neither starts it
// nor looks for it.
type Command struct {
	Run       []string // the program and its arguments, at least one
	Dir       string   // that of the suite's file: the working directory, and where relative paths start
	Timeout   time.Duration
	Processes int      // how many are kept open
	Env       []string // variables that it gets although they look like secrets
}

type commandBlock struct {
	Name      string   `yaml:"name"`
	Run       []string `yaml:"run" required:"true"`
	Timeout   string   `yaml:"timeout"`
	Processes *int     `yaml:"processes"`
	Files     []string `yaml:"files"`
	Env       []string `yaml:"env"`
}

// command reads a command grader. Its parameters are what it is: the name, the
// program with its arguments, and the hashes of the files among these.
func (l *loader) command(b *graderBlock, e *GraderEntry) {
	before := len(l.probs)
	var c commandBlock
	at := b.value.At
	switch b.value.Kind() {
	case strictyaml.List:
		l.probs = append(l.probs, b.value.Decode(&c.Run)...)
		at = func(path ...any) strictyaml.Node { return b.value.At(path[1:]...) }
	case strictyaml.Mapping:
		l.probs = append(l.probs, b.value.Decode(&c)...)
	case strictyaml.Text:
		hint := "it is a list of the program and its arguments, such as [python3, grade.py]"
		if words := strings.Fields(b.value.Text()); b.value != b.key && len(words) > 0 {
			hint = fmt.Sprintf("no shell reads it; write it as a list: [%s]", strings.Join(words, ", "))
		}
		l.fail(b.value, "a command is no text", hint)
	default:
		l.fail(b.value, "expected a list, or {run: …}, found "+b.value.Describe(), "such as [python3, grade.py]")
	}
	if len(l.probs) > before {
		return
	}
	if len(c.Run) == 0 || strings.TrimSpace(c.Run[0]) == "" {
		l.fail(at("run"), "the command is empty", "name the program and its arguments, such as [python3, grade.py]")
		return
	}
	out := Command{
		Run: c.Run, Dir: filepath.Dir(b.key.File()), Env: c.Env, Timeout: defaultTimeout, Processes: 1,
	}
	if c.Timeout != "" {
		var err error
		if out.Timeout, err = time.ParseDuration(c.Timeout); err != nil || out.Timeout <= 0 {
			l.fail(at("timeout"), "expected how long one sample may take, found "+at("timeout").Describe(),
				"such as 10s, 500ms or 2m")
		}
	}
	if c.Processes != nil {
		if out.Processes = *c.Processes; out.Processes < 1 || out.Processes > maxProcesses {
			l.fail(at("processes"), fmt.Sprintf("processes must be from 1 to %d, found %d", maxProcesses, out.Processes), "")
		}
	}
	for i, name := range c.Env {
		if name == "" || strings.ContainsAny(name, "= ") {
			l.fail(at("env", i), "expected the name of a variable, found "+at("env", i).Describe(),
				"name it, its value comes from the environment")
		}
	}
	files, script := l.commandFiles(c, at)
	e.Score = cmp.Or(c.Name, strings.TrimSuffix(filepath.Base(script), filepath.Ext(script)))
	for _, bad := range graders.ParamErrors(graders.CheckName(e.Score)) {
		if c.Name != "" {
			l.fail(at("name"), bad.Msg, bad.Hint)
		} else {
			l.fail(b.key, "its file gives this grader its name, but "+bad.Msg, "name it: command: {name: …, run: …}")
		}
	}
	e.Command = &out
	params := map[string]any{"name": e.Score, "run": c.Run, "files": files}
	e.Params, _ = strictyaml.Canonical(params) // texts always encode
}

// commandFiles hashes the files that are part of what a command is: those among
// its words, and those that it lists. It returns the first of its arguments that
// is a file, or else the program.
func (l *loader) commandFiles(
	c commandBlock, at func(...any) strictyaml.Node,
) (hashes map[string]string, script string) {
	hashes, script = map[string]string{}, ""
	here := at("run").File()
	for i, word := range c.Run {
		if i == 0 && !strings.ContainsAny(word, `/\`) || strings.HasPrefix(word, "-") {
			continue // found on the PATH, or a flag
		}
		sum, err := l.fileHash(relativeTo(here, word))
		switch {
		case err == nil:
			hashes[word] = sum
			if i > 0 && script == "" {
				script = word
			}
		case i > 0 && script == "" && isScript(word):
			l.failToRead(at("run", i), word, err)
			script = word
		}
	}
	if script == "" {
		script = c.Run[0]
	}
	for i, name := range c.Files {
		sum, err := l.fileHash(relativeTo(here, name))
		if err != nil {
			l.failToRead(at("files", i), name, err)
			continue
		}
		hashes[name] = sum
	}
	return hashes, filepath.ToSlash(script)
}

// isScript tells by its name that a word is a file to run, so that one which is
// not there is a mistake.
func isScript(word string) bool {
	return slices.Contains([]string{
		".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".sh", ".lua", ".php", ".r", ".jl", ".ps1",
	}, strings.ToLower(filepath.Ext(word)))
}

// fileHash is the hex SHA-256 of a file, whose line ends count as line feeds: a
// checkout on Windows is no other grader.
func (l *loader) fileHash(name string) (string, error) {
	data, err := l.readUpTo(name, maxIdentity)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(sum[:]), nil
}
