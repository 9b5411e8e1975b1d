package command

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"promptbench/graders"
)

type slot struct{ process *process } // nil: none

var errClosed = errors.New("the grader is closed")

func (g *Grader) takeSlot(ctx context.Context) (*slot, error) {
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

func (g *Grader) returnSlot(s *slot) { g.slots <- s }

// fill starts a process in a slot that has none, and checks what it says it is.
func (g *Grader) fill(ctx context.Context, s *slot) error {
	if s.process != nil {
		return nil
	}
	g.mu.Lock()
	failures, last := g.failures, g.lastFailure
	g.mu.Unlock()
	if failures >= MaxFailures {
		return fmt.Errorf("it failed %d times in a row and is started no more; the last time: %s", failures, last)
	}
	p, err := start(g.options)
	if err != nil {
		return g.countFailure(err)
	}
	err = p.limitTime(ctx, max(StartTimeout, g.options.Timeout), func() error {
		says, err := p.client.Hello(g.options.Name)
		if err != nil {
			return err
		}
		return g.checkSame(says)
	})
	if err != nil {
		return g.countFailure(p.fail(ctx, fmt.Errorf("it does not start as a grader: %w", err)))
	}
	s.process = p
	return nil
}

// checkSame compares how a process introduces itself with the first one.
func (g *Grader) checkSame(says graders.Says) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.says == nil {
		g.says = &says
	}
	if *g.says != says {
		return fmt.Errorf("it says that it is %s now, and %s before", says, g.says)
	}
	return nil
}

// ask asks the client of a slot's process, which it starts if there is none.
func (g *Grader) ask(ctx context.Context, s *slot, about func(*graders.Client) error) error {
	if err := g.fill(ctx, s); err != nil {
		return err
	}
	p := s.process
	err := p.limitTime(ctx, g.options.Timeout, func() error { return about(p.client) })
	fault, isFault := errors.AsType[*graders.Fault](err)
	_, isReply := errors.AsType[*graders.TransformError](err)
	if err == nil || isReply || isFault && !fault.Broken {
		g.mu.Lock() // after a fault that breaks nothing, the next answer may be a good one
		g.failures = 0
		g.mu.Unlock()
		return err
	}
	s.process = nil
	return g.countFailure(p.fail(ctx, err))
}

// countFailure returns the error that it counts.
func (g *Grader) countFailure(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures++
	g.lastFailure = err.Error()
	return err
}

// Close ends all processes: it closes their standard input, and soon kills what
// has not ended by itself, with its children. It waits for samples that are being
// graded. A process that wrote something after its last answer is an error, as it
// may have meant another score.
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

const grace = 2 * time.Second // for a process to end by itself
