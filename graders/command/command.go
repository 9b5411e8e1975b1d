// Package command has graders that are programs of their own, in any language:
// processes that are kept open and asked about one sample after the other, one
// JSON object a line each way. graders.Serve is the other side in Go, and
// docs/custom-graders.md describes the protocol for everyone else.
//
// [New] makes a [Grader] and starts nothing. [Grader.Start] starts a process and
// asks it what it is, so that one which does not work is found out before anything
// is paid for; [Grader.Close] ends all of them.
//
// A sample that a process fails to answer is unscored, with the reason and the
// last lines of its standard error, and is not tried again: what a crash hides,
// a second try would hide better. The process is ended with all that it started,
// and the next sample gets a new one. After [MaxFailures] failures in a row the
// program is not started any more.
//
// The parts, one file each: pool.go hands samples to processes, process.go is
// one process with its streams, tail.go keeps the end of its standard error, and
// group_unix.go, parent_linux.go and group_windows.go end a process with its
// children.
package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"promptbench/graders"
)

const (
	// DefaultTimeout is how long one sample may take where nothing else is said.
	DefaultTimeout = 30 * time.Second
	// StartTimeout is how long a program may take until it has said what it is, or
	// longer where a sample may take longer.
	StartTimeout = time.Minute
	// MaxFailures is after how many failures in a row a program is given up.
	MaxFailures = 3
)

// Options say what to run. Only Name and Run are required.
type Options struct {
	Name      string   // of the score
	Run       []string // the program and its arguments; no shell is involved
	Dir       string   // the working directory, and where a program with a slash in its name is looked for
	Env       []string // the whole environment, as in [exec.Cmd]
	Timeout   time.Duration
	Processes int // how many samples are graded at once, by a process each; 0 means 1

	// Params tell this grader from others in its Spec: a canonical JSON object.
	Params json.RawMessage
}

// A Grader is a program. Its methods may be called from many goroutines.
type Grader struct {
	options Options
	slots   chan *slot // those that grade nothing

	mu       sync.Mutex
	says     *graders.Says // nil until a process has said it
	failures int           // in a row
	last     string        // why the last one was
	closed   bool
}

// New makes a grader of a program that is not looked for or started yet.
func New(o Options) (*Grader, error) {
	if err := graders.CheckName(o.Name); err != nil {
		return nil, err
	}
	if len(o.Run) == 0 || o.Run[0] == "" {
		return nil, &graders.ParamError{Path: []any{"run"}, Msg: "the command is empty"}
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	o.Processes = max(1, o.Processes)
	g := &Grader{options: o, slots: make(chan *slot, o.Processes)}
	for range o.Processes {
		g.slots <- &slot{}
	}
	return g, nil
}

// Spec implements [graders.Grader]. What the program says that it is stands in
// it once a process has been started.
func (g *Grader) Spec() graders.Spec {
	s := graders.Spec{Name: g.options.Name, Kind: "command", Version: graders.Protocol, Params: g.options.Params}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.says != nil {
		s.Says = g.says.String()
	}
	return s
}

// Start starts a process, unless there is one, and waits until it has said what
// it is.
func (g *Grader) Start(ctx context.Context) error {
	s, err := g.take(ctx)
	if err != nil {
		return err
	}
	defer g.give(s)
	return g.open(ctx, s)
}

// Grade implements [graders.Grader]. A reply that could not be read scores 0
// without the program being asked.
func (g *Grader) Grade(ctx context.Context, sample graders.Sample) ([]graders.Score, error) {
	if !sample.Reply.Readable() {
		return []graders.Score{g.named(graders.Unreadable(sample.Reply))}, nil
	}
	s, err := g.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("grading %s: %w", g.options.Name, err)
	}
	defer g.give(s)
	score, err := g.ask(ctx, s, sample)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("grading %s: %w", g.options.Name, context.Cause(ctx))
	}
	if err != nil {
		score = graders.Unscored("the command: " + err.Error())
	}
	return []graders.Score{g.named(score)}, nil
}

func (g *Grader) named(s graders.Score) graders.Score {
	s.Grader = g.options.Name
	return s
}

// Look reports whether the program is there, without starting it. The error says
// what was looked for and where.
func Look(run []string, dir string) error {
	_, err := find(run, dir)
	return err
}

// find returns the path of the program.
func find(run []string, dir string) (string, error) {
	name := run[0]
	if !strings.ContainsAny(name, `/\`) {
		path, err := exec.LookPath(name)
		if errors.Is(err, exec.ErrNotFound) {
			return "", fmt.Errorf("there is no program %s on the PATH", name)
		}
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			return "", fmt.Errorf("looking for the program %s: %w", name, err)
		}
		return path, nil
	}
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	path, err := filepath.Abs(path)
	if err == nil {
		path, err = exec.LookPath(path) // Windows adds .exe and the like
	}
	if err != nil {
		return "", fmt.Errorf("the program %s can't be run: %w", name, cause(err))
	}
	return path, nil
}

// cause leaves out the paths that an error repeats.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
