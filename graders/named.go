package graders

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The graders whose name the suite gives.
const (
	nameExpression = "expression"
	nameCommand    = "command" // package command has it
)

func expressionBuiltIn() BuiltIn {
	return BuiltIn{
		Name:    nameExpression,
		Text:    `A grader of one line: {name: short, check: "len(items) <= 3"}.`,
		TypesAt: []string{"applies_to"},
		IsNamed: true,
		params: func() []param {
			return []param{
				textParam("name", "The score's name.").needed(isRequired),
				textParam("check", "The expression: true, false or a number from 0 to 1.").needed(isRequired),
				saysParam(),
				appliesToParam(),
			}
		},
		build: func(p params) (Grader, error) {
			return expression(p.text(p.values["name"]), Criterion{
				Check: p.text(p.values["check"]), Says: p.text(p.values["says"]), AppliesTo: p.strings(p.values["applies_to"]),
			})
		},
	}
}

func appliesToParam() param {
	return textsParam("applies_to", "The expected types that it is for: one, or a list; all without it.")
}

// CheckName reports whether name can name a grader that is not built in, and so
// its score: letters, digits, hyphens, underscores and dots, and no built-in
// grader's name. The error is a [*ParamError] with the path name.
func CheckName(name string) error {
	wrong := func(hint, format string, args ...any) error {
		return &ParamError{Path: []any{"name"}, Msg: fmt.Sprintf(format, args...), Hint: hint}
	}
	switch {
	case name == "":
		return wrong("its score has it", "the grader needs a name")
	case len(name) > 100:
		return wrong("", "the name has over 100 bytes")
	case name == nameCommand || slices.Contains(Names(), name):
		return wrong("choose another", "the name %s is that of a built-in grader", quote(name))
	case strings.IndexFunc(name, isNotNameRune) >= 0:
		return wrong(nameHint, "the name %s has other characters than a name may", quote(name))
	}
	return nil
}

const nameHint = "use letters, digits, hyphens, underscores and dots"

// isNotNameRune reports whether neither the name of a score nor a criterion's id
// can contain r.
func isNotNameRune(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
}

// Expression returns a grader of the given name whose score is the value of one
// expression over the read reply, as in [Criterion.Check]: true or false, or a
// number from 0 to 1, which passes at 1 only. It applies to cases that expect
// one of the types, or to all where there are none. A reply that could not be
// read scores 0; an expression that fails while running leaves the score
// unscored.
//
// Mistakes are each a [ParamError] whose Path starts with name, check or
// applies_to, joined.
func Expression(name, check string, appliesTo []string) (Grader, error) {
	return expression(name, Criterion{Check: check, AppliesTo: appliesTo})
}

func expression(name string, checked Criterion) (Grader, error) {
	var m mistakes
	if err := CheckName(name); err != nil {
		m.errs = append(m.errs, err)
	}
	checked.AppliesTo = checkTypes(&m, nil, checked.AppliesTo)
	if checked.Check == "" {
		m.add([]any{"check"}, "", "the grader needs an expression")
		return nil, m.err()
	}
	c := criterion{Criterion: checked, program: compileAt(&m, []any{"check"}, checked.Check)}
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		Name      string   `json:"name"`
		Check     string   `json:"check"`
		AppliesTo []string `json:"applies_to,omitempty"`
	}{name, checked.Check, checked.AppliesTo}
	spec := Spec{Name: name, Kind: nameExpression, Version: 1, Params: canonical(params)}
	return function{spec, func(ctx context.Context, s Sample) Score {
		score, _ := c.grade(ctx, s)
		return score
	}}, nil
}
