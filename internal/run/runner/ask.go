package runner

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// Recordings finds an earlier call by its key. [runfile.Index] is one.
type Recordings interface {
	// Lookup returns the call, whether there is one, and what keeps it from being read. Of several, that of the case
	// answers.
	Lookup(key, caseID string) (runfile.Call, bool, error)
}

// An Asker answers requests to one model: from a recording where there is one,
// else by calling the model. Its methods may be called from many goroutines.
type Asker struct {
	Target   model.Target // what is asked; it names the calls in recordings
	Model    model.Model  // nil means that no call may be made: see Offline
	Recorded Recordings   // nil: ask anyway
	Offline  string       // why no call may be made; what a miss then says

	fatal   atomic.Pointer[runfile.Error] // no further call can succeed
	failing atomic.Bool                   // and it says how a call was failing
}

// A Purpose says what a call is for and where its line belongs.
type Purpose struct {
	For       string // [runfile.ForReply] and the like
	Case      string
	Trial     int    // the case's trial; a vote has its number in the request
	Criterion string // of a judge's call
	Vote      int    // of a judge's call
}

// describe is the call's line as far as it is known before the call.
func (p Purpose) describe(call runfile.Call) runfile.Call {
	call.For, call.Case, call.Trial, call.Criterion, call.Vote = p.For, p.Case, p.Trial, p.Criterion, p.Vote
	return call
}

// errStopped says that a call was not tried, because no call can succeed any
// more; it leaves no line in the run file.
var errStopped = errors.New("stopped after an error that no other call can escape")

// Ask answers one request. A call that failed for good comes back as a call
// with its Error set; the error result means that the call has no outcome:
// cancelled, stopped, or a recording that can't be read.
func (a *Asker) Ask(ctx context.Context, p Purpose, r model.Request) (runfile.Call, error) {
	r, err := a.prepare(p, r)
	if err != nil {
		return runfile.Call{}, err
	}
	if call, ok, err := a.lookUp(p, r.Key); ok || err != nil {
		return call, err
	}
	call := p.describe(runfile.Call{Key: r.Key})
	if a.Model == nil {
		call.Error = &runfile.Error{Kind: runfile.KindNotRecorded, Message: a.Offline}
		return call, nil
	}
	if a.fatal.Load() != nil {
		return runfile.Call{}, errStopped
	}
	return a.complete(ctx, call, r)
}

// Recall answers a request from a recording, if there is one.
func (a *Asker) Recall(p Purpose, r model.Request) (runfile.Call, bool, error) {
	r, err := a.prepare(p, r)
	if err != nil {
		return runfile.Call{}, false, err
	}
	return a.lookUp(p, r.Key)
}

// prepare writes a request in the wire format of the target and names it in recordings.
func (a *Asker) prepare(p Purpose, r model.Request) (model.Request, error) {
	r, err := a.Target.Prepare(r)
	if err != nil {
		return r, fmt.Errorf("encoding the request of case %s: %w", p.Case, err)
	}
	r.Label = model.Label{Case: p.Case, Trial: p.Trial}
	return r, nil
}

func (a *Asker) lookUp(p Purpose, key string) (runfile.Call, bool, error) {
	if a.Recorded == nil {
		return runfile.Call{}, false, nil
	}
	call, ok, err := a.Recorded.Lookup(key, p.Case)
	return p.describe(call), ok && err == nil, err
}

func (a *Asker) complete(ctx context.Context, call runfile.Call, r model.Request) (runfile.Call, error) {
	resp, err := a.Model.Complete(ctx, r)
	if err != nil {
		return a.failed(ctx, call, r, err)
	}
	call.Reply, call.Thinking, call.ReplyFrom = resp.Reply, resp.Thinking, resp.ReplyFrom
	if len(r.Tools) > 0 { // else they are what a prompt's parameters asked for in their own way
		call.ToolCalls = resp.ToolCalls
		if call.ReplyFrom == runfile.FinishToolCalls {
			call.Reply, call.ReplyFrom = "", ""
		}
	}
	call.FinishReason, call.ResponseModel = resp.FinishReason, resp.ResponseModel
	call.LatencyMS, call.Attempts, call.Batch = resp.Latency.Milliseconds(), resp.Attempts, resp.Batch
	call.At = resp.At.UTC().Truncate(time.Millisecond)
	if resp.Usage != nil {
		call.Usage = new(runfile.Usage(*resp.Usage))
	}
	return call, nil
}

func (a *Asker) failed(
	ctx context.Context, call runfile.Call, r model.Request, err error,
) (runfile.Call, error) {
	if ctx.Err() != nil {
		return runfile.Call{}, fmt.Errorf("case %s: %w", call.Case, context.Cause(ctx))
	}
	failure := &runfile.Error{Kind: "unknown", Message: err.Error()}
	if e, ok := errors.AsType[*model.Error](err); ok {
		failure = &runfile.Error{
			Kind: string(e.Kind), Status: e.Status, Code: e.Code, Param: e.Param, Message: e.Error(),
		}
		call.Attempts, call.Batch = e.Attempts, e.Batch
		switch {
		case e.Stop != nil:
			a.keepStop(e)
		case e.Fatal() && !r.CanDoWithout(e):
			a.fatal.CompareAndSwap(nil, failure)
		}
		if e.Kind == model.KindStopped || e.Kind == model.KindBudget || e.Kind == model.KindCancelled {
			return runfile.Call{}, errStopped // refused before anything was sent
		}
	}
	call.Error = failure
	call.At = time.Now().UTC().Truncate(time.Millisecond)
	return call, nil
}

// keepStop keeps why the job was stopped while this call was failing. At the end
// of a budget that is worth a word: the budget need not be what was too small.
func (a *Asker) keepStop(e *model.Error) {
	if e.Stop.Kind == model.KindCancelled {
		return // an interrupt, which the end of the run reports
	}
	why := &runfile.Error{Kind: string(e.Stop.Kind), Message: e.Stop.Error()}
	if e.Stop.Kind != model.KindBudget {
		a.fatal.CompareAndSwap(nil, why)
		return
	}
	if a.failing.CompareAndSwap(false, true) {
		why.Message += "; a call was failing then: " + e.Error()
		a.fatal.Store(why)
	}
}

// fatalFor is [Asker.Fatal] with the name of who asks.
func (a *Asker) fatalFor(role string) *runfile.Error {
	e := a.Fatal()
	if e == nil {
		return nil
	}
	failure := *e
	failure.Message = role + ": " + e.Message
	return &failure
}

// Fatal returns the error after which no call was tried any more, or nil.
func (a *Asker) Fatal() *runfile.Error { return a.fatal.Load() }
