// Package command has graders that are programs of their own, in any language:
// processes that stay open and are asked about one sample after another, with one
// JSON object a line each way. graders.Serve is the other side in Go, and
// docs/custom-graders.md describes the protocol for everyone else.
//
// [New] makes a [Grader] and starts nothing. [Grader.Start] starts a process and
// asks what it is, so that a broken program is found before anything is paid for;
// [Grader.Close] ends all processes.
//
// A sample that a process fails to answer is unscored and broken, with the reason and
// the last lines of standard error. It is not tried again, which would hide crashes.
// The process and its children are ended, and the next sample gets a new process.
// After [MaxFailures] failures in a row the program is not started any more.
//
// Files: pool.go gives samples to processes, process.go is one process with its
// streams, tail.go keeps the end of standard error, and group_unix.go,
// parent_linux.go and group_windows.go end a process with its children.
package command

import (
	"cmp"
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

// Limits of a program.
const (
	DefaultTimeout = 30 * time.Second // of one sample
	StartTimeout   = time.Minute      // until a program has said what it is; or the sample's, if that is longer
	MaxFailures    = 3                // in a row, after which a program is not started any more
)

// Options say what to run. Only Name and Run are required.
type Options struct {
	Name      string        // of the score
	Run       []string      // the program and its arguments; no shell is involved
	Dir       string        // the working directory, and where a program with a slash in its name is looked for
	Env       []string      // the whole environment, as in [exec.Cmd]
	Timeout   time.Duration // of one sample; 0 means DefaultTimeout
	Processes int           // how many run at once, each with one sample; 0 means 1

	// Params tell this grader from others in its Spec: a canonical JSON object.
	Params json.RawMessage
}

// A Grader is a program. Its methods may be called from many goroutines.
type Grader struct {
	options Options
	slots   chan *slot // the idle ones

	mu          sync.Mutex
	says        *graders.Says // nil until a process has said it
	failures    int           // in a row
	lastFailure string
	closed      bool
}

// New makes a grader. It neither looks for the program nor starts it.
func New(o Options) (*Grader, error) {
	if err := graders.CheckName(o.Name); err != nil {
		return nil, err
	}
	if len(o.Run) == 0 || o.Run[0] == "" {
		return nil, &graders.ParamError{Path: []any{"run"}, Msg: "the command is empty"}
	}
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.Processes = max(1, o.Processes)
	g := &Grader{options: o, slots: make(chan *slot, o.Processes)}
	for range o.Processes {
		g.slots <- &slot{}
	}
	return g, nil
}

// Spec implements [graders.Grader]. Its Says is set once a process has started.
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
	s, err := g.takeSlot(ctx)
	if err != nil {
		return err
	}
	defer g.returnSlot(s)
	return g.fill(ctx, s)
}

// Grade implements [graders.Grader]. A reply that could not be read scores 0
// without the program being asked.
func (g *Grader) Grade(ctx context.Context, sample graders.Sample) ([]graders.Score, error) {
	score := graders.Unreadable(sample.Reply)
	if sample.IsReadable() {
		s, err := g.takeSlot(ctx)
		if err != nil {
			return nil, fmt.Errorf("grading %s: %w", g.options.Name, err)
		}
		defer g.returnSlot(s)
		err = g.ask(ctx, s, func(c *graders.Client) (err error) {
			score, err = c.Ask(sample)
			return err
		})
		if ctx.Err() != nil {
			return nil, fmt.Errorf("grading %s: %w", g.options.Name, context.Cause(ctx))
		}
		if fault, ok := errors.AsType[*graders.Fault](err); ok && !fault.Broken {
			score = graders.Unscored("the command: " + err.Error())
		} else if err != nil {
			score = graders.Broken("the command: " + err.Error())
		}
	}
	score.Grader = g.options.Name
	return []graders.Score{score}, nil
}

// Transform implements [graders.Transformer]: the program answers with a text in place
// of a score.
func (g *Grader) Transform(ctx context.Context, sample graders.Sample) (text string, err error) {
	s, err := g.takeSlot(ctx)
	if err != nil {
		return "", fmt.Errorf("transforming the reply: %w", err)
	}
	defer g.returnSlot(s)
	err = g.ask(ctx, s, func(c *graders.Client) (err error) {
		text, err = c.Transform(sample)
		return err
	})
	if ctx.Err() != nil {
		return "", fmt.Errorf("transforming the reply: %w", context.Cause(ctx))
	}
	if _, isReply := errors.AsType[*graders.TransformError](err); err != nil && !isReply {
		err = &graders.TransformError{Reason: "the command: " + err.Error(), Broken: true}
	}
	return text, err
}

// Look checks that the program exists, without starting it. The error says what
// was looked for and where.
func Look(run []string, dir string) error {
	_, err := find(run, dir)
	return err
}

func find(run []string, dir string) (string, error) {
	name := run[0]
	path := filepath.FromSlash(name)
	hasDir := strings.ContainsAny(name, `/\`)
	if hasDir && !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	path, err := exec.LookPath(path) // Windows adds .exe and the like
	if err == nil {
		path, err = filepath.Abs(path)
	}
	switch {
	case !hasDir && errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("there is no program %s on the PATH", name)
	case err != nil:
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
