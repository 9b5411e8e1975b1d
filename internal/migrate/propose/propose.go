package propose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
	"promptbench/internal/text/private"
)

// Schema is the version of a [Result] in JSON.
const Schema = 1

// The limits of what is proposed. More is left out and counted.
const (
	maxText  = 64 << 10 // bytes of an input
	maxCases = 50_000
)

// Options are what the proposals are compared with, and where the input is.
type Options struct {
	Suite      *suite.Suite // whose cases are not proposed again
	Examples   []Example    // that a prompt shows
	Templates  []Template   // around the inputs that were sent
	Input      string       // the field with the input, as a path; empty where it is found by its name
	SkipBroken bool         // leave out what can't be read instead of returning it as an error
}

// names reports whether a field is the first step to the input.
func (o Options) names(field string) bool {
	return o.Input == field || strings.HasPrefix(o.Input, field+".")
}

// An Example is a text in a prompt that may be the input of an example.
type Example struct{ Prompt, Text string }

// A Result is the proposed cases, and the records that none was made of.
type Result struct {
	Schema   int        `json:"schema"`
	Files    []File     `json:"files"`    // as they were given
	Cases    []Case     `json:"cases"`    // those of a group together
	Groups   int        `json:"groups"`   // of cases that nearly equal each other
	Redacted []Redacted `json:"redacted"` // in the order of the rules
	LeftOut  []LeftOut  `json:"left_out"` // the most frequent reason first

	by string // the command that made it
}

// A File is an export that was read.
type File struct {
	File    string   `json:"file"`
	Formats []string `json:"formats"`
	Inputs  []string `json:"inputs"` // the fields that were taken for the input by their names
	Records int      `json:"records"`
}

// A Case is a proposed case and its origin. What it expects is for a person to say.
type Case struct {
	suite.Case

	From Origin `json:"from"`
}

// An Origin is the first record that a case was made of.
type Origin struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Format string `json:"format"`
	Trace  string `json:"trace,omitempty"` // of a run: its id
	Span   string `json:"span,omitempty"`  // of a run: the case's id
	At     string `json:"at,omitempty"`    // RFC 3339, in UTC
	Turns  int    `json:"turns,omitempty"` // messages of the user up to this one, if there are several
	Seen   int    `json:"seen"`            // records with this input
}

// A Redacted is how often a rule found something.
type Redacted struct {
	Rule  string `json:"rule"`
	Finds string `json:"finds"`
	Times int    `json:"times"`
}

// A LeftOut is the records that were left out for one reason.
type LeftOut struct {
	Reason  string   `json:"reason"`
	Records []Record `json:"records"`
}

// A Record is one that was left out.
type Record struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Of   string `json:"of,omitempty"` // the case or the prompt that it repeats
}

// A proposer gathers proposals.
type proposer struct {
	o        Options
	redactor *private.Redactor
	files    []File
	found    []*candidate
	byKey    map[string]*candidate
	groups   int
	times    map[string]int      // a rule found something
	left     map[string][]Record // by reason
	broken   problem.List
	spans    map[string]span // of this file
	inside   []pending       // of this file: texts of spans that are inside of others
}

// A candidate is a text that may be proposed.
type candidate struct {
	Case

	key     string // what makes it the same as another
	remarks []string
	isOwn   bool // a case of the suite itself, from a run of it
}

// From proposes the cases that the files give: run files, and exports of what users typed. The same files give the
// same result, and files that grow keep the ids of their cases. What can't be read is a [problem.List] with the
// places.
func From(files []string, o Options) (*Result, error) {
	p := newProposer(o)
	for _, path := range files {
		p.files = append(p.files, File{File: path, Formats: []string{}, Inputs: []string{}})
		isRun, err := inputfile.BeginsWith(path, `{"kind":"header"`)
		if err == nil && isRun {
			err = p.fromRun(path)
		} else if err == nil {
			p.spans = map[string]span{}
			err = p.read(path, func(rec record) { p.take(path, rec) })
			p.takeInside(path)
		}
		if list := problem.From(err); len(list) > 0 {
			p.broken = append(p.broken, list...)
		}
	}
	if len(p.broken) > 0 {
		return nil, p.broken
	}
	for _, reason := range []string{noTextIn(o.Input), noInput} {
		if left := p.left[reason]; len(left) > 0 && len(p.found) == 0 {
			return nil, problem.List{{
				File: left[0].File, Line: left[0].Line, Message: "no record has an input that can be found, as here: " + reason,
			}}
		}
	}
	return p.compared("cases from")
}

func newProposer(o Options) *proposer {
	return &proposer{
		o: o, redactor: private.New(), byKey: map[string]*candidate{}, times: map[string]int{}, left: map[string][]Record{},
	}
}

// compared is the result of a command, once what was found has been compared with what is known and with each other.
func (p *proposer) compared(by string) (*Result, error) {
	if err := p.compareWithKnown(); err != nil {
		return nil, err
	}
	p.group()
	out := p.result()
	out.by = by
	return out, nil
}

func (p *proposer) file() *File { return &p.files[len(p.files)-1] }

// leave leaves a record out.
func (p *proposer) leave(path string, line int, reason, of string) {
	p.left[reason] = append(p.left[reason], Record{path, line, of})
}

// breaks notes a record that can't be read.
func (p *proposer) breaks(at problem.Problem) {
	const most = 100
	switch {
	case p.o.SkipBroken:
		reason, _, _ := strings.Cut(at.Message, ": ") // without what differs from line to line
		p.leave(at.File, at.Line, reason, "")
	case len(p.broken) < most:
		if len(p.broken) == 0 {
			at.Hint = "repair it, or leave what can't be read out with --skip-broken"
		}
		p.broken.Add(at)
	}
}

// chose notes the field that is taken for the input.
func (p *proposer) chose(field string) {
	if f := p.file(); !slices.Contains(f.Inputs, field) {
		f.Inputs = append(f.Inputs, field)
	}
}

func (p *proposer) result() *Result {
	out := &Result{
		Schema: Schema, Files: p.files, Groups: p.groups, Cases: []Case{}, Redacted: []Redacted{}, LeftOut: []LeftOut{},
	}
	for _, c := range p.found {
		c.Note = p.note(c)
		out.Cases = append(out.Cases, c.Case)
	}
	for _, rule := range private.Rules() {
		if n := p.times[rule.Name]; n > 0 {
			out.Redacted = append(out.Redacted, Redacted{rule.Name, rule.Finds, n})
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(p.left)) {
		out.LeftOut = append(out.LeftOut, LeftOut{reason, p.left[reason]})
	}
	slices.SortStableFunc(out.LeftOut, func(a, b LeftOut) int { return cmp.Compare(len(b.Records), len(a.Records)) })
	return out
}
