// Package mutate tries a program with broken files and odd flags: whatever they are, it ends
// soon, in little memory, with an exit code of its own and without a panic.
package mutate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"promptbench/internal/testing/peak"
)

// The limits of one command.
const (
	MaxWall   = 5 * time.Second
	MaxMemory = 1 << 20 // in KiB
)

// A Trial is one command on one mutated project.
type Trial struct {
	Number uint64 // of the mutation: the same one is the same trial
	Args   []string
	File   string // that was changed; empty if flags were
	Wall   time.Duration
	Memory int64  // in KiB
	Fault  string // what is wrong; empty if nothing is
	Dir    string // of the project, which stays if something is wrong
}

// String tells the trial in one line, to try it again.
func (t Trial) String() string {
	return fmt.Sprintf("trial %d: %s (promptbench %.300q, changed %q, %.1f s, %d MB), in %s",
		t.Number, t.Fault, t.Args, t.File, t.Wall.Seconds(), t.Memory>>10, t.Dir)
}

// commands are those that make no call and ask nothing. RUN stands for a run file.
func commands() []string {
	return []string{
		"validate", "plan prompts/v3", "run prompts/v3 --offline", "run prompts/v2 prompts/v3 --offline",
		"compare prompts/v2 prompts/v3", "compare RUN RUN", "report RUN", "report prompts/v3 --format json",
		"report RUN --format html", "report RUN --format junit", "report RUN --format csv", "show RUN --failed",
		"show RUN", "regrade RUN", "history", "history --format html", "runs", "runs redact RUN", "runs prune",
		"noise prompts/v3 --offline", "baseline set RUN", "import promptfooconfig.yaml -o new",
		"import table.csv -o new", "import v.prompt.yml -o new",
		"import samples.jsonl -o new", "validate --suite cases/table.yaml", "validate --suite cases/lines.yaml",
		"run prompts/v3 --offline --suite cases/table.yaml", "judge calibrate --offline", "init new",
	}
}

// fault are the words of a program that broke.
var fault = regexp.MustCompile(`(?m)^panic: |^goroutine \d+ |^fatal error: |runtime error: |^unexpected fault address`)

// A Seed is a project to mutate and the program to try with it.
type Seed struct {
	program string
	dir     string // of the project
	flags   map[string][]string
}

// Plant reads the flags of the program. The project is one that [WriteProject] made.
func Plant(ctx context.Context, program, dir string) (*Seed, error) {
	s := &Seed{program: program, dir: dir, flags: map[string][]string{}}
	known := regexp.MustCompile(`--[a-z][a-z-]+`)
	for _, line := range commands() {
		name, _, _ := strings.Cut(line, " ")
		if s.flags[name] != nil {
			continue
		}
		help, err := exec.CommandContext(ctx, program, name, "--help").Output()
		if err != nil {
			return nil, fmt.Errorf("asking %s %s for its flags: %w", program, name, err)
		}
		s.flags[name] = slices.DeleteFunc(known.FindAllString(string(help), -1), func(flag string) bool {
			waits := []string{"--pprof", "--nats", "--queue", "--detach", "--batch"} // for others
			return slices.Contains(waits, flag)
		})
	}
	return s, nil
}

// Try makes one trial in a new directory under tmp, and once more if it took too long: the
// machine may have been busy.
func (s *Seed) Try(ctx context.Context, tmp string, number uint64) (Trial, error) {
	t, err := s.try(ctx, tmp, number)
	if err == nil && t.Wall > MaxWall {
		if err := os.RemoveAll(t.Dir); err != nil {
			return t, err
		}
		return s.try(ctx, tmp, number)
	}
	return t, err
}

func (s *Seed) try(ctx context.Context, tmp string, number uint64) (t Trial, err error) {
	random := rand.New(rand.NewPCG(number, 0))
	t.Number = number
	dir, err := os.MkdirTemp(tmp, "trial-*")
	if err != nil {
		return t, err
	}
	t.Dir = dir
	defer func() {
		if t.Fault == "" {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		return t, err
	}
	files, err := filesOf(dir)
	if err != nil {
		return t, err
	}
	lines := commands()
	t.Args = strings.Fields(lines[random.IntN(len(lines))])
	for i, arg := range t.Args {
		if arg == "RUN" {
			t.Args[i] = files.runs[random.IntN(len(files.runs))]
		}
	}
	if random.IntN(4) == 0 {
		t.Args = oddFlags(random, t.Args, s.flags[t.Args[0]])
	} else {
		t.File = files.all[random.IntN(len(files.all))]
		if err := change(random, filepath.Join(dir, t.File)); err != nil {
			return t, err
		}
	}
	return t, s.run(ctx, dir, &t)
}

// run runs the command of a trial and judges how it ends.
func (s *Seed) run(ctx context.Context, dir string, t *Trial) error {
	ctx, cancel := context.WithTimeout(ctx, 2*MaxWall)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, s.program, t.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, &said, &said, MaxWall
	cmd.Env = append(os.Environ(), "OPENAI_API_KEY=none", "OPENAI_BASE_URL=http://127.0.0.1:1/v1", "HOME="+dir,
		"PAGER=cat")
	start := time.Now()
	err := cmd.Run()
	t.Wall = time.Since(start)
	if cmd.ProcessState == nil {
		return fmt.Errorf("trial %d: %w", t.Number, err)
	}
	t.Memory = peak.Memory(cmd.ProcessState)
	code := cmd.ProcessState.ExitCode()
	switch broken := fault.FindString(said.String()); {
	case broken != "":
		t.Fault = "it broke: " + broken
	case t.Wall > MaxWall:
		t.Fault = fmt.Sprintf("it took more than %v", MaxWall)
	case t.Memory > MaxMemory:
		t.Fault = "it took more than 1 GB"
	case code < 0 || code > 4:
		t.Fault = fmt.Sprintf("its exit code is %d", code)
	}
	return nil
}

// projectFiles are the files of a project, relative to it.
type projectFiles struct{ all, runs []string }

func filesOf(dir string) (out projectFiles, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out.all = append(out.all, name)
		if strings.HasPrefix(filepath.ToSlash(name), "runs/") {
			out.runs = append(out.runs, name)
		}
		return err
	})
	if err == nil && len(out.runs) == 0 {
		err = errors.New("the project has no run")
	}
	return out, err
}
