package graders

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders/schema"
)

// The graders of tool calls.
const (
	nameToolCalls  = "tool_calls"
	nameNoToolCall = "no_tool_call"
)

// A ToolCall is what a model asks a tool for.
type ToolCall struct {
	Name      string `json:"name" expr:"name"`
	Arguments string `json:"arguments" expr:"arguments"` // as the model wrote them, mostly a JSON object
	// Result is what the case lets the tool return; empty where the call got none.
	Result string `json:"result,omitempty" expr:"result"`
	// Signature is what the endpoint wants back with the result: its thinking before the call, signed.
	Signature string `json:"signature,omitempty" expr:"-"`
}

// String writes the call as name(arguments).
func (c ToolCall) String() string { return c.Name + "(" + c.Arguments + ")" }

// An ExpectedCall is a tool call that a case expects: of the tool, and with what its arguments have to be.
type ExpectedCall struct {
	Name      string          `json:"name" yaml:"name" required:"true"`
	Arguments json.RawMessage `json:"arguments,omitempty" yaml:"arguments"` // equal to this JSON object
	Schema    json.RawMessage `json:"schema,omitempty" yaml:"schema"`       // fit this JSON Schema
	Check     string          `json:"check,omitempty" yaml:"check"`         // satisfy this expression over args
}

func toolCallsBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameToolCalls,
		Text: "Whether the reply calls the expected tools, and no others.",
		Expect: Expectation{
			Key: nameToolCalls, Text: "The tools that the reply calls, with their arguments.",
			words: func(e Expect) string { return expectedNames(e.ToolCalls) },
			check: func(e Expect) error { return checkExpectedCalls(e.ToolCalls) },
		},
		params: func() []param {
			return []param{flagParam("any_order", "true: the calls may come in any order.")}
		},
		build: func(p params) (Grader, error) { return ToolCalls(p.boolean(p.values["any_order"])), nil },
	}
}

func noToolCallBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameNoToolCall, Text: "Whether the reply calls no tool, in cases that expect no call.", params: noParams,
		build: func(params) (Grader, error) {
			return newFunction(nameNoToolCall, nil, func(s Sample) Score {
				if len(s.Expect.ToolCalls) > 0 {
					return NotApplicable("the case expects tool calls")
				}
				return scoreIf(len(s.ToolCalls) == 0, callNames(s.ToolCalls), "calls "+orNothing(s.ToolCalls))
			}), nil
		},
	}
}

// ToolCalls returns the grader "tool_calls": 1 where the calls of a reply are those that the case expects, as many, in
// this order unless anyOrder says otherwise, each with arguments as expected; else 0. It does not apply to a case that
// expects none. An expression that fails while running leaves the score unscored.
func ToolCalls(anyOrder bool) Grader {
	params := struct {
		AnyOrder bool `json:"any_order,omitempty"`
	}{anyOrder}
	spec := Spec{Name: nameToolCalls, Version: 1, Params: canonical(params)}
	return function{spec, func(ctx context.Context, s Sample) Score { return scoreCalls(ctx, s, anyOrder) }}
}

func scoreCalls(ctx context.Context, s Sample, anyOrder bool) Score {
	expected, got := s.Expect.ToolCalls, slices.Clone(s.ToolCalls)
	if len(expected) == 0 {
		return NotApplicable("the case expects no tool call")
	}
	answer := callNames(s.ToolCalls)
	if len(expected) != len(got) {
		return scoreIf(false, answer, fmt.Sprintf("calls %s, expected %s", orNothing(s.ToolCalls), expectedNames(expected)))
	}
	for i, want := range expected {
		first := ""
		found := -1
		for k, call := range got {
			why, err := want.differs(ctx, call)
			if err != nil {
				return Unscored(err.Error())
			}
			if why == "" {
				found = k
				break
			}
			if first == "" {
				first = why
			}
			if !anyOrder {
				break
			}
		}
		if found < 0 {
			return scoreIf(false, answer, fmt.Sprintf("call %d: %s", i+1, first))
		}
		got = slices.Delete(got, found, found+1)
	}
	return scoreIf(true, answer, "")
}

// differs says in what a call is not the expected one, or nothing.
func (c ExpectedCall) differs(ctx context.Context, call ToolCall) (string, error) {
	if call.Name != c.Name {
		return fmt.Sprintf("calls %s, expected %s", callNames([]ToolCall{call}), c.Name), nil
	}
	if len(c.Arguments) == 0 && len(c.Schema) == 0 && c.Check == "" {
		return "", nil
	}
	given := cmp.Or(strings.TrimSpace(call.Arguments), "{}") // some endpoints write nothing for none
	args, err := schema.Parse(given)
	if err != nil {
		given = shorten(oneLine(given), 200)
		return fmt.Sprintf("the arguments of %s are no JSON: %s", c.Name, given), nil //nolint:nilerr // a fault of the reply
	}
	if want := canonical(c.Arguments); len(c.Arguments) > 0 && string(want) != string(canonical(args)) {
		return fmt.Sprintf("%s has the arguments %s, expected %s", c.Name, shorten(given, 200), c.Arguments), nil
	}
	if len(c.Schema) > 0 {
		compiled, err := compileSchema(c.Schema, "schema")
		if err != nil {
			return "", err
		}
		if failures := compiled.Failures(args); len(failures) > 0 {
			return "the arguments of " + c.Name + ": " + joinFindings(failures), nil
		}
	}
	if c.Check == "" {
		return "", nil
	}
	var object map[string]any
	if json.Unmarshal([]byte(given), &object) != nil {
		return "the arguments of " + c.Name + " are no JSON object", nil //nolint:nilerr // a fault of the reply
	}
	program, err := compile(c.Check)
	if err != nil {
		return "", err
	}
	value, err := evaluate(ctx, program, Sample{args: object})
	switch {
	case err != nil:
		return "", err
	case value < 1:
		return c.Name + ": " + shorten(c.Check, 120) + " is false", nil
	}
	return "", nil
}

func checkExpectedCalls(calls []ExpectedCall) error {
	var m mistakes
	if calls != nil && len(calls) == 0 {
		m.add([]any{nameToolCalls}, "that no tool is called is what the grader no_tool_call looks at", "the list is empty")
	}
	for i, c := range calls {
		path := []any{nameToolCalls, i}
		if c.Name == "" {
			m.add(at(path, "name"), "", "must not be empty")
		}
		if len(c.Arguments) > 0 && (value{raw: c.Arguments}).kind() != kindObject {
			m.add(at(path, "arguments"), "", "expected a mapping, found %s", (value{raw: c.Arguments}).kind())
		}
		if _, err := compileSchema(c.Schema, "schema"); err != nil {
			for _, e := range ParamErrors(err) {
				m.add(at(path, "schema"), e.Hint, "%s", e.Msg)
			}
		}
		if c.Check != "" {
			compileAt(&m, at(path, "check"), c.Check)
		}
	}
	return m.err()
}

func callNames(calls []ToolCall) string {
	names := make([]string, len(calls))
	for i, c := range calls {
		names[i] = cmp.Or(c.Name, "a tool without a name")
	}
	return strings.Join(names, ", ")
}

func orNothing(calls []ToolCall) string {
	if len(calls) == 0 {
		return "no tool"
	}
	return callNames(calls)
}

func expectedNames(calls []ExpectedCall) string {
	names := make([]string, len(calls))
	for i, c := range calls {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
