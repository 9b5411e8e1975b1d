package runs

import (
	"context"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// Compared loads the project of a comparison and finds the run files that args
// name: complete runs with at most maxErrors errors; the heads' on the suite and
// the model of the base, where there is a choice. The suite is the one that the
// options name, else that of the last run, else the config's. Without any, the
// project has none, which is an error if needsSuite. The config, the suite and each
// header are read once.
func Compared(ctx context.Context, o project.Options, args []string, maxErrors int, needsSuite bool) (
	p *project.Project, paths []string, err error,
) {
	if p, err = project.Settings(o); err != nil {
		return nil, nil, err
	}
	look := Lookup{Runs: p.RunsDir, Model: o.Model, Whole: true, MaxErrors: maxErrors}
	if o.Suite != "" {
		if err := p.LoadSuite(); err != nil {
			return nil, nil, err
		}
		look.Suite = p.Suite.Name
	}
	var base *runfile.Header
	for _, arg := range args {
		path, err := look.Path(ctx, arg, base)
		if err != nil {
			return nil, nil, err
		}
		h, err := runfile.ReadHeader(path)
		if err != nil {
			return nil, nil, err
		}
		if base == nil {
			base = &h
		}
		paths = append(paths, path)
		if o.Suite == "" && project.Exists(h.Suite.Path) {
			p.Options.Suite = h.Suite.Path
		}
	}
	switch {
	case o.Suite != "":
	case needsSuite:
		err = p.LoadSuite()
	default:
		err = p.LoadSuiteIfAny()
	}
	return p, paths, err
}
