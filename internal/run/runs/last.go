package runs

import (
	"context"
	"errors"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// LastRun is the newest run of any contents under the name of a revision, on the
// suite and the model that it would run on now; nil where there is none.
func LastRun(p *project.Project, revision *prompt.Prompt) (*runfile.Run, error) {
	t, err := p.TargetFor(revision)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool {
		return h.OfRevision() && h.Prompt.Name == revision.Name && p.RanOn(h, t)
	})
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if run, err := runfile.Load(f.Path, runfile.Scores); err == nil && len(run.Trials) > 0 {
			return run, nil
		}
	}
	return nil, nil //nolint:nilnil // as the comment says
}

// BaseRun is the newest complete run of a base that a run of revision can be
// compared with: with the base's contents as they are now, on the same suite and
// model. It is empty if there is none yet.
func BaseRun(ctx context.Context, p *project.Project, base string, revision *prompt.Prompt, maxErrors int) (
	path string, err error,
) {
	t, err := p.TargetFor(revision)
	if err != nil {
		return "", problem.From(err).Err()
	}
	look := Lookup{Runs: p.RunsDir, Model: t.ID, Suite: p.Suite.Name, Whole: true, MaxErrors: maxErrors}
	like := runfile.Header{Suite: runfile.Suite{Name: p.Suite.Name}, Model: t.Record()}
	path, err = look.Path(ctx, base, &like)
	if errors.Is(err, ErrNoRun) {
		return "", nil
	}
	if err != nil || IsRunFile(base) {
		return path, err
	}
	h, err := runfile.ReadHeader(path)
	if err != nil || !p.RanOn(h, t) {
		return "", err
	}
	return path, nil
}
