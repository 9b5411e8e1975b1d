package graders

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// What one check may use. The limits are far over what a check of one reply
// needs, the longest included, which has a quarter of a million items, and stop
// a bomb before it is felt.
const (
	maxSource = 4 << 10  // bytes of source
	maxNodes  = 500      // nodes of the parsed expression
	maxMemory = 1 << 20  // elements of lists made in one evaluation
	maxText   = 16 << 20 // bytes of text made in one evaluation
	maxSteps  = 1 << 19  // elements looked at by all, count, map, … in one evaluation
)

const expectedResult = "true, false or a number from 0 to 1"

// offered are the functions of the expression language that a check may call.
// Those that make text or lists without accounting for it are replaced by
// metered ones or left out, as is everything that depends on the clock or on
// the order of a map.
func offered() []string {
	return []string{
		"abs", "all", "any", "ceil", "count", "filter", "find", "findIndex", "findLast", "findLastIndex",
		"first", "float", "floor", "hasPrefix", "hasSuffix", "indexOf", "int", "last", "lastIndexOf", "len",
		"map", "max", "mean", "median", "min", "none", "one", "round", "sort", "sortBy", "sum",
		"trim", "trimPrefix", "trimSuffix",
	}
}

// CheckExpression reports whether src would do as the check of a [Criterion].
// The error is a [*ParamError] without a path whose Line and Column are the
// place of the mistake in src.
func CheckExpression(src string) error {
	_, err := compile(src)
	return err
}

// compile turns the source of a check into a program that gives true or false
// or a number. Names and types are checked against the environment here, so that
// a typo never waits for a reply to be found.
func compile(src string) (*vm.Program, error) {
	program, err := compileAny(src)
	if err != nil {
		return nil, err
	}
	switch program.Node().Type().Kind() {
	case reflect.Bool, reflect.Int, reflect.Float64, reflect.Interface:
		return program, nil
	default:
		return nil, &ParamError{
			Msg:  fmt.Sprintf("the expression gives %s, expected %s", program.Node().Type(), expectedResult),
			Hint: "compare it with something", Line: 1, Column: 1,
		}
	}
}

// compileAny is compile for an expression that may give anything.
func compileAny(src string) (*vm.Program, error) {
	if strings.TrimSpace(src) == "" {
		return nil, &ParamError{Msg: "the expression is empty"}
	}
	if len(src) > maxSource {
		return nil, &ParamError{
			Msg:  fmt.Sprintf("the expression has %d bytes, at most %d are read", len(src), maxSource),
			Hint: "split it into several criteria",
		}
	}
	env := (&meter{}).env(Sample{}) // only its types are looked at
	guard := &guard{}
	options := []expr.Option{expr.Env(env), expr.MaxNodes(maxNodes), expr.Patch(guard), expr.DisableAllBuiltins()}
	for _, name := range offered() {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(src, options...)
	if err == nil {
		err = guard.err(program)
	}
	if err != nil {
		return nil, expressionError(src, err, env)
	}
	return program, nil
}

// expressionError puts the place in front of the reader: expressions are short
// and often stand inside a longer line of a suite.
func expressionError(src string, err error, env map[string]any) *ParamError {
	e := &ParamError{Msg: oneLine(err.Error())}
	at, ok := errors.AsType[*file.Error](err)
	if !ok {
		return e
	}
	e.Msg, e.Line, e.Column = oneLine(at.Message), max(at.Line, 1), at.Column+1
	if name, ok := strings.CutPrefix(e.Msg, "unknown name "); ok {
		e.Hint = suggest(name, names(env))
	}
	place := fmt.Sprintf(" at character %d", e.Column)
	if strings.Contains(strings.TrimSpace(src), "\n") {
		place = fmt.Sprintf(" at line %d, character %d", e.Line, e.Column)
	}
	e.Msg += place
	return e
}

// names lists what an expression may name, sorted. Names with a space are for
// the guard alone.
func names(env map[string]any) []string {
	all := offered()
	for name := range env {
		if !strings.Contains(name, " ") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// A replyFault is why an expression that reads JSON failed: the reply has none, or
// other JSON than the expression reads.
type replyFault struct{ reason string }

// Error implements error.
func (f *replyFault) Error() string { return f.reason }

// run evaluates a compiled expression over a sample. The error says why it has no
// value: a [*replyFault], the expression's, or the context's where that was cancelled.
func run(ctx context.Context, program *vm.Program, s Sample) (any, error) {
	m := &meter{ctx: ctx, end: time.Now().Add(maxTime)}
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(program, m.env(s))
	if m.failed != nil { // what the machine made of it afterwards is noise
		return nil, m.failed
	}
	if err == nil {
		return out, nil
	}
	if at, ok := errors.AsType[*file.Error](err); ok {
		err = errors.New(oneLine(at.Message))
	}
	if m.readsJSON {
		return nil, &replyFault{err.Error()}
	}
	return nil, fmt.Errorf("evaluating the check: %w", err)
}

// evaluate runs a compiled check over a sample. A check that reads JSON which the reply
// does not have gives 0. The error says why the check could not decide, or is the
// context's where that was cancelled.
func evaluate(ctx context.Context, program *vm.Program, s Sample) (float64, error) {
	out, err := run(ctx, program, s)
	if _, isReply := errors.AsType[*replyFault](err); isReply {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var number float64
	switch v := out.(type) {
	case bool:
		number = *scoreIf(v, "", "").Value
	case int:
		number = float64(v)
	case float64:
		number = v
	default:
		return 0, fmt.Errorf("the check gave %T, expected %s", out, expectedResult)
	}
	if !(number >= 0 && number <= 1) { // true for NaN
		return 0, fmt.Errorf("the check gave %v, expected %s", out, expectedResult)
	}
	return number, nil
}

// A guard rewrites an expression so that the meter sees every step of a loop and
// every text that is put together: the language's own limits count neither.
type guard struct{ env ast.Node }

// Visit implements [ast.Visitor].
//
//nolint:gocritic // the library's interface asks for the pointer
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PredicateNode:
		n.Node = &ast.ConditionalNode{Cond: call(nameStep), Exp1: n.Node, Exp2: &ast.NilNode{}}
	case *ast.BinaryNode:
		if n.Operator != "+" {
			return
		}
		left, right := n.Left.Type().Kind(), n.Right.Type().Kind()
		switch {
		case left == reflect.String && right == reflect.String:
			ast.Patch(node, call(nameJoinTwo, n.Left, n.Right))
		case left == reflect.Interface || right == reflect.Interface:
			ast.Patch(node, call(nameAdd, n.Left, n.Right))
		}
	case *ast.IdentifierNode:
		if n.Value == "$env" && g.env == nil {
			g.env = n
		}
	}
}

// err refuses $env, through which a mistyped name would read as nothing.
func (g *guard) err(program *vm.Program) error {
	if g.env == nil {
		return nil
	}
	e := &file.Error{Location: g.env.Location(), Message: "unknown name $env"}
	return e.Bind(program.Source())
}

func call(name string, args ...ast.Node) *ast.CallNode {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: args}
}
