package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"promptbench/graders"
)

// A process runs, and has three streams. They are pipes of our own: with those of
// package exec, a child that outlives the process could hold the output open for ever.
type process struct {
	client *graders.Client
	cmd    *exec.Cmd
	in     *os.File
	out    *os.File
	errOut *os.File
	stderr *tail
	read   chan struct{} // closed once standard error has ended
	ended  chan struct{} // closed once the process has, and its children with it
	killed atomic.Pointer[string]
}

func start(o Options) (*process, error) {
	path, err := find(o.Run, o.Dir)
	if err != nil {
		return nil, err
	}
	p := &process{
		cmd:    exec.Command(path, o.Run[1:]...), //nolint:noctx // it outlives each call, and is ended by hand
		stderr: &tail{},
		read:   make(chan struct{}),
		ended:  make(chan struct{}),
	}
	p.cmd.Args[0], p.cmd.Dir, p.cmd.Env = o.Run[0], o.Dir, o.Env
	if dir, err := filepath.Abs(o.Dir); err == nil && o.Env != nil {
		p.cmd.Env = append(slices.Clone(o.Env), "PWD="+dir) // else it would be ours
	}
	asGroup(p.cmd)
	theirs, err := p.pipes()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Run[0], err)
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs[0], theirs[1], theirs[2]
	err = p.cmd.Start()
	closeAll(theirs...)
	if err != nil {
		closeAll(p.in, p.out, p.errOut)
		return nil, fmt.Errorf("starting %s: %w", o.Run[0], cause(err))
	}
	p.client = graders.NewClient(p.out, p.in)
	go func() {
		_, _ = io.Copy(p.stderr, p.errOut)
		close(p.read)
	}()
	go func() {
		_ = p.cmd.Wait()    // how it ended stands in its state
		killChildren(p.cmd) // whatever it left behind holds its streams
		close(p.ended)
	}()
	return p, nil
}

// pipes makes the three pipes of a process and returns its ends of them.
func (p *process) pipes() (theirs []*os.File, err error) {
	var all []*os.File
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(all...)
			return nil, err
		}
		all = append(all, r, w)
	}
	p.in, p.out, p.errOut = all[1], all[2], all[4]
	return []*os.File{all[0], all[3], all[5]}, nil
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		_ = f.Close() // pipes lose nothing by it
	}
}

// limitTime does something with the process, which it kills at the limit and at the
// end of ctx.
func (p *process) limitTime(ctx context.Context, limit time.Duration, do func() error) error {
	late := fmt.Sprintf("it did not answer within %v; it has to write a line for each sample, and flush it", limit)
	stop := context.AfterFunc(ctx, func() { p.kill("it was given up") })
	timer := time.AfterFunc(limit, func() { p.kill(late) })
	err := do()
	inTime, isWanted := timer.Stop(), stop()
	if err == nil && !(inTime && isWanted) { // it is being killed while it answers
		return &graders.Fault{Reason: late, Broken: true}
	}
	return err
}

// kill ends the process with its children, and each read and write of its streams.
func (p *process) kill(why string) {
	p.killed.CompareAndSwap(nil, &why)
	p.end()
	closeAll(p.in, p.out)
}

// end kills what has not ended yet: afterwards its number may be another's.
func (p *process) end() {
	select {
	case <-p.ended:
	default:
		killGroup(p.cmd)
	}
}

// fail ends a process after an error, and adds to that what the process said last.
func (p *process) fail(ctx context.Context, err error) error {
	fault, ok := errors.AsType[*graders.Fault](err)
	ended := ok && fault.Ended
	if ended { // its last words are on their way
		select {
		case <-p.ended:
		case <-time.After(grace):
		case <-ctx.Done():
		}
	}
	p.end()
	closeAll(p.in)
	p.wait()
	reason := err.Error()
	switch why := p.killed.Load(); {
	case why != nil:
		reason = *why
	case ended:
		reason += " (" + p.state() + ")"
	}
	if said := p.stderr.String(); said != "" {
		reason += "; its standard error ends: " + said
	}
	return errors.New(reason)
}

// wait waits until a process that is being ended has ended, and closes its streams.
// It does not wait for a child that left the group and holds them.
func (p *process) wait() {
	for _, done := range []<-chan struct{}{p.ended, p.read} {
		select {
		case <-done:
		case <-time.After(grace):
		}
	}
	closeAll(p.out, p.errOut)
}

func (p *process) state() string {
	select {
	case <-p.ended:
		return p.cmd.ProcessState.String()
	default:
		return "it still runs"
	}
}

// close ends a process that has nothing left to do.
func (p *process) close() error {
	closeAll(p.in)
	timer := time.AfterFunc(grace, func() { p.kill("") })
	defer timer.Stop()
	err := p.client.Rest()
	p.wait()
	p.end()
	return err
}
