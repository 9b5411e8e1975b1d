package graders

import (
	"context"
	"regexp"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	nameContains    = "contains"
	nameNotContains = "not_contains"
	nameEquals      = "equals"
	nameRegex       = "regex"
)

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
	return newTextGrader(nameContains, values, o)
}

// NotContains returns the grader "not_contains": 1 where no value is in the
// reply without its thinking, or with Any where at least one is not; else 0. It
// takes values and applies as [Contains] does. An empty reply scores 0: saying
// nothing is no way to avoid a word.
func NotContains(values []string, o TextOptions) (Grader, error) {
	return newTextGrader(nameNotContains, values, o)
}

// Equals returns the grader "equals": 1 where the reply without its thinking is
// one of the values, spaces around both left aside; else 0. It takes values and
// applies as [Contains] does.
func Equals(values []string, o TextOptions) (Grader, error) {
	o.Any = false
	return newTextGrader(nameEquals, values, o)
}

func newTextGrader(name string, values []string, o TextOptions) (Grader, error) {
	var m mistakes
	for i, v := range values {
		if strings.TrimSpace(v) == "" {
			m.add([]any{"values", i}, "", "must not be empty")
		}
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	return textGrader{name, append([]string(nil), values...), o}, nil
}

type textGrader struct {
	name    string
	values  []string
	options TextOptions
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
	expected := map[string][]string{
		nameContains:    s.Expect.Contains,
		nameNotContains: s.Expect.NotContains,
		nameEquals:      s.Expect.Equals,
	}[g.name]
	values := append(append([]string(nil), g.values...), expected...)
	if len(values) == 0 {
		return notApplicable(g.name, "neither the suite nor the case names a value")
	}
	text := g.fold(s.Reply.Text)
	if text == "" {
		return scored(g.name, 0, "", "the reply is empty")
	}
	if g.name == nameEquals {
		return g.equals(text, values)
	}
	var found, missing []string
	for _, v := range values {
		if strings.Contains(text, g.fold(v)) {
			found = append(found, quote(v))
		} else {
			missing = append(missing, quote(v))
		}
	}
	good, bad := found, missing
	if g.name == nameNotContains {
		good, bad = missing, found
	}
	ok := len(bad) == 0 || g.options.Any && len(good) > 0
	return passed(g.name, ok, "", describeFound(found, missing))
}

func (g textGrader) equals(text string, values []string) Score {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
		if text == g.fold(v) {
			return scored(g.name, 1, "", "the reply is "+quoted[i])
		}
	}
	return scored(g.name, 0, "", "the reply is "+quote(text)+", expected "+strings.Join(quoted, " or "))
}

// fold brings a text into the form in which it is compared.
func (g textGrader) fold(s string) string {
	s = strings.TrimSpace(norm.NFC.String(s))
	if g.options.IgnoreCase {
		s = norm.NFC.String(cases.Fold().String(s))
	}
	return s
}

func describeFound(found, missing []string) string {
	var parts []string
	if len(found) > 0 {
		parts = append(parts, "has "+strings.Join(found, ", "))
	}
	if len(missing) > 0 {
		parts = append(parts, "has not "+strings.Join(missing, ", "))
	}
	return "the reply " + strings.Join(parts, " and ")
}

// Regex returns the grader "regex": 1 where the pattern matches somewhere in
// the reply without its thinking, else 0. Patterns are RE2 as in package
// regexp, so that matching takes linear time. A case's own pattern must match as
// well. With an empty pattern it applies only to cases that have one. An empty
// reply scores 0. A pattern that does not compile is a [ParamError]; for the
// pattern of a case see [CheckExpect].
func Regex(pattern string) (Grader, error) {
	g := regex{}
	if pattern != "" {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, patternError([]any{"pattern"}, err)
		}
		g.pattern = re
	}
	return g, nil
}

type regex struct{ pattern *regexp.Regexp }

func (g regex) Spec() Spec {
	if g.pattern == nil {
		return Spec{Name: nameRegex, Version: 1}
	}
	return Spec{Name: nameRegex, Version: 1, Params: canonical(map[string]string{"pattern": g.pattern.String()})}
}

func (g regex) Grade(ctx context.Context, s Sample) ([]Score, error) {
	return one(ctx, g.score(s))
}

func (g regex) score(s Sample) Score {
	var patterns []*regexp.Regexp
	if g.pattern != nil {
		patterns = append(patterns, g.pattern)
	}
	if s.Expect.Regex != "" {
		own, err := regexp.Compile(s.Expect.Regex)
		if err != nil {
			return unscored(nameRegex, "the pattern of the case does not compile: "+err.Error())
		}
		patterns = append(patterns, own)
	}
	if len(patterns) == 0 {
		return notApplicable(nameRegex, "neither the suite nor the case has a pattern")
	}
	if strings.TrimSpace(s.Reply.Text) == "" {
		return scored(nameRegex, 0, "", "the reply is empty")
	}
	var missed []string
	for _, re := range patterns {
		if !re.MatchString(s.Reply.Text) {
			missed = append(missed, re.String())
		}
	}
	if len(missed) > 0 {
		return scored(nameRegex, 0, "", "no match for "+strings.Join(missed, " and "))
	}
	return scored(nameRegex, 1, "", "the pattern matches")
}
