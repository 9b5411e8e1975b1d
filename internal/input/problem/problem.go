// Package problem reports mistakes in input files: every loader collects all
// problems of a file, each with its place and its remedy, instead of stopping at
// the first one.
package problem

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity distinguishes a mistake that stops a command from a warning.
type Severity string

// The severities a [Problem] can have.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Problem is one mistake in one input file.
type Problem struct {
	File     string   // path as the user gave it
	Line     int      // 1-based; 0 if the problem has no line
	Column   int      // 1-based, in characters; 0 if it has no column
	Message  string   // the mistake, lower case, no full stop
	Hint     string   // the remedy; may be empty
	Severity Severity // empty means Error
	Secret   bool     // the line contains a secret and must not be quoted
}

// Error renders the problem as file:line:column: message (hint).
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// A List is the problems of one or more files. As an error it prints one
// problem a line, in its order.
type List []Problem

// Error joins the problems, one a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Add appends a problem.
func (l *List) Add(p Problem) { *l = append(*l, p) }

// Err returns the errors of the list, sorted by file and place, or nil if it has
// none.
func (l List) Err() error {
	errs := l.Only(Error)
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// Only returns the problems of one severity, sorted by file and place.
func (l List) Only(s Severity) List {
	var out List
	for _, p := range l {
		if (p.Severity == Warning) == (s == Warning) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

// From returns the problems in err, so that the errors of several loaders can be
// printed together; any other error becomes a problem without a place.
func From(err error) List {
	if err == nil {
		return nil
	}
	if l, ok := errors.AsType[List](err); ok {
		return l
	}
	if p, ok := errors.AsType[Problem](err); ok {
		return List{p}
	}
	return List{{Message: err.Error()}}
}
