package main

import (
	"context"
	"errors"
	"net/http"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/view"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/labelling"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
)

// viewLabels serves pages to label replies of the runs that arguments name, or else of the newest runs.
func (a *app) viewLabels(ctx context.Context, args []string, o project.Options, f viewFlags) (err error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	if len(args) == 0 {
		if args, err = newestRuns(p, o); err != nil {
			return err
		}
	}
	work, runs, err := a.toLabel(ctx, p, args, o, f.labelFlags)
	if err != nil {
		return err
	}
	source, err := labelling.Open(p, runs, work, f.labeller)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	if err := a.serve(ctx, f, "the questions", func(hosts []string, token string) http.Handler {
		return view.LabelHandler(source, hosts, token)
	}); err != nil {
		return err
	}
	answered, all := source.Progress()
	_, file := source.Who()
	a.noteLabels(answered, all, file, work.Draw)
	return nil
}

// newestRuns returns the newest complete run file of each revision on each model.
func newestRuns(p *project.Project, o project.Options) ([]string, error) {
	list, err := result.Source{Options: o, Dir: p.RunsDir}.Runs()
	if err != nil {
		return nil, err
	}
	type variant struct{ prompt, model, endpoint string }
	seen := map[variant]bool{}
	var paths []string
	for _, one := range list {
		h := one.Header
		v := variant{h.Prompt.Hash, h.Model.ID, h.Model.Endpoint}
		if !seen[v] && one.Status == runfile.Complete && h.Redacted == nil {
			seen[v] = true
			paths = append(paths, one.Path)
		}
	}
	if len(paths) == 0 {
		return nil, problem.List{{
			Message: "no complete run in " + p.RunsDir + " has replies to label",
			Hint:    "run a revision first: promptbench run prompts/v3",
		}}
	}
	return paths, nil
}
