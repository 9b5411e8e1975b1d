package graders

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	nameContains    = "contains"
	nameNotContains = "not_contains"
	nameEquals      = "equals"
)

func containsBuiltIn() BuiltIn {
	expect := Expectation{
		Key: nameContains, Text: "Texts that the reply has.",
		texts: func(e Expect) []string { return e.Contains },
	}
	return valuesBuiltIn(nameContains, "Whether the reply has these texts.", expect, Contains,
		flagParam("any", "true: one of the texts is enough."))
}

func notContainsBuiltIn() BuiltIn {
	expect := Expectation{
		Key: nameNotContains, Text: "Texts that the reply does not have.",
		texts: func(e Expect) []string { return e.NotContains },
	}
	return valuesBuiltIn(nameNotContains, "Whether the reply has none of these texts.", expect, NotContains,
		flagParam("any", "true: it is enough that one of the texts is missing."))
}

func equalsBuiltIn() BuiltIn {
	expect := Expectation{
		Key: nameEquals, Text: "Texts of which the reply is one.",
		texts: func(e Expect) []string { return e.Equals },
	}
	return valuesBuiltIn(nameEquals, "Whether the reply is one of these texts.", expect, Equals)
}

// valuesBuiltIn declares a grader that holds a reply to texts: values, further
// parameters, and ignore_case.
func valuesBuiltIn(
	name, text string, expect Expectation, build func([]string, TextOptions) (Grader, error), further ...param,
) BuiltIn {
	return BuiltIn{
		Name: name, Text: text, Expect: expect, short: "values",
		params: func() []param {
			return slices.Concat(
				[]param{textsParam("values", "The texts: one, or a list.")},
				further,
				[]param{flagParam("ignore_case", "true: capitals and small letters are the same.")},
			)
		},
		build: func(p params) (Grader, error) {
			values := p.strings(p.values["values"])
			return build(values, TextOptions{Any: p.boolean(p.values["any"]), IgnoreCase: p.boolean(p.values["ignore_case"])})
		},
	}
}

// TextOptions change how texts are held to the values of [Contains],
// [NotContains] and [Equals]. Whatever the options, both sides are compared in
// Unicode's composed form (NFC), in which a Hangul syllable is one character
// however it was typed.
type TextOptions struct {
	IgnoreCase bool // by Unicode case folding
	Any        bool // one value is enough; Equals is always satisfied with one
}

// Contains returns the grader "contains": 1 where the reply without its
// thinking has every value in it, or with Any at least one; else 0. The values
// that a case expects are added to values, which may be empty: then it applies
// only to cases that expect some. An empty reply scores 0. A blank value is a
// [ParamError].
func Contains(values []string, o TextOptions) (Grader, error) {
	return newTextGrader(containsBuiltIn(), values, o, containsAll)
}

// NotContains returns the grader "not_contains": 1 where no value is in the
// reply without its thinking, or with Any where at least one is not; else 0. It
// takes values and applies as [Contains] does. An empty reply scores 0: saying
// nothing is no way to avoid a word.
func NotContains(values []string, o TextOptions) (Grader, error) {
	return newTextGrader(notContainsBuiltIn(), values, o, containsNone)
}

// Equals returns the grader "equals": 1 where the reply without its thinking is
// one of the values, spaces around both left aside; else 0. It takes values and
// applies as [Contains] does.
func Equals(values []string, o TextOptions) (Grader, error) {
	o.Any = false
	return newTextGrader(equalsBuiltIn(), values, o, equalsOne)
}

// A textGrader compares a reply with the values of the suite and of the case.
type textGrader struct {
	name    string
	expect  Expectation // has the values of the case
	values  []string    // those of the suite
	options TextOptions
	compare comparison
}

// A comparison says whether a text is as the values want it. The text is folded
// and not empty, and there is at least one value.
type comparison func(g textGrader, text string, values []string) (pass bool, reason string)

func newTextGrader(b BuiltIn, values []string, o TextOptions, compare comparison) (Grader, error) {
	var m mistakes
	checkNotBlank(&m, "values", values)
	if err := m.err(); err != nil {
		return nil, err
	}
	return textGrader{b.Name, b.Expect, slices.Clone(values), o, compare}, nil
}

func (g textGrader) Spec() Spec {
	return Spec{Name: g.name, Version: 1, Params: canonical(struct {
		Values     []string `json:"values,omitempty"`
		Any        bool     `json:"any,omitempty"`
		IgnoreCase bool     `json:"ignore_case,omitempty"`
	}{g.values, g.options.Any, g.options.IgnoreCase})}
}

func (g textGrader) Grade(ctx context.Context, s Sample) ([]Score, error) {
	return one(ctx, g.score(s))
}

func (g textGrader) score(s Sample) Score {
	values := slices.Concat(g.values, g.expect.list(s.Expect))
	if len(values) == 0 {
		return notApplicable(g.name, "neither the suite nor the case names a value")
	}
	text := g.fold(s.Reply.Text)
	if text == "" {
		return scored(g.name, 0, "", "the reply is empty")
	}
	pass, reason := g.compare(g, text, values)
	return passed(g.name, pass, "", reason)
}

func containsAll(g textGrader, text string, values []string) (bool, string) {
	present, missing, reason := g.find(text, values)
	return missing == 0 || g.options.Any && present > 0, reason
}

func containsNone(g textGrader, text string, values []string) (bool, string) {
	present, missing, reason := g.find(text, values)
	return present == 0 || g.options.Any && missing > 0, reason
}

// find counts the values that the text has and those that it lacks.
func (g textGrader) find(text string, values []string) (present, missing int, reason string) {
	var has, lacks []string
	for _, v := range values {
		if strings.Contains(text, g.fold(v)) {
			has = append(has, quote(v))
		} else {
			lacks = append(lacks, quote(v))
		}
	}
	var parts []string
	if len(has) > 0 {
		parts = append(parts, "has "+strings.Join(has, ", "))
	}
	if len(lacks) > 0 {
		parts = append(parts, "has not "+strings.Join(lacks, ", "))
	}
	return len(has), len(lacks), "the reply " + strings.Join(parts, " and ")
}

func equalsOne(g textGrader, text string, values []string) (bool, string) {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
		if text == g.fold(v) {
			return true, "the reply is " + quoted[i]
		}
	}
	return false, "the reply is " + quote(text) + ", expected " + strings.Join(quoted, " or ")
}

// fold brings a text into the form in which it is compared.
func (g textGrader) fold(s string) string {
	s = strings.TrimSpace(norm.NFC.String(s))
	if g.options.IgnoreCase {
		s = norm.NFC.String(cases.Fold().String(s))
	}
	return s
}
