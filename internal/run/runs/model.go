package runs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// isModel reports whether a run is one on the model that Model names.
func (l Lookup) isModel(h runfile.Header) bool {
	return l.Model == "" || h.Model.ID == l.Model || h.Model.Name == l.Model || l.means(l.Model, h.Model)
}

// means reports whether a name means a run's model now.
func (l Lookup) means(name string, m runfile.Model) bool {
	return l.Project != nil && name != "" && l.Project.Means(name, m)
}

// onOneModel returns the first of the runs of a revision, which must leave no doubt
// about the model. Only runs of the first one's suite that are as complete are considered.
func (l Lookup) onOneModel(arg string, p *prompt.Prompt, found []runfile.Found, like *runfile.Header) (
	runfile.Found, error,
) {
	first, whole := found[0].Header, l.wholeness(found[0])
	found = slices.DeleteFunc(slices.Clone(found), func(f runfile.Found) bool {
		return f.Header.Suite.Name != first.Suite.Name || l.wholeness(f) < whole ||
			(f.Header.Redacted != nil) != (first.Redacted != nil)
	})
	if l.Model != "" {
		found = l.narrowTo(l.Model, found)
	}
	if like != nil {
		found = narrow(found, like.Model.Same)
	}
	if l.Project != nil && len(models(found)) > 1 {
		found = l.narrowTo(cmp.Or(p.Model, l.Project.Config.Model), found)
	}
	if several := models(found); len(several) > 1 {
		names := make([]string, len(several))
		for i, m := range several {
			names[i] = fmt.Sprintf("%s (%s)", m.ID, m.Endpoint)
		}
		return runfile.Found{}, problem.List{{
			Message: fmt.Sprintf("%s has runs on %s: %s", arg, wording.Count(len(several), "model"), wording.List(names)),
			Hint: fmt.Sprintf("choose one with --model, such as --model %s, or name a run file",
				cmp.Or(several[0].Name, several[0].ID)),
		}}
	}
	return found[0], nil
}

// narrowTo keeps the runs on the model of a name, or all if there are none: the
// config says what the name means now, and a run what it meant then.
func (l Lookup) narrowTo(name string, found []runfile.Found) []runfile.Found {
	found = narrow(found, func(m runfile.Model) bool { return l.means(name, m) })
	found = narrow(found, func(m runfile.Model) bool { return name != "" && m.Name == name })
	return narrow(found, func(m runfile.Model) bool { return m.ID == name })
}

// narrow keeps the runs whose model fits, or all if none does.
func narrow(found []runfile.Found, fits func(runfile.Model) bool) []runfile.Found {
	some := slices.DeleteFunc(slices.Clone(found), func(f runfile.Found) bool { return !fits(f.Header.Model) })
	if len(some) == 0 {
		return found
	}
	return some
}

// models are the models of runs, each once.
func models(found []runfile.Found) []runfile.Model {
	var out []runfile.Model
	for _, f := range found {
		if !slices.ContainsFunc(out, f.Header.Model.Same) {
			out = append(out, f.Header.Model)
		}
	}
	return out
}

// checkModel returns a problem if neither the config nor a run knows a model, with
// what was perhaps meant.
func (l Lookup) checkModel(name string) error {
	known := map[string]bool{}
	if l.Project != nil {
		for configured := range l.Project.Config.Models {
			known[configured] = true
		}
	}
	if _, err := runfile.Find(l.Runs, func(h runfile.Header) bool {
		if h.OfRevision() {
			known[h.Model.ID], known[h.Model.Name] = true, true
		}
		return false
	}); err != nil || known[name] {
		return err
	}
	delete(known, "")
	names := slices.Sorted(maps.Keys(known))
	hint := strictyaml.DidYouMean(name, names)
	if hint == "" && len(names) > 0 {
		hint = "there are " + wording.List(names)
	}
	return problem.List{{
		Message: fmt.Sprintf("--model %s: neither the config nor a run in %s has this model", name, l.Runs), Hint: hint,
	}}
}
