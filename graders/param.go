package graders

import (
	"errors"
	"fmt"
	"strings"
)

// A ParamError is one mistake in the parameters of a grader, or in what a case
// expects. Constructors report every mistake at once, joined by [errors.Join];
// [ParamErrors] takes them apart again, so that a loader can put a file, a line
// and a column on each.
type ParamError struct {
	Path   []any  // keys (string) and indexes (int) from the parameters down to the wrong value; empty: all of them
	Msg    string // what is wrong, lower case, no full stop
	Hint   string // what to do about it; may be empty
	Line   int    // 1-based line within the value, where the value is an expression; else 0
	Column int    // 1-based column within that line, in characters; else 0
}

// Error renders the mistake as path: message (hint), the path written as in
// criteria[0].check; a place within an expression stands in the message.
func (e *ParamError) Error() string {
	var b strings.Builder
	for _, p := range e.Path {
		switch p := p.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", p)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, p)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// ParamErrors returns every [ParamError] that err carries, in order, however
// deeply joined or wrapped; nil where it carries none.
func ParamErrors(err error) []*ParamError {
	var out []*ParamError
	switch e := err.(type) { //nolint:errorlint // walks the tree itself, since errors.As stops at the first
	case nil:
	case *ParamError:
		out = append(out, e)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			out = append(out, ParamErrors(inner)...)
		}
	case interface{ Unwrap() error }:
		out = ParamErrors(e.Unwrap())
	}
	return out
}

type mistakes struct{ errs []error }

func (m *mistakes) add(path []any, hint, format string, args ...any) {
	m.errs = append(m.errs, &ParamError{Path: path, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

func (m *mistakes) err() error { return errors.Join(m.errs...) }

// at returns path with further elements, never sharing memory with it.
func at(path []any, more ...any) []any {
	return append(append([]any(nil), path...), more...)
}
