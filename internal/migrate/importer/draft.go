package importer

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"promptbench/graders"
	"promptbench/graders/schema"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// A draft is what a reader makes of a source. Its templates are Nunjucks, whose
// {{name}} all the tools share, until translate writes them in ours.
type draft struct {
	Result
	source  string
	files   Files
	options Options

	description string
	prompts     []promptDraft
	cases       []caseDraft
	criteria    []graders.Criterion // questions that are put about every reply

	keep       []string // vars that no prompt uses yet
	used       []string // vars that expectations and loops were made of
	ignoreCase bool     // of what a reply has to have
	ownDemands bool     // a criterion holds the demands of the cases itself

	shared   []suite.CaseGrader // that all cases have
	calls    string             // how promptfoo hands tool calls to code, see [callShapes]; empty for none
	verbatim bool               // replies are read as the model gave them
	read     transformed        // what the suite makes of replies

	main *expr             // what is the input; nil where no prompt has a var
	uses map[string]*expr  // by the name of the var that each becomes
	made map[string]string // those names, by what the expression is
	vars names             // those names
}

type promptDraft struct {
	name        string // as its file has it; empty: that of the file that is written
	label       string // empty: it goes by the name of the suite
	called      string // as the source calls it, where it does
	description string
	model       string
	params      strictyaml.Object
	messages    []message
	response    response
	tools       tools
	converses   bool // it sends what was said before
	place       problem.Problem
}

// A message is one turn, a template, and where its bytes stand.
type message struct {
	role, text string
	at         func(from, to int) problem.Problem
}

// A response is what form a model is asked to answer in.
type response struct {
	format string // as responseFormat has it; empty for none
	schema any    // of json_schema, with its name
}

func (r response) equal(o response) bool {
	return r.format == o.format && asJSON(r.schema) == asJSON(o.schema)
}

// schemaFault says why a response's schema, with its name or alone, can't be used.
func schemaFault(value map[string]any) error {
	inner := any(value)
	if s, ok := value["schema"]; ok {
		if _, ok := s.(map[string]any); !ok {
			return errors.New("its schema is no mapping")
		}
		inner = s
	}
	return compileSchema(inner)
}

func compileSchema(value any) error {
	doc, err := schema.Parse(asJSON(value))
	if err == nil {
		_, err = schema.Compile(doc)
	}
	return err
}

// A Model is a target for promptbench.yaml.
type Model struct {
	Name       string
	ID         string
	Endpoint   string // of those that a config knows; or empty
	API        string
	BaseURL    string // empty: the endpoint's
	APIKeyEnv  string
	APIVersion string
	Headers    map[string]string
	Params     strictyaml.Object

	response response
	tools    tools
}

// A caseDraft is one case. Input and Vars are set once it is translated, Expect
// once it is written.
type caseDraft struct {
	suite.Case
	asserted []Assertion

	title   string         // what its id is made of; empty: of the input
	vars    map[string]any // as the tool has them
	expects []expectation
	place   problem.Problem

	conversation string // that the case is a turn of
	needs        string // the var that promptfoo makes of a reply and the case cannot have
	later        []caseDraft
}

// An expectation is one thing that a reply to a case is held to: one field of
// Expect, code, or a grader of its own.
type expectation struct {
	graders.Expect
	code   *code
	grader *suite.CaseGrader
	place  problem.Problem // of the grader and of code
}

func checks(src string) []expectation {
	return []expectation{{Expect: graders.Expect{Checks: []string{src}}}}
}

func equals(texts ...string) []expectation {
	return []expectation{{Expect: graders.Expect{Equals: texts}}}
}

func meets(demand string) expectation {
	return expectation{Expect: graders.Expect{Meets: []string{demand}}}
}

func (e expectation) key() string {
	if e.code == nil && e.grader == nil {
		return asJSON(e.Expect)
	}
	return asJSON([]any{e.code, e.grader})
}

type code struct {
	Language  string `json:"-"`
	Source    string `json:"code,omitempty"`
	File      string `json:"file,omitempty"` // relative to the suite's directory
	Function  string `json:"function,omitempty"`
	Config    any    `json:"config,omitempty"`
	Threshold any    `json:"threshold,omitempty"`
	Not       bool   `json:"not,omitempty"`
	Measures  bool   `json:"measures,omitempty"`  // it has a value and passes
	Transform string `json:"transform,omitempty"` // of the assertion
}

func (d *draft) lost(n strictyaml.Node, format string, args ...any) {
	d.lostAt(n.Problem("", ""), format, args...)
}

func (d *draft) lostAt(place problem.Problem, format string, args ...any) {
	place.Message, place.Hint = fmt.Sprintf(format, args...), ""
	if place.File == "" { // of what is not there
		place.File = d.source
	}
	d.Left.Add(place)
}

// note says what was chosen or renamed, which is no loss.
func (d *draft) note(place problem.Problem, format string, args ...any) {
	place.Severity = problem.Warning
	d.lostAt(place, format, args...)
}

// loseOthers notes the keys of a mapping that are not known and so not carried
// over. Of says what the mapping is.
func (d *draft) loseOthers(n strictyaml.Node, of string, known ...string) {
	for _, e := range n.Entries() {
		if key := e.Key.Text(); !slices.Contains(known, key) {
			d.lost(e.Key, "%s of %s is not carried over", key, of)
		}
	}
}

func isRole(role string) bool {
	return slices.Contains([]string{"system", "developer", "user", "assistant"}, role)
}

// relative is the path of a file that another one names.
func relative(from, name string) string {
	if path.IsAbs(name) {
		return name // Files refuses it
	}
	return path.Join(path.Dir(from), name)
}

func placesIn(n strictyaml.Node) func(from, to int) problem.Problem {
	return func(from, to int) problem.Problem {
		p := n.Problem("", "")
		if to > from {
			p.Line, p.Column = n.PosIn(from, to)
		}
		return p
	}
}

// inText gives the places of a message that starts at an offset of a file.
func inText(file, text string, offset int) func(from, to int) problem.Problem {
	return func(from, _ int) problem.Problem {
		line, column := position(text, offset+from)
		return problem.Problem{File: file, Line: line, Column: column}
	}
}

func always(p problem.Problem) func(from, to int) problem.Problem {
	return func(int, int) problem.Problem { return p }
}
