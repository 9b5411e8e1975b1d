package graders

import (
	"context"
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

const nameRegex = "regex"

func regexBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameRegex,
		Text: "Whether the reply matches a pattern (RE2).",
		Expect: Expectation{
			Key: nameRegex, Text: "A pattern (RE2) that the reply matches.",
			words: func(e Expect) string { return e.Regex },
			check: func(m *mistakes, e Expect) {
				if _, err := regexp.Compile(e.Regex); err != nil {
					m.errs = append(m.errs, patternError([]any{nameRegex}, err))
				}
			},
		},
		short:  "pattern",
		params: func() []param { return []param{textParam("pattern", "The pattern.")} },
		build:  func(p params) (Grader, error) { return Regex(p.text(p.values["pattern"])) },
	}
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

// patternError says what RE2 holds against a pattern without the package's
// prefix.
func patternError(path []any, err error) *ParamError {
	e := &ParamError{Path: path, Msg: "the pattern does not compile: " + err.Error()}
	if bad, ok := errors.AsType[*syntax.Error](err); ok {
		e.Msg = "the pattern does not compile: " + string(bad.Code) + " at " + quote(bad.Expr)
		if bad.Code == syntax.ErrInvalidPerlOp {
			e.Hint = "patterns are RE2, which has no look-around"
		}
	}
	return e
}
