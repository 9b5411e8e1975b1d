package graders

import (
	"context"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"
)

const nameChecks = "checks"

func checksBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameChecks,
		Text: "Expressions over the reply that must all hold.",
		Expect: Expectation{
			Key: nameChecks, Text: "Expressions over the reply that must hold, such as len(items) <= 3.",
			words: func(e Expect) string { return strings.Join(e.Checks, ", ") },
			check: func(e Expect) error {
				var m mistakes
				for i, src := range e.Checks {
					compileAt(&m, []any{nameChecks, i}, src)
				}
				return m.err()
			},
		},
		short:  "values",
		params: func() []param { return []param{textsParam("values", "The expressions: one, or a list.")} },
		build:  func(p params) (Grader, error) { return Checks(p.strings(p.values["values"])) },
	}
}

// Checks returns the grader "checks": 1 where every expression holds, else 0
// with those that do not in the reason. Expressions are written as a
// [Criterion]'s Check; a number holds at 1 only. Those that a case expects are
// added to values, which may be empty: then it applies only to cases that expect
// some. An expression that fails while running leaves the score unscored, unless
// another one does not hold. One that does not compile is a [ParamError].
func Checks(values []string) (Grader, error) {
	var m mistakes
	var own []check
	for i, src := range values {
		own = append(own, check{src, compileAt(&m, []any{"values", i}, src)})
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		Values []string `json:"values,omitempty"`
	}{slices.Clone(values)}
	spec := Spec{Name: nameChecks, Version: 1, Params: canonical(params)}
	return function{spec, func(ctx context.Context, s Sample) Score { return scoreChecks(ctx, own, s) }}, nil
}

type check struct {
	source  string
	program *vm.Program
}

func scoreChecks(ctx context.Context, checks []check, s Sample) Score {
	var failed, open []string
	checks = slices.Clone(checks)
	for _, src := range s.Expect.Checks {
		program, err := compile(src)
		if err != nil {
			open = append(open, err.Error())
			continue
		}
		checks = append(checks, check{src, program})
	}
	if len(checks)+len(open) == 0 {
		return NotApplicable("neither the suite nor the case names a check")
	}
	if !s.IsReadable() {
		return Unreadable(s.Reply)
	}
	for _, c := range checks {
		v, err := evaluate(ctx, c.program, s)
		switch {
		case err != nil:
			open = append(open, err.Error())
		case v < 1:
			failed = append(failed, shorten(c.source, 120)+" is false")
		}
	}
	switch {
	case len(failed) > 0:
		return Scored(0, joinFindings(failed))
	case len(open) > 0:
		return Unscored(strings.Join(open, "; "))
	}
	return Scored(1, "")
}
