package job

import (
	"cmp"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A Job is prepared work that asks models and writes run files: [Revisions], a
// [Calibration] or a [Pairwise]. Run it, then close it. A job that starts other
// jobs prepares each of them in the same way.
type Job struct {
	Runs     []Run              // what it writes, in order
	Trials   int                // of all runs together
	Progress func(runner.Event) // is called from many goroutines, after each trial; may be nil

	engine     *engine.Engine
	transport  Transport
	calls      []*Calls // that the transport makes; none where only a judge is asked
	fresh      fresh
	beside     *beside // nil where no call is made
	until      *until  // nil where all cases are run
	recordings recordings
	run        func(ctx context.Context, stop <-chan struct{}) ([]runfile.End, error)
	release    []func() error
}

// A Run is one run file of a job.
type Run struct {
	Name  string // of its variant, else of its prompt
	Model string // the id, if several models are named; else empty
	Path  string

	file *runfile.Writer
}

// newJob returns a job without work. Close it, whatever else fails.
func newJob(ctx context.Context, o Options) *Job {
	j := &Job{transport: Local{}, engine: engine.New(ctx, engine.Options{
		Concurrency: o.Concurrency, MaxCalls: o.MaxCalls, MaxCost: o.MaxCost, Deadline: o.Deadline, Spent: o.Spent,
		Log: o.Log,
	})}
	j.onClose(func() error { j.engine.Close(); return nil })
	return j
}

// Run runs the job and returns how each run ended. Closing stop ends it cleanly:
// no further trial begins, the attempts under way are finished, and what they gave is
// graded as far as that goes within [GradingPatience]. Cancelling ctx gives up
// those, too. Where the transport fails before the first trial, there is no end:
// the runs that hold something are left incomplete, the others removed.
func (j *Job) Run(ctx context.Context, stop <-chan struct{}) (ends []runfile.End, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go j.cancelIdle(ctx, stop, cancel)
	begun := false
	err = j.transport.Run(ctx, j.calls, func() (err error) {
		begun = true
		ends, err = j.run(ctx, stop)
		return err
	})
	if !begun {
		err = errors.Join(err, j.leave(err))
	}
	return ends, err
}

// GradingPatience is how long a job that was stopped goes on without a call in flight:
// its graders may hang, and the next run grades what this one has recorded.
const GradingPatience = 5 * time.Second

// cancelIdle cancels a job that was stopped once it has no call in flight for so long.
func (j *Job) cancelIdle(ctx context.Context, stop <-chan struct{}, cancel func()) {
	select {
	case <-stop:
	case <-ctx.Done():
		return
	}
	ticker := time.NewTicker(GradingPatience / 20)
	defer ticker.Stop()
	for busy := time.Now(); time.Since(busy) < GradingPatience; {
		if j.Stats().Under > 0 {
			busy = time.Now()
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
	cancel()
}

// leave ends the runs before their first trial.
func (j *Job) leave(why error) error {
	var errs []error
	left := j.Runs[:0]
	for i, r := range j.Runs {
		if c := j.calls[i]; c.Keep {
			end := runfile.End{Status: runfile.Incomplete, Reason: why.Error()}
			errs, left = append(errs, c.Revision.Run.Close(end)), append(left, r)
		} else {
			errs = append(errs, r.file.Discard())
		}
	}
	j.Runs = left
	return errors.Join(errs...)
}

// Abandon removes the run files of a job that has not begun, and closes it.
func (j *Job) Abandon() error {
	var errs []error
	for _, r := range j.Runs {
		errs = append(errs, r.file.Discard())
	}
	return errors.Join(append(errs, j.Close())...)
}

// Stats are the calls of the job so far.
func (j *Job) Stats() engine.Stats { return j.engine.Stats() }

// Close gives back what the job holds open. [Job.Run] has closed the run files.
func (j *Job) Close() error {
	var errs []error
	for _, release := range slices.Backward(j.release) {
		errs = append(errs, release())
	}
	return errors.Join(errs...)
}

func (j *Job) onClose(release func() error) { j.release = append(j.release, release) }

// report passes an event on to Progress.
func (j *Job) report(e runner.Event) {
	if j.until != nil {
		j.until.collect(e)
	}
	if j.Progress != nil {
		j.Progress(e)
	}
}

// header is what the runs of a job have in common.
func header(ctx context.Context, p *project.Project, o Options) runfile.Header {
	return runfile.Header{
		Suite:   runfile.Suite{Name: p.Suite.Name, Path: config.ToRecord(p.Suite.Path), Hash: p.Suite.Hash()},
		Reply:   p.Suite.Rules,
		Trials:  1,
		Git:     gitState(ctx),
		Tool:    o.Tool,
		Started: o.Started.UTC().Truncate(time.Millisecond),
	}
}

// create begins a run file and returns it with the id of the run.
func (j *Job) create(p *project.Project, o Options, h runfile.Header) (id string, w *runfile.Writer, err error) {
	if o.Fresh {
		h.Fresh = &runfile.Fresh{Since: cmp.Or(j.fresh.since[subjectOf(h)], h.Started)}
		if o.Noise {
			h.Fresh.Copy = len(j.Runs) + 1
		}
	}
	h.Run = runfile.NewID(o.Started, h.Prompt.Name, h.Model.ID)
	w, err = runfile.Create(filepath.Join(p.RunsDir, o.Folder), h)
	if err == nil {
		j.Runs = append(j.Runs, Run{Name: h.Prompt.Name, Path: w.Path(), file: w})
	}
	return h.Run, w, err
}

// PromptRecord is the form of a prompt that a run's header holds.
func PromptRecord(p *prompt.Prompt) runfile.Prompt {
	path := p.Path
	if p.Revision != "" || project.Exists(path) { // else it is built in
		path = config.ToRecord(path)
	}
	out := runfile.Prompt{
		Name: p.Name, Path: path, Revision: p.Revision, Hash: p.Hash(), Description: p.Description,
		Params: p.Params, ResponseFormat: p.ResponseFormat, JSONSchema: p.JSONSchema, ReplyFormat: p.ReplyFormat,
		Tools: p.Tools, ToolChoice: p.ToolChoice,
	}
	for _, m := range p.Messages {
		out.Messages = append(out.Messages, runfile.Message(m))
	}
	return out
}

// gitState is the commit that a run was made at; nil outside a repository.
func gitState(ctx context.Context) *runfile.Git {
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if err != nil {
		return nil
	}
	status, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--untracked-files=no").Output()
	if err != nil {
		return nil
	}
	return &runfile.Git{Commit: strings.TrimSpace(string(out)), Dirty: len(status) > 0}
}
