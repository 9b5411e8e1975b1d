package runs

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
	"promptbench/internal/verdict/history"
)

// A Past selects the runs of a history. The zero value selects those over the suite
// and on the model of the newest run.
type Past struct {
	Runs    string   // the runs directory
	Suite   string   // a suite's name or file; empty: the newest run's
	Model   string   // a model's name or id; empty: the newest run's
	Prompts []string // names or files of revisions, whatever they hold; empty: all
	Last    int      // the number of the newest runs to take; 0: all
}

// History puts the runs into the order of time.
func (p Past) History() (history.History, error) {
	h := history.History{Schema: history.Schema, Graders: []string{}, Runs: []history.Run{}}
	err := p.each(&h.Suite, &h.Model, &h.Endpoint, &h.LeftOut, func(run *runfile.Run) { h.Add(history.Of(run)) })
	return h, err
}

// Trace follows one case through the runs. The error is a [problem.List] where
// none of them has it.
func (p Past) Trace(id string) (history.Trace, error) {
	var (
		seen           []history.Appearance
		names          []string
		input, ignored string
		suite, model   string
		left           history.LeftOut
		newest         *runfile.Run
	)
	err := p.each(&suite, &model, &ignored, &left, func(run *runfile.Run) {
		if newest == nil {
			newest = run
		}
		s, ok := history.AppearanceOf(run, id)
		if !ok {
			return
		}
		if seen = append(seen, s); input == "" {
			c, _ := run.Case(id)
			input = c.Input
		}
		for _, g := range history.Of(run).Graders {
			if !slices.Contains(names, g.Grader) {
				names = append(names, g.Grader)
			}
		}
	})
	if err != nil {
		return history.Trace{}, err
	}
	if len(seen) == 0 {
		return history.Trace{}, UnknownCase(newest, id)
	}
	t := history.TraceOf(id, names, seen)
	t.Suite, t.Model, t.Input, t.LeftOut = suite, model, input, left
	return t, nil
}

// each loads the runs, the newest first, and calls visit with each.
func (p Past) each(suite, model, endpoint *string, left *history.LeftOut, visit func(*runfile.Run)) error {
	all, err := runfile.Find(p.Runs, func(runfile.Header) bool { return true })
	if err != nil {
		return err
	}
	chosen := p.choose(all, left)
	if len(chosen) == 0 {
		return noRunf("%s holds no complete run of a whole suite%s; %s",
			p.Runs, p.wanted(), cmp.Or(known(all), "run one first: promptbench run prompts/v1"))
	}
	h := chosen[0].Header
	*suite, *model, *endpoint = h.Suite.Name, h.Model.ID, h.Model.Endpoint
	loaded := 0
	for _, f := range chosen {
		run, err := runfile.Load(f.Path, runfile.Scores)
		if err != nil {
			left.Unreadable++
			continue
		}
		loaded++
		visit(run.Unsealed()) // all runs over the same cases
	}
	if loaded == 0 {
		return noRunf("can read none of %d runs; promptbench report RUN says why", len(chosen))
	}
	return nil
}

// choose picks from the runs, the newest first.
func (p Past) choose(all []runfile.Found, left *history.LeftOut) []runfile.Found {
	var out []runfile.Found
	seen := map[string]bool{} // a baseline is a copy of a run, and so is what was redacted
	for _, f := range all {
		switch h := f.Header; {
		case seen[h.Run], h.Redacted != nil:
		case !h.OfRevision(), !p.isWanted(h), len(out) > 0 && !isComparable(out[0].Header, h):
			left.Other++
		case !hasAsked(f):
			left.Incomplete++
		case p.Last > 0 && len(out) == p.Last:
			left.Older++
		default:
			seen[h.Run] = true
			for _, id := range h.Pooled {
				seen[id] = true
			}
			out = append(out, f)
		}
	}
	return out
}

func isComparable(a, b runfile.Header) bool {
	return a.Suite.Name == b.Suite.Name && a.Model.ID == b.Model.ID && a.Model.Endpoint == b.Model.Endpoint &&
		a.Model.API == b.Model.API
}

func (p Past) isWanted(h runfile.Header) bool {
	return (p.Suite == "" || p.Suite == h.Suite.Name ||
		filepath.ToSlash(filepath.Clean(config.ToRecord(p.Suite))) == filepath.ToSlash(h.Suite.Path)) &&
		(p.Model == "" || p.Model == h.Model.ID || p.Model == h.Model.Name) &&
		(len(p.Prompts) == 0 ||
			slices.ContainsFunc(p.Prompts, func(name string) bool { return namesPrompt(name, h.Prompt) }))
}

// namesPrompt reports whether an argument is the name or the file of a revision,
// with or without what its name ends in.
func namesPrompt(arg string, p runfile.Prompt) bool {
	path := filepath.ToSlash(filepath.Clean(config.ToRecord(arg)))
	return arg == p.Name || path == p.Path || strings.HasPrefix(p.Path, path+".")
}

// wanted says in words which runs are selected.
func (p Past) wanted() string {
	var out []string
	if p.Suite != "" {
		out = append(out, "suite "+p.Suite)
	}
	if p.Model != "" {
		out = append(out, "model "+p.Model)
	}
	if len(p.Prompts) > 0 {
		out = append(out, strings.Join(p.Prompts, " or "))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// known says which revisions and suites there are runs of; empty if there are none.
func known(all []runfile.Found) string {
	var names, suites []string
	for _, f := range all {
		if f.Header.OfRevision() {
			names, suites = append(names, f.Header.Prompt.Name), append(suites, f.Header.Suite.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	list := func(words []string) string {
		slices.Sort(words)
		return strings.Join(slices.Compact(words), ", ")
	}
	return fmt.Sprintf("there are runs of %s over %s", list(names), list(suites))
}

// Stored are the runs that fit with what they cost on disk, the newest first,
// whatever their state. Committed are the files that git holds, see [storage.List].
func (p Past) Stored(committed map[string]bool) ([]storage.Stored, error) {
	return storage.List(p.Runs, committed, p.isWanted)
}

// Prune says of the runs that fit which are to go.
func (p Past) Prune(ctx context.Context, how storage.Pruning) ([]storage.Fate, error) {
	return storage.Prune(ctx, p.Runs, p.isWanted, how)
}
