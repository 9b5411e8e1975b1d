package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// ErrNoRun says that no run answers to a revision's name.
var ErrNoRun = errors.New("no such run")

// A noRun is [ErrNoRun] in the words for people.
type noRun string

func (n noRun) Error() string      { return string(n) }
func (noRun) Is(target error) bool { return target == ErrNoRun }

func noRunf(format string, args ...any) error { return noRun(fmt.Sprintf(format, args...)) }

// A Lookup finds the runs that command-line arguments stand for.
type Lookup struct {
	Runs      string // the runs directory
	Model     string // only runs of this model, by id or name; empty: any
	Suite     string // runs of the suite with this name come first; empty: any
	Whole     bool   // only complete runs of a whole suite
	MaxErrors int    // up to so many trials may have ended in an error; where Whole is asked
}

// LookupOf finds runs as the options say: in the runs directory, of the model and
// the suite that they name.
func LookupOf(o project.Options) (Lookup, error) {
	runs, err := o.RunsDir()
	if err != nil || o.Suite == "" {
		return Lookup{Runs: runs, Model: o.Model}, err
	}
	named, probs := suite.Load(o.Suite)
	return Lookup{Runs: runs, Model: o.Model, Suite: named.Name}, probs.Err()
}

// Path returns the run file that arg stands for: a run file itself, the id of
// a run in the runs directory, or the newest run of the very contents that a
// revision has now. Like, if not nil, is a run whose suite and model are
// preferred.
func (l Lookup) Path(ctx context.Context, arg string, like *runfile.Header) (string, error) {
	if IsRunFile(arg) {
		return arg, CheckRunFile(arg)
	}
	byID, err := runfile.Find(l.Runs, func(h runfile.Header) bool { return h.Run == arg })
	if err != nil {
		return "", err
	}
	if len(byID) > 0 {
		return byID[0].Path, nil
	}
	if runfile.IsID(arg) && !strings.ContainsRune(arg, '/') {
		return "", problem.List{{Message: fmt.Sprintf("no run %s in %s", arg, l.Runs), Hint: cmp.Or(nearID(l.Runs, arg), "list them: promptbench runs")}}
	}
	if files, err := runfile.Files(arg); err == nil && len(files) > 0 {
		return "", problem.List{{Message: arg + " is a directory", Hint: fmt.Sprintf("name a run in it, such as %s", filepath.ToSlash(files[len(files)-1]))}}
	}
	loaded, probs := prompt.Load(ctx, arg)
	if err := probs.Err(); err != nil {
		return "", err
	}
	return l.revision(arg, loaded, like)
}

func (l Lookup) revision(arg string, p *prompt.Prompt, like *runfile.Header) (string, error) {
	hash := p.Hash()
	var named []runfile.Header
	found, err := runfile.Find(l.Runs, func(h runfile.Header) bool {
		if h.Prompt.Name == p.Name {
			named = append(named, h)
		}
		return h.Prompt.Hash == hash && (l.Model == "" || h.Model.ID == l.Model || h.Model.Name == l.Model)
	})
	if err != nil {
		return "", err
	}
	if l.Whole {
		found = slices.DeleteFunc(found, func(f runfile.Found) bool {
			return f.Status != runfile.Complete || f.Errors > l.MaxErrors || f.Header.Selected != nil
		})
	}
	if len(found) == 0 {
		return "", l.none(arg, named, hash)
	}
	slices.SortStableFunc(found, func(a, b runfile.Found) int { // of equal ones the newest stays first
		return l.likeness(b.Header, like) - l.likeness(a.Header, like)
	})
	return found[0].Path, nil
}

// likeness ranks a run: the suite weighs more than the model, as nothing is left
// to compare without it, and a redacted copy less than any whole run.
func (l Lookup) likeness(h runfile.Header, like *runfile.Header) int {
	rank := 4*oneIf(h.Suite.Name == l.Suite) - 8*oneIf(h.Redacted != nil)
	if like != nil {
		rank += 2*oneIf(h.Suite.Name == like.Suite.Name) + oneIf(h.Model.ID == like.Model.ID && h.Model.Endpoint == like.Model.Endpoint)
	}
	return rank
}

func oneIf(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// none says why no run answers to a revision's name, given those under its name.
func (l Lookup) none(arg string, named []runfile.Header, hash string) error {
	what := "no run"
	if l.Whole {
		what = "no complete run of the whole suite"
	}
	of, with := "", ""
	if l.Model != "" {
		of, with = " on model "+l.Model, " --model "+l.Model
	}
	older := ""
	if len(named) > 0 {
		older = " (" + l.others(named, hash) + ")"
	}
	return noRunf("%s of %s as it is now%s in %s%s; run it first: promptbench run %s%s", what, arg, of, l.Runs, older, arg, with)
}

// others says what the runs under a revision's name are, of which none would do.
func (l Lookup) others(named []runfile.Header, hash string) string {
	var models []string
	changed := 0
	for _, h := range named {
		switch {
		case h.Prompt.Hash != hash:
			changed++
		case l.Model != "" && h.Model.ID != l.Model && h.Model.Name != l.Model && !slices.Contains(models, h.Model.ID):
			models = append(models, h.Model.ID)
		}
	}
	var parts []string
	if len(models) > 0 {
		slices.Sort(models)
		parts = append(parts, "there are runs on "+strings.Join(models, ", "))
	}
	if changed > 0 {
		parts = append(parts, fmt.Sprintf("%d under this name with other contents: the prompt has changed since", changed))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%d of it, not whole", len(named))
	}
	return strings.Join(parts, "; ")
}

// nearID names the run that was perhaps meant.
func nearID(dir, id string) string {
	paths, err := runfile.Files(dir)
	if err != nil {
		return ""
	}
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(filepath.Base(path), runfile.Ext)
	}
	return strictyaml.DidYouMean(id, paths)
}

// CheckRunFile is the problem of a run file that is not there.
func CheckRunFile(path string) error {
	if project.Exists(path) {
		return nil
	}
	return problem.List{{Message: fmt.Sprintf("there is no run file %s%s", path, noFile(path))}}
}

// noFile names the run file beside arg that was perhaps meant, and says how a
// baseline comes about.
func noFile(arg string) string {
	if near := nearRun(arg); near != "" {
		return near
	}
	if filepath.Base(arg) == BaselineName {
		return "; make a run the baseline: promptbench baseline set prompts/v1"
	}
	return ""
}

// nearRun names the run file beside arg that was perhaps meant.
func nearRun(arg string) string {
	paths, err := runfile.Files(filepath.Dir(arg))
	if err != nil {
		return ""
	}
	if near := strictyaml.DidYouMean(filepath.Clean(arg), paths); near != "" {
		return "; " + near
	}
	return ""
}

// IsRunFile reports whether a command-line argument names a run file, there or
// not, rather than a revision.
func IsRunFile(arg string) bool { return strings.HasSuffix(arg, runfile.Ext) }
