package check

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

// List lists the prompts in prompts, the suites in cases and the one that the options name, and the models of the
// config. A file with errors is listed as unreadable; a config with errors is an error.
func List(ctx context.Context, o project.Options) (report.Listing, error) {
	out := report.Listing{
		Schema: 1, Prompts: []report.ListedPrompt{}, Suites: []report.ListedSuite{}, Models: []report.ListedModel{},
		Baselines: []string{}, Unreadable: []string{},
	}
	p, err := project.Settings(o)
	if err != nil {
		return out, err
	}
	out.Model, out.Judge, out.Editor = cmp.Or(o.Model, p.Config.Model), cmp.Or(o.Judge, p.Config.Judge), p.Config.Editor
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		m := p.Config.Models[name]
		out.Models = append(out.Models, report.ListedModel{
			Name: name, ID: m.Model, Endpoint: m.Endpoint, Priced: m.Price != nil,
		})
	}
	for _, path := range runs.Baselines(p) {
		if project.Exists(path) {
			out.Baselines = append(out.Baselines, filepath.ToSlash(path))
		}
	}
	prompts, err := prompt.Files(project.PromptsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return out, err
	}
	for _, path := range prompts {
		loaded, probs := prompt.Load(ctx, path)
		if probs.Err() != nil {
			out.Unreadable = append(out.Unreadable, filepath.ToSlash(path))
			continue
		}
		out.Prompts = append(out.Prompts, report.ListedPrompt{
			Name: loaded.Name, Path: filepath.ToSlash(path), Hash: loaded.Hash(), Description: loaded.Description,
			Model: loaded.Model, ReplyFormat: string(loaded.ReplyFormat),
		})
	}
	return out, listSuites(p, &out)
}

func listSuites(p *project.Project, out *report.Listing) error {
	own, err := p.SuitePath()
	if err != nil {
		own = "" // there is none, or several to choose from
	}
	paths, err := project.SuiteFiles(project.SuitesDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if own != "" && !slices.Contains(paths, own) {
		paths = append([]string{own}, paths...)
	}
	for _, path := range paths {
		loaded, probs := suite.Load(path)
		if probs.Err() != nil {
			out.Unreadable = append(out.Unreadable, filepath.ToSlash(path))
			continue
		}
		listed := report.ListedSuite{
			Name: loaded.Name, Path: filepath.ToSlash(path), Default: path == own, Description: loaded.Description,
			Cases: loaded.Len(), Sealed: loaded.Sealed(), Types: loaded.Rules.Types, Graders: loaded.ScoreNames(),
			Tags: slices.Sorted(maps.Keys(loaded.Tags())), Programs: loaded.HasCommands(),
		}
		for _, list := range []*[]string{&listed.Types, &listed.Tags, &listed.Graders} {
			*list = append([]string{}, *list...) // an empty list, not null
		}
		out.Suites = append(out.Suites, listed)
	}
	return nil
}
