package command

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"promptbench/graders"
)

// A slot holds one process, or none.
type slot struct{ process *process }

var errClosed = errors.New("the grader is closed")

// take waits for a slot that is free.
func (g *Grader) take(ctx context.Context) (*slot, error) {
	select {
	case s, ok := <-g.slots:
		if !ok {
			return nil, errClosed
		}
		return s, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (g *Grader) give(s *slot) { g.slots <- s }

// open sees to it that a slot has a process that has said what it is.
func (g *Grader) open(ctx context.Context, s *slot) error {
	if s.process != nil {
		return nil
	}
	if err := g.givenUp(); err != nil {
		return err
	}
	p, err := start(g.options)
	if err != nil {
		return g.failed(err)
	}
	var said graders.Says
	err = p.within(ctx, max(StartTimeout, g.options.Timeout), func() error {
		said, err = p.client.Hello(g.options.Name)
		return err
	})
	if err == nil {
		err = g.introduced(said)
	}
	if err != nil {
		return g.failed(p.post(ctx, fmt.Errorf("it does not start as a grader: %w", err)))
	}
	s.process = p
	return nil
}

// introduced holds what a process says against what the first one said.
func (g *Grader) introduced(said graders.Says) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.says == nil {
		g.says = &said
	}
	if *g.says != said {
		return fmt.Errorf("it says that it is %s now, and %s before", said, g.says)
	}
	return nil
}

// ask has one sample graded.
func (g *Grader) ask(ctx context.Context, s *slot, sample graders.Sample) (graders.Score, error) {
	if err := g.open(ctx, s); err != nil {
		return graders.Score{}, err
	}
	var score graders.Score
	err := s.process.within(ctx, g.options.Timeout, func() (err error) {
		score, err = s.process.client.Ask(sample)
		return err
	})
	fault, ok := errors.AsType[*graders.Fault](err)
	switch {
	case err == nil:
		g.succeeded()
		return score, nil
	case ok && !fault.Broken: // its next answer may be a good one
		g.succeeded()
		return score, err
	}
	p := s.process
	s.process = nil
	return score, g.failed(p.post(ctx, err))
}

func (g *Grader) succeeded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures = 0
}

// failed counts a failure and returns it.
func (g *Grader) failed(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures++
	g.last = err.Error()
	return err
}

func (g *Grader) givenUp() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures < MaxFailures {
		return nil
	}
	return fmt.Errorf("it failed %d times in a row and is started no more; the last time: %s", g.failures, g.last)
}

// Close ends all processes: their standard input is closed, and what has not
// ended by itself soon is killed, with all that it started. It waits for samples
// that are being graded. The error is that of a process which wrote something
// after its last answer, and so may have meant another score.
func (g *Grader) Close() error {
	g.mu.Lock()
	closed := g.closed
	g.closed = true
	g.mu.Unlock()
	if closed {
		return nil
	}
	errs := make([]error, g.options.Processes)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			if s := <-g.slots; s.process != nil {
				errs[i] = s.process.close()
			}
		})
	}
	wait.Wait()
	close(g.slots)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the command of grader %s: %w", g.options.Name, err)
	}
	return nil
}

// grace is how long a process may take to end by itself.
const grace = 2 * time.Second
