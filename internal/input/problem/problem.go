// Package problem is how promptbench says what is wrong in an input file: every
// loader collects all problems of a file, each with its place and what to do,
// instead of stopping at the first one.
package problem

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Severity tells a mistake that stops a command from one that is only unwise.
type Severity string

// The severities a [Problem] can have.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Problem is one mistake in one input file.
type Problem struct {
	File     string   // path as the user gave it
	Line     int      // 1-based; 0 where the problem has no line
	Column   int      // 1-based, in characters; 0 where it has no column
	Message  string   // what is wrong, lower case, no full stop
	Hint     string   // what to do about it; may be empty
	Severity Severity // empty means Error
	Secret   bool     // the line holds a secret and must not be quoted
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

// A List is all problems of one or more files. As an error it prints one
// problem a line, in order of file and place.
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

// Err returns the errors of the list, sorted by file and place, or nil where
// the list holds warnings at most.
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
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return out
}

// From returns the problems that err carries, so that the errors of several
// loaders can be shown together; an error of another kind becomes a problem
// without a place.
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
