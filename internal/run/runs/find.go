package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

// ErrNoRun says that a revision has no run that would do.
var ErrNoRun = errors.New("no such run")

// A noRun is an [ErrNoRun] that says why.
type noRun string

func (n noRun) Error() string      { return string(n) }
func (noRun) Is(target error) bool { return target == ErrNoRun }

func noRunf(format string, args ...any) error { return noRun(fmt.Sprintf(format, args...)) }

// A Lookup finds the runs that command-line arguments name.
type Lookup struct {
	Runs      string           // the runs directory
	Model     string           // only runs of this model, by id or name; empty: see [Lookup.Path]
	Suite     string           // runs of the suite with this name come first; empty: any
	Project   *project.Project // says which model a name means; nil: none
	Sealing   *suite.Suite     // that --suite names; nil: none
	Whole     bool             // only complete runs of a whole suite
	MaxErrors int              // trials that may have ended in an error in a complete run
	Note      func(string)     // says which newer run is passed over; nil: nobody
}

// LookupOf finds runs as the options say: in the runs directory, of the model and
// the suite that they name.
func LookupOf(o project.Options) (Lookup, error) {
	p, err := project.Settings(o)
	look := Lookup{Runs: p.RunsDir, Model: o.Model, Project: p}
	if err != nil || o.Suite == "" {
		return look, err
	}
	named, probs := suite.Load(o.Suite)
	look.Suite, look.Sealing = named.Name, named
	return look, probs.Err()
}

// Path returns the run file that arg names: a run file, the id of a run in the runs
// directory, or a revision, whose newest run with the same contents it is. Runs on
// the suite and the model of like, if not nil, come first, and complete ones before
// others. If there are runs on several models, Model or the model that the revision
// would run on decides; it is an error if that leaves several.
func (l Lookup) Path(ctx context.Context, arg string, like *runfile.Header) (string, error) {
	if IsRunFile(arg) {
		return arg, CheckRunFile(arg)
	}
	byID, err := runfile.Find(l.Runs, func(h runfile.Header) bool { return h.Run == arg })
	if err != nil {
		return "", err
	}
	if len(byID) > 0 {
		return byID[0].Path, checkRevision(byID[0].Header)
	}
	if runfile.IsID(arg) && !strings.ContainsRune(arg, '/') {
		return "", problem.List{{
			Message: fmt.Sprintf("no run %s in %s", arg, l.Runs),
			Hint:    cmp.Or(nearID(l.Runs, arg), "list them: promptbench runs"),
		}}
	}
	if files, err := runfile.Files(arg); err == nil && len(files) > 0 {
		return "", problem.List{{
			Message: arg + " is a directory",
			Hint:    "name a run in it, such as " + filepath.ToSlash(files[len(files)-1]),
		}}
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
		return h.Prompt.Hash == hash && h.Mutant == nil && l.isModel(h)
	})
	if err != nil {
		return "", err
	}
	newestFirst := found
	if l.Whole {
		found = slices.DeleteFunc(slices.Clone(found), func(f runfile.Found) bool {
			return !l.isWhole(f) && !l.wasDecided(f, like)
		})
	}
	if len(found) == 0 {
		return "", l.none(arg, named, hash)
	}
	ranked := slices.Clone(found)
	slices.SortStableFunc(ranked, func(a, b runfile.Found) int { // of equal ones the newest stays first
		return l.rank(b, like) - l.rank(a, like)
	})
	chosen, err := l.onOneModel(arg, p, ranked, like)
	if err == nil {
		l.notePassedOver(arg, newestFirst, chosen)
	}
	return chosen.Path, err
}

// isComplete reports whether a run has all its replies, but for the errors that are
// allowed.
func (l Lookup) isComplete(f runfile.Found) bool {
	return f.Status == runfile.Complete && f.Errors <= l.MaxErrors
}

// isWhole reports whether a run is complete and over a whole suite.
func (l Lookup) isWhole(f runfile.Found) bool {
	return l.isComplete(f) && f.Header.Selected == nil && !f.Stopped()
}

// wasDecided reports whether a run stopped early because of its verdict against a base,
// which is then as good as that of a whole run.
func (l Lookup) wasDecided(f runfile.Found, base *runfile.Header) bool {
	return base != nil && l.isComplete(f) && f.Header.Selected == nil && f.Stopped() && f.End.Decided.Base == base.Run
}

// notePassedOver says which newer run of the same suite on the same model is not
// chosen, because it is not complete or has only some of the cases.
func (l Lookup) notePassedOver(arg string, newestFirst []runfile.Found, chosen runfile.Found) {
	for _, f := range newestFirst {
		if f.Path == chosen.Path || l.Note == nil {
			return
		}
		if h := f.Header; h.Suite.Name == chosen.Header.Suite.Name && h.Model.Same(chosen.Header.Model) && !l.isWhole(f) {
			what := "is not complete"
			switch {
			case f.Stopped():
				what = "stopped early"
			case l.isComplete(f):
				what = "has only some of the cases"
			}
			l.Note(fmt.Sprintf("a newer run of %s %s: %s; name the file to see it", arg, what, f.Path))
			return
		}
	}
}

// rank ranks a run by all but its model: a redacted copy less than any other run,
// one that is not complete less than one that is, and least of these one that has
// only some of the cases.
func (l Lookup) rank(f runfile.Found, like *runfile.Header) int {
	rank := 0
	if f.Header.Redacted != nil {
		rank -= 16
	}
	if f.Header.Suite.Name == l.Suite {
		rank += 8
	}
	if like != nil && f.Header.Suite.Name == like.Suite.Name {
		rank += 4
	}
	if l.wasDecided(f, like) {
		return rank + whole
	}
	return rank + l.wholeness(f)
}

// whole is the wholeness of a complete run of a whole suite.
const whole = 2

// wholeness is 2 for a complete run of a whole suite, 1 for one of some cases, else 0.
func (l Lookup) wholeness(f runfile.Found) int {
	switch {
	case l.isWhole(f):
		return whole
	case l.isComplete(f):
		return 1
	}
	return 0
}

// none says why no run is found for a revision, given the runs under its name.
func (l Lookup) none(arg string, named []runfile.Header, hash string) error {
	what, on, flag, others := "no run", "", "", ""
	if l.Whole {
		what = "no complete run of the whole suite"
	}
	if l.Model != "" {
		on, flag = " on model "+l.Model, " --model "+l.Model
	}
	if len(named) > 0 {
		others = " (" + l.others(named, hash) + ")"
	}
	return noRunf("%s of %s as it is now%s in %s%s; run it first: promptbench run %s%s",
		what, arg, on, l.Runs, others, arg, flag)
}

// others says why the runs under a revision's name are not chosen.
func (l Lookup) others(named []runfile.Header, hash string) string {
	var models, parts []string
	changed := 0
	for _, h := range named {
		switch {
		case h.Prompt.Hash != hash:
			changed++
		case !l.isModel(h):
			models = append(models, h.Model.ID)
		}
	}
	if len(models) > 0 {
		slices.Sort(models)
		parts = append(parts, "there are runs on "+strings.Join(slices.Compact(models), ", "))
	}
	if changed > 0 {
		parts = append(parts,
			fmt.Sprintf("%d under this name with other contents: the prompt has changed since", changed))
	}
	if len(parts) == 0 {
		return wording.Count(len(named), "run") + " of it, incomplete or of some cases only"
	}
	return strings.Join(parts, "; ")
}

// nearID suggests a run in dir whose id is like the one that was typed.
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

// checkRevision returns an error for a run on the variants of a change.
func checkRevision(h runfile.Header) error {
	if h.Blame == nil {
		return nil
	}
	prompts := config.FromRecord(h.Blame.Base.Path)
	if h.Prompt.Path != h.Blame.Base.Path {
		prompts += " " + config.FromRecord(h.Prompt.Path)
	}
	return problem.List{{
		Message: fmt.Sprintf("run %s has replies to variants of a change, not to one revision", h.Run),
		Hint:    "see its result again, without a call: promptbench blame " + prompts + " --offline",
	}}
}

// CheckRunFile returns an error if there is no run of a revision at path, with what was
// perhaps meant.
func CheckRunFile(path string) error {
	if project.Exists(path) {
		h, err := runfile.ReadHeader(path)
		if err != nil {
			return nil //nolint:nilerr // what loads the run says what is wrong with it
		}
		return checkRevision(h)
	}
	hint := ""
	if beside, err := runfile.Files(filepath.Dir(path)); err == nil {
		hint = strictyaml.DidYouMean(filepath.Clean(path), beside)
	}
	if hint == "" && filepath.Base(path) == BaselineName {
		hint = "make a run the baseline: promptbench baseline set prompts/v1"
	}
	if hint != "" {
		hint = "; " + hint
	}
	return problem.List{{Message: fmt.Sprintf("there is no run file %s%s", path, hint)}}
}

// IsRunFile reports whether a command-line argument names a run file, there or
// not, rather than a revision.
func IsRunFile(arg string) bool { return strings.HasSuffix(arg, runfile.Ext) }
