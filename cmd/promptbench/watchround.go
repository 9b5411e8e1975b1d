package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/run/watch"
	"promptbench/internal/text/textsafe"
)

// A round is what one save leads to.
type round struct {
	w     *watcher
	block block

	p     *project.Project
	base  string // the run to hold it against; empty: none, or one that this round runs
	cases []runfile.Case
	job   *job.Job
	head  int // which of the job's revisions is watched
	live  *watch.Live
	begun time.Time

	before *runfile.Run // what was known of the cases
	since  string       // when that was
	usedUp bool         // no call is left
	path   string       // of the run that is watched
}

// round runs what the files say now, until it is done or stop is closed. An error
// is one of the output; anything else that goes wrong is shown, for the next save
// may mend it.
func (w *watcher) round(ctx context.Context, saved []string, stop <-chan struct{}) error {
	r := &round{w: w, begun: time.Now()}
	r.block.number, r.block.head = w.saves, r.title(saved)
	w.saves++
	if err := w.face.show(r.block); err != nil {
		return err
	}
	err := r.prepare(ctx)
	if err == nil {
		err = r.run(ctx, stop)
	}
	if broken, ok := errors.AsType[*outputError](err); ok {
		return broken.err
	}
	if err != nil {
		r.note(w.a.explain(err))
	}
	r.block.progress, r.block.foot = nil, "waiting for a save; an interrupt (Ctrl-C) ends this"
	select {
	case <-stop:
		r.block.foot = "stopped; what was done is kept"
		if !w.face.live() {
			r.block.result = nil // half a table is worth nothing in a log
		}
	default:
	}
	return w.face.show(r.block)
}

// An outputError says that nothing can be shown any more.
type outputError struct{ err error }

// Error is the text of what is wrapped.
func (e *outputError) Error() string { return e.err.Error() }

func (r *round) title(saved []string) string {
	what := "at the start"
	if len(saved) > 0 {
		what = "saved " + strings.Join(saved, ", ")
	}
	return textsafe.Cell(fmt.Sprintf("%s · %s · %s", r.w.revision, r.begun.Format(time.TimeOnly), what))
}

func (r *round) note(text string) {
	for line := range strings.Lines(text) {
		r.block.notes = append(r.block.notes, textsafe.Cell(strings.TrimRight(line, "\n")))
	}
}

// prepare loads the files and prepares the run.
func (r *round) prepare(ctx context.Context) error {
	w := r.w
	names := []string{w.revision}
	if w.flags.base != "" && !runs.IsRunFile(w.flags.base) {
		names = []string{w.flags.base, w.revision}
	}
	p, err := project.Load(ctx, w.options, names)
	if paths, filesErr := p.Files(w.revision); filesErr == nil {
		w.files.add(paths)
	}
	for _, warning := range p.Warnings.Only(problem.Warning) {
		if !w.a.quiet {
			r.note(warning.Error())
		}
	}
	if err != nil {
		return err
	}
	r.p = p
	watched := p.Prompts[len(p.Prompts)-1]
	if r.cases, err = job.SelectedCases(p); err != nil {
		return err
	}
	r.since = "the last save"
	if w.known == nil {
		r.since = "the last run"
		if w.known, err = runs.LastRun(p, watched); err != nil {
			return err
		}
	}
	baseRun, err := r.findBase(ctx, watched)
	if err != nil {
		return err
	}
	settings := w.flags.how.job(w.log)
	r.usedUp = w.within(&settings)
	if r.job, err = job.Prepare(ctx, p, settings); err != nil {
		return err
	}
	r.head = len(p.Prompts) - 1
	r.before, r.path = w.known, r.job.Paths[r.head]
	r.job.Rank = watch.Rank(r.cases, w.known, baseRun)
	r.live = watch.NewLive(runfile.Header{
		Prompt: job.PromptRecord(watched), Suite: runfile.Suite{Name: p.Suite.Name, Path: p.Suite.Path, Hash: p.Suite.Hash()}, Trials: r.job.Trials,
		Reply: p.Suite.Rules, Graders: r.job.Grading.Specs(), Cases: len(r.cases),
	}, r.cases)
	return nil
}

// findBase finds the run to hold the revision against, and loads it. Where the base
// has none yet, this round runs it.
func (r *round) findBase(ctx context.Context, watched *prompt.Prompt) (*runfile.Run, error) {
	w := r.w
	r.base = w.flags.baseline
	if w.flags.base != "" {
		path, err := runs.BaseRun(ctx, r.p, w.flags.base, watched, w.flags.judged.maxErrors)
		if err != nil {
			return nil, err
		}
		if r.base = path; path == "" {
			r.note(fmt.Sprintf("no complete run of %s as it is now is there on this suite and model, so that it is run as well", w.flags.base))
		}
	}
	if r.base == "" {
		return nil, nil //nolint:nilnil // there is none, or not yet
	}
	r.p.Prompts = r.p.Prompts[len(r.p.Prompts)-1:]
	return runfile.Load(r.base, runfile.Scores)
}
