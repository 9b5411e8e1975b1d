package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/items"
)

// The formats of problems in input files, beside [JSON].
const (
	Text   = "text"   // for a terminal: problems on standard error, what was checked as the result
	GitHub = "github" // workflow commands, which GitHub shows at the lines of a change
)

// A ProblemsResult is what validate finds, in JSON.
type ProblemsResult struct {
	Schema   int             `json:"schema"`
	Errors   int             `json:"errors"`
	Warnings int             `json:"warnings"`
	Problems []ProblemResult `json:"problems"`
	Items    *items.Analysis `json:"items,omitempty"` // with --deep: what the cases and graders are worth
}

// A ProblemResult is one problem. Without a place, or without a hint, it has null there.
type ProblemResult struct {
	File     *string          `json:"file"`
	Line     *int             `json:"line"`
	Column   *int             `json:"column"`
	Severity problem.Severity `json:"severity"` // error or warning
	Message  string           `json:"message"`
	Hint     *string          `json:"hint"` // what to do
}

// ProblemsJSON prints problems as one object. The analysis of a suite, if there is one, is under items.
func ProblemsJSON(w io.Writer, list problem.List, analysis *items.Analysis) error {
	out := ProblemsResult{
		Schema: 1, Errors: len(list.Only(problem.Error)), Warnings: len(list.Only(problem.Warning)),
		Problems: []ProblemResult{}, Items: analysis,
	}
	for _, p := range list {
		severity := problem.Error
		if p.Severity == problem.Warning {
			severity = problem.Warning
		}
		out.Problems = append(out.Problems, ProblemResult{
			File: nilIfZero(p.File), Line: nilIfZero(p.Line), Column: nilIfZero(p.Column),
			Severity: severity, Message: p.Message, Hint: nilIfZero(p.Hint),
		})
	}
	return WriteJSON(w, out)
}

// nilIfZero points to the value, or is nil for a zero one.
func nilIfZero[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

// ProblemsGitHub prints problems as workflow commands, a line each, in the form that
// https://docs.github.com/actions/reference/workflow-commands describes. Root is the
// root of the repository, which GitHub takes paths from.
func ProblemsGitHub(w io.Writer, list problem.List, root string) error {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, p := range list {
		command := "error"
		if p.Severity == problem.Warning {
			command = "warning"
		}
		properties := []string{"title=promptbench"}
		if p.File != "" {
			properties = append(properties, "file="+property.Replace(pathFrom(root, p.File)))
			if p.Line > 0 {
				properties = append(properties, fmt.Sprintf("line=%d", p.Line))
			}
			if p.Line > 0 && p.Column > 0 {
				properties = append(properties, fmt.Sprintf("col=%d", p.Column))
			}
		}
		message := p.Message
		if p.Hint != "" {
			message += " (" + p.Hint + ")"
		}
		_, err := fmt.Fprintf(w, "::%s %s::%s\n",
			command, strings.Join(properties, ","), data.Replace(textsafe.Block(message)))
		if err != nil {
			return err
		}
	}
	return nil
}

// pathFrom returns a file's path as seen from root, with slashes; unchanged where the
// file is not below it.
func pathFrom(root, file string) string {
	abs, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}
