package graders

import (
	"context"
	"errors"
	"fmt"

	"github.com/expr-lang/expr/vm"
)

// A Transformer turns a reply into the text that is read and graded in its place.
// Its method may be called from many goroutines.
type Transformer interface {
	// Transform returns the text. Of the sample's reply, Raw, Text and Thinking are set.
	// The error is a [*TransformError], or the context's.
	Transform(ctx context.Context, s Sample) (string, error)
}

// A TransformError says why a reply has no transformed text.
type TransformError struct {
	Reason string // for people, lower case, one line
	Broken bool   // the transform failed, whatever the reply is; else the reply is at fault
}

// Error implements error.
func (e *TransformError) Error() string { return e.Reason }

// TransformExpression returns a [Transformer] that is an expression as in [Expression],
// such as fromJSON(text).answer. A text is taken as it is, and any other value as JSON;
// an expression that gives nothing fails. A mistake in it is a [ParamError] without a path.
func TransformExpression(src string) (Transformer, error) {
	program, err := compileAny(src)
	if err != nil {
		return nil, err
	}
	return transformExpression{program}, nil
}

type transformExpression struct{ program *vm.Program }

// Transform implements [Transformer].
func (t transformExpression) Transform(ctx context.Context, s Sample) (string, error) {
	out, err := run(ctx, t.program, s)
	if ctx.Err() != nil {
		return "", fmt.Errorf("transforming the reply: %w", context.Cause(ctx))
	}
	if fault, ok := errors.AsType[*replyFault](err); ok {
		return "", &TransformError{Reason: fault.reason}
	}
	if err != nil { // an index out of range, a limit: another reply has neither
		return "", &TransformError{Reason: err.Error()}
	}
	switch out := out.(type) {
	case string:
		return out, nil
	case nil:
		return "", &TransformError{Reason: "it gives nothing"}
	}
	text, err := encode(out)
	if err != nil {
		return "", &TransformError{Reason: "what it gives is no text and no JSON: " + oneLine(err.Error())}
	}
	return string(text), nil
}
