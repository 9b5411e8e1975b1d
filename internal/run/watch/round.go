package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/output/progress"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/textsafe"
)

// A round is the run of one save.
type round struct {
	w     *watcher
	block progress.Block

	p     *project.Project
	base  string // the run to compare with; empty: none, or one that this round runs
	cases []runfile.Case
	job   *job.Revisions
	head  int // the index of the watched revision in the job
	live  *Live
	begun time.Time

	before *runfile.Run // what was known of the cases
	since  string       // when that was
	usedUp bool         // no call is left
	path   string       // of the watched run
}

// round runs what the files say now, until it is done or stop is closed. An error is one of the output; anything else
// that goes wrong is shown, because the next save may repair it.
func (w *watcher) round(ctx context.Context, saved []string, stop <-chan struct{}) error {
	r := &round{w: w, begun: time.Now()}
	r.block.Number, r.block.Title = w.saves, r.title(saved)
	w.saves++
	if err := w.blocks.Show(r.block); err != nil {
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
		r.noteError(err)
	}
	r.block.Progress, r.block.Next = nil, "waiting for a save; Ctrl-C ends this"
	select {
	case <-stop:
		r.block.Next = "stopped; finished replies are kept"
		if !w.blocks.IsLive() {
			r.block.Result = nil // half a table is useless in a log
		}
	default:
	}
	return w.blocks.Show(r.block)
}

// An outputError says that nothing can be shown any more.
type outputError struct{ err error }

// Error is the text of the wrapped error.
func (e *outputError) Error() string { return e.err.Error() }

func (r *round) title(saved []string) string {
	what := "at the start"
	if len(saved) > 0 {
		what = "saved " + strings.Join(saved, ", ")
	}
	return textsafe.Cell(fmt.Sprintf("%s · %s · %s", r.w.Revision, r.begun.Format(time.TimeOnly), what))
}

func (r *round) note(text string) { r.block.Notes = append(r.block.Notes, textsafe.Cell(text)) }

func (r *round) noteError(err error) {
	for _, line := range r.w.console.Explain(err) {
		r.note(line)
	}
}

func (r *round) prepare(ctx context.Context) error {
	w := r.w
	names := []string{w.Revision}
	if w.Base != "" && !runs.IsRunFile(w.Base) {
		names = []string{w.Base, w.Revision}
	}
	p, err := project.Load(ctx, w.Project, names)
	if paths, filesErr := p.Files(w.Revision); filesErr == nil {
		w.files.add(paths)
	}
	for _, warning := range p.Warnings.Only(problem.Warning) {
		if !w.console.Quiet {
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
	settings := w.Job()
	r.usedUp = w.limit(&settings)
	if r.job, err = job.Prepare(ctx, p, settings); err != nil {
		return err
	}
	r.head = len(p.Prompts) - 1
	r.before, r.path = w.known, r.job.Runs[r.head].Path
	r.job.Work.Rank = Rank(r.cases, w.known, baseRun)
	r.live = NewLive(runfile.Header{
		Prompt: job.PromptRecord(watched), Trials: r.job.Work.Trials, Reply: p.Suite.Rules,
		Suite:   runfile.Suite{Name: p.Suite.Name, Path: config.ToRecord(p.Suite.Path), Hash: p.Suite.Hash()},
		Graders: r.job.Work.Grading.Specs(), Cases: len(r.cases),
	}, r.cases)
	return nil
}

// findBase finds the run to compare with, and loads it. If the base has none yet, this round runs it.
func (r *round) findBase(ctx context.Context, watched *prompt.Prompt) (*runfile.Run, error) {
	w := r.w
	r.base = w.Baseline
	if w.Base != "" {
		path, err := runs.BaseRun(ctx, r.p, w.Base, watched, w.MaxErrors)
		if err != nil {
			return nil, err
		}
		if r.base = path; path == "" {
			r.note(fmt.Sprintf("%s has no complete run with these contents on this suite and model, so it runs as well", w.Base))
		}
	}
	if r.base == "" {
		return nil, nil //nolint:nilnil // there is none, or not yet
	}
	r.p.Prompts = r.p.Prompts[len(r.p.Prompts)-1:]
	return runfile.Load(r.base, runfile.Scores)
}
