package graders

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"
)

// maxWeight keeps a sum of weights finite.
const maxWeight = 1e6

// newCriterion fills in the defaults of a criterion, compiles its check and
// records every mistake under path.
func newCriterion(m *mistakes, path []any, c Criterion) criterion {
	switch {
	case c.ID == "":
		m.add(at(path, "id"), "", "a criterion needs an id")
	case strings.IndexFunc(c.ID, isNotNameRune) >= 0:
		m.add(at(path, "id"), nameHint, "the id %s has other characters", quote(c.ID))
	}
	if c.Weight == 0 {
		c.Weight = 1
	}
	if !(c.Weight > 0 && c.Weight <= maxWeight) { // false for NaN too
		m.add(at(path, "weight"), "", "weight must be over 0 and at most %d, found %v", int(maxWeight), c.Weight)
	}
	c.AppliesTo = checkTypes(m, path, c.AppliesTo)
	out := criterion{Criterion: c}
	switch {
	case c.Check != "" && c.Question != "":
		m.add(path, "make two criteria of it", "a criterion has either a check or a question, not both")
	case c.Check == "" && c.Question == "":
		m.add(path, "", "a criterion needs a check or a question")
	case len(c.Options) > maxOptions:
		m.add(at(path, "options"), "", "a question has at most %d options, found %d", maxOptions, len(c.Options))
	case strings.Count(c.Question, placeMeets) > maxMeets:
		m.add(at(path, "question"), "", "%s stands in a question at most %d times", placeMeets, maxMeets)
	case c.Says != "" && c.Question != "":
		m.add(at(path, "says"), "leave it out", "says belongs to a check; for a question the judge gives the reason")
	case c.Question != "":
		out.Options, out.Pass = verdicts(m, path, c)
		out.Anchors = anchors(m, path, c.Anchors, out.Options)
		out.Votes = votes(m, path, c.Votes)
	default:
		if len(c.Options) > 0 || len(c.Pass) > 0 || len(c.Anchors) > 0 {
			m.add(path, "", "options, pass and anchors belong to a question, not to a check")
		}
		if c.Judge != "" || c.Batch || c.Votes != 0 {
			m.add(path, "", "judge, batch and votes belong to a question, not to a check")
		}
		out.program = compileAt(m, at(path, "check"), c.Check)
		out.Says = shorten(c.Says, 200)
	}
	return out
}

// checkTypes returns a copy of the types that something applies to.
func checkTypes(m *mistakes, path []any, types []string) []string {
	for i, t := range types {
		if strings.TrimSpace(t) == "" {
			m.add(at(path, "applies_to", i), "", "must not be empty")
		}
	}
	return slices.Clone(types)
}

func compileAt(m *mistakes, path []any, check string) *vm.Program {
	program, err := compile(check)
	if bad, ok := errors.AsType[*ParamError](err); ok {
		bad.Path = path
		m.errs = append(m.errs, bad)
	}
	return program
}

// verdicts gives the options of a question and those that pass, defaults filled
// in. No judge can be wrong about a question all of whose verdicts pass, so that
// is a mistake, as is a verdict that passes without being an option.
func verdicts(m *mistakes, path []any, c Criterion) (options, pass []string) {
	options, pass = slices.Clone(c.Options), slices.Clone(c.Pass)
	if len(options) == 0 {
		options = []string{"yes", "no", unsure}
	}
	if len(pass) == 0 {
		pass = []string{"yes"}
	}
	for i, o := range options {
		switch {
		case strings.TrimSpace(o) != o || o == "":
			m.add(at(path, "options", i), "", "an option must have text and no space around it, found %q", o)
		case slices.Contains(options[:i], o):
			m.add(at(path, "options", i), "", "the option %s appears twice", quote(o))
		}
	}
	for i, p := range pass {
		if slices.Contains(options, p) {
			continue
		}
		if len(c.Pass) == 0 {
			hint := "options are " + strings.Join(options, ", ")
			m.add(at(path, "pass"), hint, "pass must name the options that pass, since yes is none of them")
			continue
		}
		m.add(at(path, "pass", i), suggest(p, options), "%s is no option", quote(p))
	}
	if !slices.ContainsFunc(options, func(o string) bool { return !slices.Contains(pass, o) }) {
		m.add(at(path, "pass"), "", "every option passes, so the question decides nothing")
	}
	return options, pass
}

// anchors checks what the options are said to mean. Where one step of a scale
// has an anchor, each has: a judge would guess the others.
func anchors(m *mistakes, path []any, given map[string]string, options []string) map[string]string {
	if len(given) == 0 {
		return nil
	}
	for _, o := range slices.Sorted(maps.Keys(given)) {
		switch {
		case !slices.Contains(options, o):
			m.add(at(path, "anchors", o), suggest(o, options), "%s is no option", quote(o))
		case strings.TrimSpace(given[o]) == "":
			m.add(at(path, "anchors", o), "", "the anchor of %s is empty", quote(o))
		}
	}
	for _, o := range options {
		if _, ok := given[o]; !ok && o != unsure {
			m.add(at(path, "anchors"), "say of each option but unsure what it means", "%s has no anchor", quote(o))
		}
	}
	return maps.Clone(given)
}

// votes gives 0 for the usual one vote, so that saying so changes nothing.
func votes(m *mistakes, path []any, n int) int {
	if n < 0 || n > MaxVotes {
		m.add(at(path, "votes"), "", "votes must be from 1 to %d, found %d", MaxVotes, n)
	}
	if n == 1 {
		return 0
	}
	return n
}
