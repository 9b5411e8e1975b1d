package main

import (
	"context"
	"errors"
	"net/http"

	"promptbench/internal/input/problem"
	"promptbench/internal/migrate/propose"
	"promptbench/internal/output/view"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/labelling"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/text/wording"
)

// viewLabels serves pages to label replies of the runs that arguments name, or else of the newest runs.
func (a *app) viewLabels(ctx context.Context, args []string, o project.Options, f viewFlags) (err error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	work, runs, err := a.viewWork(ctx, p, args, o, f)
	if err != nil {
		return err
	}
	var proposed *propose.Proposed
	if f.proposed != "" {
		if proposed, err = propose.Open(f.proposed); err != nil {
			return err
		}
	}
	source, err := labelling.Open(p, runs, work, f.labeller)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	var cases view.CaseLabels
	if proposed != nil {
		if cases, err = source.Cases(proposed); err != nil {
			return err
		}
	}
	if err := a.serve(ctx, f, "the questions", func(hosts []string, token string) http.Handler {
		return view.LabelHandler(source, cases, hosts, token)
	}); err != nil {
		return err
	}
	_, file := source.Who()
	if source.HasQuestions() {
		answered, all := source.Progress()
		a.noteLabels(answered, all, file, work.Draw)
	}
	if cases != nil {
		asked, err := cases.AskCase("")
		a.Note("%d of %s labelled; %s", asked.Answered, wording.Count(asked.All, "proposed case"), file)
		a.Note("next: promptbench cases fill %s -o labelled.yaml", f.proposed)
		return err
	}
	return nil
}

// viewWork lists the questions about replies: with proposed cases there need not be any.
func (a *app) viewWork(ctx context.Context, p *project.Project, args []string, o project.Options, f viewFlags) (
	work job.Labelling, of []*runfile.Run, err error,
) {
	if criteria, err := p.Criteria(); err != nil || f.proposed != "" && (len(criteria) == 0 && len(args) == 0) {
		return work, nil, err
	}
	if len(args) == 0 {
		if args, err = newestRuns(p, o); err != nil {
			return work, nil, err
		}
	}
	return a.toLabel(ctx, p, args, o, f.labelFlags)
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
		if !seen[v] && h.OfRevision() && one.Status == runfile.Complete && h.Redacted == nil {
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
