package graders

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// CheckExpect reports what is wrong with what a case expects before anything is
// graded: a count that no number satisfies, a pattern that does not compile, an
// empty value. All mistakes are joined, each a [ParamError] whose Path starts at
// the expectation, such as count or contains[1].
func CheckExpect(e Expect) error {
	var m mistakes
	if e.Count != nil {
		checkRange(&m, []any{"count"}, *e.Count)
	}
	for _, l := range []struct {
		key    string
		values []string
	}{{"equals", e.Equals}, {"contains", e.Contains}, {"not_contains", e.NotContains}} {
		for i, v := range l.values {
			if strings.TrimSpace(v) == "" {
				m.add([]any{l.key, i}, "", "must not be empty")
			}
		}
	}
	if e.Regex != "" {
		if _, err := regexp.Compile(e.Regex); err != nil {
			m.errs = append(m.errs, patternError([]any{"regex"}, err))
		}
	}
	if len(e.JSONSchema) > 0 {
		if _, err := compileSchema(e.JSONSchema, []any{"json_schema"}); err != nil {
			m.errs = append(m.errs, err)
		}
	}
	for i, src := range e.Checks {
		compileAt(&m, []any{"checks", i}, src)
	}
	for i, demand := range e.Meets {
		if strings.TrimSpace(demand) == "" {
			m.add([]any{"meets", i}, "", "must not be empty")
		}
	}
	return m.err()
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
