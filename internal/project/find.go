package project

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"promptbench/internal/prompt"
	"promptbench/internal/runfile"
	"promptbench/internal/strictyaml"
)

// ErrNoRun says that no run answers to a revision's name.
var ErrNoRun = errors.New("no such run")

// A Lookup finds the runs that command-line arguments stand for.
type Lookup struct {
	Runs  string // the runs directory
	Model string // only runs of this model, by id or name; empty: any
	Whole bool   // only complete runs of a whole suite
}

// Path returns the run file that arg stands for: a run file itself, the id of
// a run in the runs directory, or the newest run of the very contents that a
// revision has now. Like, if not nil, is a run whose model is preferred.
func (l Lookup) Path(ctx context.Context, arg string, like *runfile.Header) (string, error) {
	if IsRunFile(arg) {
		if !Exists(arg) {
			return "", fmt.Errorf("%w: there is no run file %s%s", ErrNoRun, arg, nearRun(arg))
		}
		return arg, nil
	}
	byID, err := runfile.Find(l.Runs, func(h runfile.Header) bool { return h.Run == arg })
	if err != nil {
		return "", err
	}
	if len(byID) > 0 {
		return byID[0].Path, nil
	}
	loaded, probs := prompt.Load(ctx, arg)
	if err := probs.Err(); err != nil {
		return "", err
	}
	return l.revision(arg, loaded, like)
}

func (l Lookup) revision(arg string, p *prompt.Prompt, like *runfile.Header) (string, error) {
	hash := p.Hash()
	named := 0
	found, err := runfile.Find(l.Runs, func(h runfile.Header) bool {
		if h.Prompt.Name == p.Name {
			named++
		}
		return h.Prompt.Hash == hash && (l.Model == "" || h.Model.ID == l.Model || h.Model.Name == l.Model)
	})
	if err != nil {
		return "", err
	}
	if l.Whole {
		found = slices.DeleteFunc(found, func(f runfile.Found) bool {
			return f.Status != runfile.Complete || f.Errors > 0 || f.Header.Selected != nil
		})
	}
	if len(found) == 0 {
		return "", l.none(arg, named)
	}
	if like != nil {
		for _, f := range found {
			if f.Header.Model.ID == like.Model.ID && f.Header.Model.Endpoint == like.Model.Endpoint {
				return f.Path, nil
			}
		}
	}
	return found[0].Path, nil
}

func (l Lookup) none(arg string, named int) error {
	what := "no run"
	if l.Whole {
		what = "no complete run of the whole suite"
	}
	of := ""
	if l.Model != "" {
		of = " on model " + l.Model
	}
	older := ""
	if named > 0 {
		older = fmt.Sprintf(" (%d under this name hold other contents, or are not whole)", named)
	}
	return fmt.Errorf("%w: %s of %s as it is now%s in %s%s; run it first: promptbench run %s", ErrNoRun, what, arg, of, l.Runs, older, arg)
}

// nearRun names the run file beside arg that was perhaps meant.
func nearRun(arg string) string {
	paths, err := runfile.Files(filepath.Dir(arg))
	if err != nil {
		return ""
	}
	if near := strictyaml.Nearest(filepath.Clean(arg), paths); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
