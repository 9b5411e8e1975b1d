package result

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/brief"
	"promptbench/internal/verdict/compare"
)

// Brief says what a run tells a person who writes the next revision, without sealed cases. It is compared with the
// baseline of its suite and model, else with the newest older run of another revision, where there is one.
func Brief(ctx context.Context, p *project.Project, path string) (brief.Brief, error) {
	all, err := runfile.Find(p.RunsDir, func(runfile.Header) bool { return true })
	if err != nil {
		return brief.Brief{}, err
	}
	run, err := runfile.Load(path, runfile.Full)
	if err != nil {
		return brief.Brief{}, err
	}
	Reword(run, p.Suite)
	isSealed := func(string) bool { return false }
	if p.Suite != nil { // it may seal cases of a run of the suite that it extends
		isSealed = p.Suite.IsSealed
	}
	open, sealed := brief.Unsealed(run, isSealed)
	if len(open.Cases) == 0 {
		return brief.Brief{}, fmt.Errorf("run %s has only sealed cases, and these stay out of a brief", run.Header.Run)
	}
	var since *compare.Comparison
	base := runfile.Found{}
	if i := slices.IndexFunc(all, func(f runfile.Found) bool { return f.Header.Run == run.Header.Run }); i >= 0 {
		base = baseOf(all[i], all)
	}
	if base.Path != "" {
		pair, err := NewBase(p, base.Path, Pairing{Drift: true, Alone: true}).Compare(ctx, path)
		if err != nil {
			return brief.Brief{}, err
		}
		since = pair.Comparison
	}
	b := brief.Of(open, since)
	b.Sealed = sealed
	if left := run.Header.Sealed; left != nil && sealed == 0 {
		b.Sealed = left.Cases
	}
	h := run.Header
	if b.Better, err = Better(ctx, p, h.Prompt.Hash, h.Suite.Name, h.Model.ID); err != nil {
		return brief.Brief{}, err
	}
	path = config.FromRecord(h.Prompt.Path)
	b.Advise(filepath.ToSlash(path), named(path), named(config.FromRecord(base.Header.Prompt.Path)), prompt.Next(path))
	return b, nil
}

// named is a prompt file as a command names it.
func named(path string) string {
	path = filepath.ToSlash(path)
	for _, ext := range []string{".prompt.yml", ".prompt.yaml"} {
		path = strings.TrimSuffix(path, ext)
	}
	return path
}
