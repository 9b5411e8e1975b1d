package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// state is what the commands of one script keep.
type state struct {
	server *fakeopenai.Server
	rules  *rules
	asked  int // requests that an asked has counted
	handed int // batches that a handed has counted
}

type stateKey struct{}

func stateOf(ts *testscript.TestScript) *state { return ts.Value(stateKey{}).(*state) } //nolint:errcheck // set by Setup

func noNegation(ts *testscript.TestScript, neg bool, usage string, ok bool) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// cmdProject copies the project that most scripts work on.
func cmdProject(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "project", len(args) == 0)
	source := os.DirFS(ts.Getenv("PROJECT"))
	ts.Check(fs.WalkDir(source, ".", func(path string, d fs.DirEntry, err error) error {
		target := ts.MkAbs(path)
		if err != nil || d.IsDir() {
			return errors.Join(err, os.MkdirAll(target, 0o755))
		}
		if _, err := os.Stat(target); err == nil {
			return nil
		}
		data, err := fs.ReadFile(source, path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	}))
}

// cmdServer starts a server in place of the one before.
func cmdServer(ts *testscript.TestScript, neg bool, args []string) {
	file, key, model, plans := "replies.jsonl", "", "", ""
	for ; len(args) > 1 && strings.HasPrefix(args[0], "-"); args = args[2:] {
		switch args[0] {
		case "-key":
			key = args[1]
		case "-model":
			model = args[1]
		case "-batches":
			plans = args[1]
		}
	}
	noNegation(ts, neg, "server [-key KEY] [-model ID] [-batches FILE] [FILE]", len(args) < 2)
	if len(args) == 1 {
		file = args[0]
	}
	answers, err := parseRules(ts.ReadFile(file))
	if err != nil {
		ts.Fatalf("%s: %v", file, err)
	}
	s := stateOf(ts)
	if s.server != nil {
		s.server.Close()
	}
	s.server, s.rules, s.asked = fakeopenai.New(answers.answer), answers, 0
	s.handed = 0
	if plans != "" {
		s.server.Batches(parsePlans(ts, plans), nil)
	}
	if key != "" {
		s.server.RequireKey(key)
	}
	if model != "" {
		s.server.KnowModels(model)
	}
	ts.Defer(s.server.Close)
	ts.Setenv("URL", s.server.URL())
}

func cmdDown(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "down", len(args) == 0)
	stateOf(ts).server.Close()
}

func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "asked N", len(args) == 1)
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := stateOf(ts)
	all := len(s.server.Requests())
	if got := all - s.asked; got != want {
		ts.Fatalf("the server was sent %d requests, not %d", got, want)
	}
	s.asked = all
}

// cmdArrived waits until the server has been sent so many requests.
func cmdArrived(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "arrived N", len(args) == 1)
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	stateOf(ts).rules.wait(n)
}

// parsePlans reads what becomes of the first, second, … batch, a line each; all
// further ones are completed.
func parsePlans(ts *testscript.TestScript, file string) func(n int) fakeopenai.BatchPlan {
	var plans []fakeopenai.BatchPlan
	for line := range strings.Lines(ts.ReadFile(file)) {
		var plan fakeopenai.BatchPlan
		if err := json.Unmarshal([]byte(line), &plan); err != nil {
			ts.Fatalf("%s: %v", file, err)
		}
		plans = append(plans, plan)
	}
	return func(n int) fakeopenai.BatchPlan {
		if n > len(plans) {
			return fakeopenai.BatchPlan{}
		}
		return plans[n-1]
	}
}

func cmdHanded(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "handed N…", len(args) > 0)
	s := stateOf(ts)
	all := s.server.SubmittedBatches()
	var got []string
	for _, b := range all[s.handed:] {
		got = append(got, strconv.Itoa(len(b.Keys)))
	}
	if slices.Equal(args, []string{"0"}) {
		args = nil
	}
	if !slices.Equal(got, args) {
		ts.Fatalf("the server was handed batches of %v requests, not of %v", got, args)
	}
	s.handed = len(all)
}

func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "requests FILE", len(args) == 1)
	var b strings.Builder
	for _, r := range stateOf(ts).server.Requests() {
		b.Write(r.Body)
		b.WriteByte('\n')
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "exits CODE PROGRAM …", len(args) > 1)
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
	if args[1] == "promptbench" {
		ts.Check(checkResult(args[2:], ts.ReadFile("stdout")))
	}
}

// cmdNewRun names the newest run file of a prompt.
func cmdNewRun(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "newrun NAME PROMPT", len(args) == 2)
	found, err := runfile.Find(ts.MkAbs("runs"), func(h runfile.Header) bool { return h.Prompt.Name == args[1] })
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("no run of %s", args[1])
	}
	relative, err := filepath.Rel(ts.MkAbs("."), found[0].Path)
	ts.Check(err)
	ts.Setenv(args[0], relative)
	ts.Setenv(args[0]+"_ID", strings.TrimSuffix(filepath.Base(relative), runfile.Ext))
}

// volatile matches what two runs of one thing can't have in common: ids, moments
// and how long calls took.
func volatile() *regexp.Regexp {
	return regexp.MustCompile(`\d{8}T\d{6}Z-[\w.-]+-[0-9a-f]{6}|\d{4}-\d\d-\d\d(T[\d:.]+Z)?|"latency[^,}]*|\d+ ms`)
}

// cmdSame compares two outputs, run ids and moments aside.
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "same FILE FILE", len(args) == 2)
	a, b := volatile().ReplaceAllString(ts.ReadFile(args[0]), "…"), volatile().ReplaceAllString(ts.ReadFile(args[1]), "…")
	if a != b {
		ts.Fatalf("%s and %s differ:\n%s\n---\n%s", args[0], args[1], a, b)
	}
}

// wants are the fields that every line of a kind has.
func wants() map[string][]string {
	return map[string][]string{
		runfile.KindHeader: {"schema", "run", "prompt", "suite", "model", "reply", "graders", "trials", "tool", "started"},
		runfile.KindCase:   {"case", "input", "expect", "input_hash"},
		runfile.KindCall:   {"key", "case", "trial", "for", "reply", "latency_ms", "attempts"},
		runfile.KindTrial:  {"case", "trial", "key"},
		runfile.KindQueue:  {"lane", "at"},
		runfile.KindBatch:  {"piece", "state", "at"},
		runfile.KindEnd:    {"status", "trials", "calls", "replayed", "errors", "unscored"},
	}
}

// cmdWellformed holds run files to the shapes that other programs rely on.
func cmdWellformed(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "wellformed FILE…", len(args) > 0)
	for _, file := range args {
		text := ts.ReadFile(file)
		if !strings.HasSuffix(text, "\n") {
			ts.Fatalf("%s: the last line has no line break", file)
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		kinds := map[string]int{}
		for i, line := range lines {
			var record map[string]json.RawMessage
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				ts.Fatalf("%s:%d: %v", file, i+1, err)
			}
			kind := strings.Trim(string(record["kind"]), `"`)
			if kind != runfile.KindCall || strings.Contains(line, `"for":"reply"`) {
				kinds[kind]++ // a judge's calls have no trial of their own
			}
			for _, field := range wants()[kind] {
				if _, ok := record[field]; !ok {
					ts.Fatalf("%s:%d: %s has no %s: %s", file, i+1, kind, field, line)
				}
			}
			first, last := i == 0, i == len(lines)-1
			if wants()[kind] == nil || first != (kind == runfile.KindHeader) || last != (kind == runfile.KindEnd) {
				ts.Fatalf("%s:%d: a line of kind %q stands here", file, i+1, kind)
			}
			_, at := record["at"]
			if !at && kind == runfile.KindCall && !strings.Contains(line, `"not_recorded"`) {
				ts.Fatalf("%s:%d: a call that was made says no time: %s", file, i+1, line)
			}
			_, scores := record["scores"]
			_, failed := record["error"]
			if kind == runfile.KindTrial && scores == failed {
				ts.Fatalf("%s:%d: a trial has either scores or an error: %s", file, i+1, line)
			}
		}
		pairwise := strings.Contains(lines[0], `"pairwise":{`) // whose trials grade no reply of their own
		if !pairwise && kinds[runfile.KindCall] != kinds[runfile.KindTrial] {
			ts.Fatalf("%s: %d calls for %d trials", file, kinds[runfile.KindCall], kinds[runfile.KindTrial])
		}
	}
}
