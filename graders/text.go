package graders

import (
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
	texts := func(e Expect) []string { return e.Contains }
	return valuesBuiltIn(nameContains, "Whether the reply has these texts.", "Texts that the reply has.", texts, Contains,
		flagParam("any", "true: one of the texts is enough."))
}

func notContainsBuiltIn() BuiltIn {
	texts := func(e Expect) []string { return e.NotContains }
	return valuesBuiltIn(nameNotContains, "Whether the reply has none of these texts.",
		"Texts that the reply does not have.", texts, NotContains,
		flagParam("any", "true: it is enough that one of the texts is missing."))
}

func equalsBuiltIn() BuiltIn {
	texts := func(e Expect) []string { return e.Equals }
	return valuesBuiltIn(
		nameEquals, "Whether the reply is one of these texts.", "The reply is one of these texts.", texts, Equals)
}

// valuesBuiltIn declares a grader that holds a reply to texts: values, further
// parameters, and ignore_case.
func valuesBuiltIn(
	name, text, expected string, texts func(Expect) []string,
	build func([]string, TextOptions) (Grader, error), further ...param,
) BuiltIn {
	return BuiltIn{
		Name: name, Text: text, Expect: Expectation{Key: name, Text: expected, texts: texts}, short: "values",
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
	return newTextGrader(containsBuiltIn(), values, o, func(text string, values []string) (bool, string) {
		present, missing, reason := o.find(text, values)
		return missing == 0 || o.Any && present > 0, reason
	})
}

// NotContains returns the grader "not_contains": 1 where no value is in the
// reply without its thinking, or with Any where at least one is not; else 0. It
// takes values and applies as [Contains] does. An empty reply scores 0: saying
// nothing is no way to avoid a word.
func NotContains(values []string, o TextOptions) (Grader, error) {
	return newTextGrader(notContainsBuiltIn(), values, o, func(text string, values []string) (bool, string) {
		present, missing, reason := o.find(text, values)
		return present == 0 || o.Any && missing > 0, reason
	})
}

// Equals returns the grader "equals": 1 where the reply without its thinking is
// one of the values, spaces around both left aside; else 0. It takes values and
// applies as [Contains] does.
func Equals(values []string, o TextOptions) (Grader, error) {
	o.Any = false
	return newTextGrader(equalsBuiltIn(), values, o, func(text string, values []string) (bool, string) {
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = quote(v)
			if text == o.fold(v) {
				return true, "the reply is " + quoted[i]
			}
		}
		return false, "the reply is " + quote(text) + ", expected " + strings.Join(quoted, " or ")
	})
}

// newTextGrader makes a grader that compares replies with the values of the suite
// and those of the case. compare gets the text folded and not empty, and at least
// one value.
func newTextGrader(
	b BuiltIn, values []string, o TextOptions, compare func(text string, values []string) (pass bool, reason string),
) (Grader, error) {
	var m mistakes
	checkNotBlank(&m, "values", values)
	if err := m.err(); err != nil {
		return nil, err
	}
	values = slices.Clone(values)
	params := struct {
		Values     []string `json:"values,omitempty"`
		Any        bool     `json:"any,omitempty"`
		IgnoreCase bool     `json:"ignore_case,omitempty"`
	}{values, o.Any, o.IgnoreCase}
	return newFunction(b.Name, params, func(s Sample) Score {
		all := slices.Concat(values, b.Expect.list(s.Expect))
		if len(all) == 0 {
			return NotApplicable("neither the suite nor the case names a value")
		}
		text := o.fold(s.Reply.Text)
		if text == "" && !s.Reply.Readable() {
			return Scored(0, whyEmpty(s.Reply))
		}
		pass, reason := compare(text, all)
		return scoreIf(pass, "", reason)
	}), nil
}

// find counts the values that the text has and those that it lacks.
func (o TextOptions) find(text string, values []string) (present, missing int, reason string) {
	var has, lacks []string
	for _, v := range values {
		if strings.Contains(text, o.fold(v)) {
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

// fold brings a text into the form in which it is compared.
func (o TextOptions) fold(s string) string {
	s = strings.TrimSpace(norm.NFC.String(s))
	if o.IgnoreCase {
		s = norm.NFC.String(cases.Fold().String(s))
	}
	return s
}
