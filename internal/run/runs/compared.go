package runs

import (
	"context"
	"fmt"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// Compared loads the project of a comparison and finds the run files that args
// name: complete runs with at most maxErrors errors; the heads' on the suite and
// the model of the base, where there is a choice. If the options name several
// models, it finds a run on each for every revision. The suite is the one that the
// options name, else that of the last run, else the config's. Without any, the
// project has none, which is an error if needsSuite. Note is told of newer runs that
// are passed over. Names are what the revisions
// are called that args name, as a run may have an earlier name of its prompt; empty
// for a run file. The config, the suite and each header are read once.
func Compared(
	ctx context.Context, o project.Options, args []string, maxErrors int, needsSuite bool, note func(string),
) (p *project.Project, paths, names []string, err error) {
	if p, err = project.Settings(o); err != nil {
		return nil, nil, nil, err
	}
	look := Lookup{Runs: p.RunsDir, Model: o.Model, Project: p, Whole: true, MaxErrors: maxErrors, Note: note}
	if o.Suite != "" {
		if err := p.LoadSuite(); err != nil {
			return nil, nil, nil, err
		}
		look.Suite = p.Suite.Name
	}
	found := finding{look: look, models: o.Models}
	if paths, err = found.paths(ctx, args); err != nil {
		return nil, nil, nil, err
	}
	if o.Suite == "" {
		p.Options.Suite = found.suite
	}
	switch {
	case o.Suite != "":
	case needsSuite:
		err = p.LoadSuite()
	default:
		err = p.LoadSuiteIfAny()
	}
	return p, paths, found.names, err
}

// A finding finds the runs of a comparison.
type finding struct {
	look   Lookup
	models []string        // that every revision is looked for on; none: one, as look says
	base   *runfile.Header // the first that was found
	suite  string          // the file of the last suite that is there
	names  []string        // of the revisions, by path
}

// paths returns the run files that arguments name.
func (f *finding) paths(ctx context.Context, args []string) ([]string, error) {
	for _, name := range f.models {
		if err := f.look.checkModel(name); err != nil {
			return nil, err
		}
	}
	var paths []string
	on := map[string]string{} // by path, the model that it was found for
	for _, arg := range args {
		if len(f.models) == 0 || IsRunFile(arg) {
			path, err := f.path(ctx, f.look, arg)
			if err != nil {
				return nil, err
			}
			paths = append(paths, path)
			continue
		}
		for _, name := range f.models {
			look := f.look
			look.Model = name
			path, err := f.path(ctx, look, arg)
			if err != nil {
				return nil, err
			}
			if other, ok := on[path]; ok {
				return nil, problem.List{{
					Message: fmt.Sprintf("--model %s and --model %s both mean the run %s", other, name, path),
					Hint:    "name one of them, or run " + arg + " on the other one first",
				}}
			}
			on[path] = name
			paths = append(paths, path)
		}
	}
	return paths, nil
}

func (f *finding) path(ctx context.Context, look Lookup, arg string) (string, error) {
	path, err := look.Path(ctx, arg, f.base)
	if err != nil {
		return "", err
	}
	h, err := runfile.ReadHeader(path)
	if err != nil {
		return "", err
	}
	if f.base == nil {
		f.base = &h
	}
	if path := config.FromRecord(h.Suite.Path); project.Exists(path) {
		f.suite = path
	}
	name := ""
	if !IsRunFile(arg) {
		if p, _ := prompt.Load(ctx, arg); p != nil && p.Hash() == h.Prompt.Hash {
			name = p.Name
		}
	}
	f.names = append(f.names, name)
	return path, nil
}
