package graders

import (
	"context"
	"fmt"
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
	g := checks{}
	for i, src := range values {
		g.own = append(g.own, check{src, compileAt(&m, []any{"values", i}, src)})
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	return g, nil
}

type check struct {
	source  string
	program *vm.Program
}

type checks struct{ own []check }

func (g checks) Spec() Spec {
	if len(g.own) == 0 {
		return Spec{Name: nameChecks, Version: 1}
	}
	values := make([]string, len(g.own))
	for i, c := range g.own {
		values[i] = c.source
	}
	return Spec{Name: nameChecks, Version: 1, Params: canonical(map[string][]string{"values": values})}
}

func (g checks) Grade(ctx context.Context, s Sample) ([]Score, error) {
	all := append([]check(nil), g.own...)
	var failed, open []string
	for _, src := range s.Expect.Checks {
		program, err := compile(src)
		if err != nil {
			open = append(open, err.Error())
			continue
		}
		all = append(all, check{src, program})
	}
	if len(all)+len(open) == 0 {
		return one(ctx, notApplicable(nameChecks, "neither the suite nor the case names a check"))
	}
	if !s.Reply.Readable() {
		return one(ctx, scored(nameChecks, 0, "", shorten("unreadable: "+unreadable(s.Reply), 300)))
	}
	for _, c := range all {
		v, err := evaluate(ctx, c.program, s)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("grading %s: %w", nameChecks, ctx.Err())
		}
		switch {
		case err != nil:
			open = append(open, err.Error())
		case v < 1:
			failed = append(failed, shorten(c.source, 120))
		}
	}
	switch {
	case len(failed) > 0:
		return one(ctx, scored(nameChecks, 0, "", "not so: "+list(failed)))
	case len(open) > 0:
		return one(ctx, unscored(nameChecks, strings.Join(open, "; ")))
	}
	return one(ctx, scored(nameChecks, 1, "", ""))
}
