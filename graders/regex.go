package graders

import (
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
			check: func(e Expect) error {
				_, err := compilePattern(e.Regex, nameRegex)
				return err
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
	own, err := compilePattern(pattern, "pattern")
	if err != nil {
		return nil, err
	}
	params := struct {
		Pattern string `json:"pattern,omitempty"`
	}{pattern}
	return newFunction(nameRegex, params, func(s Sample) Score {
		ofCase, err := compilePattern(s.Expect.Regex, nameRegex)
		switch {
		case err != nil:
			return Unscored("the pattern of the case: " + err.Error())
		case own == nil && ofCase == nil:
			return NotApplicable("neither the suite nor the case has a pattern")
		case strings.TrimSpace(s.Reply.Text) == "":
			return Scored(0, whyEmpty(s.Reply))
		}
		var missed []string
		for _, re := range []*regexp.Regexp{own, ofCase} {
			if re != nil && !re.MatchString(s.Reply.Text) {
				missed = append(missed, re.String())
			}
		}
		if len(missed) > 0 {
			return Scored(0, "no match for "+strings.Join(missed, " and "))
		}
		return Scored(1, "the pattern matches")
	}), nil
}

// compilePattern compiles a pattern that stands under key; the empty one gives
// nil. The error is a [ParamError].
func compilePattern(pattern, key string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile(pattern)
	if err == nil {
		return re, nil
	}
	e := &ParamError{Path: []any{key}, Msg: "the pattern does not compile: " + err.Error()}
	if bad, ok := errors.AsType[*syntax.Error](err); ok { // without the package's prefix
		e.Msg = "the pattern does not compile: " + string(bad.Code) + " at " + quote(bad.Expr)
		if bad.Code == syntax.ErrInvalidPerlOp {
			e.Hint = "patterns are RE2, which has no look-around"
		}
	}
	return nil, e
}
