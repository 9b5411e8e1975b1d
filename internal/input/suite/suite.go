// Package suite loads suites: how replies are read, which graders score them,
// and the cases.
//
// [Load] reads the YAML file, and streams the file that its cases may stand in
// once, to find everything that is wrong before any call is made. A [Suite]
// without errors then gives the cases as a stream ([Suite.Cases]), the graders
// ([Suite.Build]) and its identity ([Suite.Hash]).
package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/media"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
)

// A Suite is how to read replies, which graders to use, and the cases. The zero
// Suite has none of them.
type Suite struct {
	Name        string // the file's suite key, else its name without extension
	Path        string
	Description string
	Vars        map[string]string // given to every case that does not set them itself
	Rules       reply.Rules       // the schema resolved, as canonical JSON
	Transform   *GraderEntry      // the program that transforms replies; nil where none does
	Graders     []GraderEntry
	Share       float64 // of the cases that is sealed, see [Suite.IsSealed]; 0 for none

	seal  seal
	list  []Case     // the cases, unless they stand in a file of their own
	file  *casesFile // that file, or nil
	files []string   // that it was read from
	stats stats
	specs []graders.Spec // of the graders

	advice problem.List
}

// A GraderEntry is one grader as the suite names it.
// Its JSON is what [Suite.Hash] covers.
type GraderEntry struct {
	Name    string          `json:"name"`             // command, or what [graders.New] builds it by
	Score   string          `json:"-"`                // the name of its score: Name, but for an expression and a command
	Params  json.RawMessage `json:"params,omitempty"` // canonical JSON, or nil
	Command *Command        `json:"-"`                // the program that it is; nil for a built-in

	ByCase map[string]CaseGrader `json:"-"` // of a grader that cases name: by their ids

	File   string `json:"-"` // of this suite, or of the one that it extends
	Line   int    `json:"-"` // from 1
	Column int    `json:"-"` // in characters, from 1
}

// A Case is one user input with what is expected of the reply.
type Case struct {
	ID    string `json:"id" yaml:"id" required:"true"`
	Input string `json:"input" yaml:"input"` // what {{input}} stands for; of a conversation, its first message
	// Messages are a conversation that ends with a message of the user. The reply to it is graded.
	Messages Messages `json:"messages,omitempty" yaml:"messages"`
	Turns    Turns    `json:"turns,omitempty" yaml:"turns"` // what the last is expected to get is in Expect
	// ToolResults are what the tools return that the model calls.
	ToolResults prompt.ToolResults `json:"tool_results,omitempty" yaml:"tool_results"`

	Note   string            `json:"note,omitempty" yaml:"note"`
	Group  string            `json:"group,omitempty" yaml:"group"` // cases that are paraphrases of each other share it
	Vars   map[string]string `json:"vars,omitempty" yaml:"vars"`
	Expect graders.Expect    `json:"expect,omitzero" yaml:"expect"`
	Tags   []string          `json:"tags,omitempty" yaml:"tags"`
	Images []string          `json:"images,omitempty" yaml:"images"` // as written: files beside this one, or data URLs
	Files  []string          `json:"files,omitempty" yaml:"files"`   // the same, of documents or images

	Graders []CaseGrader `json:"graders,omitempty" yaml:"graders"` // besides those of the suite

	attachments []media.Attachment // the images, then the files, loaded
}

// Attachments returns the images and files of the case, in the order that they are sent in.
func (c Case) Attachments() []media.Attachment { return c.attachments }

// HasAttachments reports whether any case has an image or a file.
func (s *Suite) HasAttachments() bool { return s.stats.attachments }

// stats is what the validating pass over the cases leaves.
type stats struct {
	cases int
	hash  string
	vars  map[string]int // how many cases set each var themselves
	tags  map[string]int
	types map[string]int // how many cases expect each

	conversations int                // cases with more messages than one
	tools         map[string]toolUse // with results in some case
	calls         map[string]toolUse // whose calls some case expects
	attachments   bool               // some case has one
	attached      []string           // the files that cases name, whether they are there or not

	single int             // cases without a group
	groups map[string]bool // the groups there are
}

// Advice warns of what is allowed in the cases and unwise: an input that stands
// twice, a type that no case expects.
func (s *Suite) Advice() problem.List { return slices.Clone(s.advice) }

// Units is how many units the statistics of a whole run count: of those that
// [Suite.Cases] gives, each group as one.
func (s *Suite) Units() int {
	if s.seal.isOpen {
		return s.stats.single + len(s.stats.groups)
	}
	return s.stats.single + len(s.stats.groups) - s.seal.units
}

// Cases streams the cases in order, the sealed ones only after [Suite.OpenSeal].
// Cases that stand in a file of their own are read from it anew; an error ends the
// stream: a file that cannot be read, is wrong, or is not the one that [Load] checked.
func (s *Suite) Cases() iter.Seq2[Case, error] {
	return func(yield func(Case, error) bool) {
		for c, err := range s.All() {
			if err == nil && !s.seal.isOpen && s.IsSealed(c.ID) {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// All streams all cases, sealed or not. It is for grading what an open seal let be
// recorded, and for checks. No request, output or list may come of it: those take
// [Suite.Cases].
func (s *Suite) All() iter.Seq2[Case, error] {
	return func(yield func(Case, error) bool) {
		if s.file != nil {
			s.file.stream(yield)
			return
		}
		for _, c := range s.list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Len returns the number of cases that [Suite.Cases] gives.
func (s *Suite) Len() int {
	if s.seal.isOpen {
		return s.stats.cases
	}
	return s.stats.cases - len(s.seal.cases)
}

// Hash identifies the suite: the hex SHA-256 over JSON Lines, first one object
// with the reading rules, the graders with their parameters, and the vars, then
// every case in order. Where the cases stand, inline or in a file, leaves it
// unchanged, and so do the suite's name and description, what criteria say, and
// whether the seal is open. The share that is sealed counts, unless it is 0.
func (s *Suite) Hash() string { return s.stats.hash }

// VarsOf returns what a case's placeholders stand for: the suite's vars with
// the case's own laid over them, their names in NFC. The map is the caller's.
func (s *Suite) VarsOf(c Case) map[string]string {
	out := make(map[string]string, len(s.Vars)+len(c.Vars))
	for _, vars := range []map[string]string{s.Vars, c.Vars} {
		for name, text := range vars {
			out[norm.NFC.String(name)] = text
		}
	}
	return out
}

// InputHash identifies what a case gives to a prompt: the hex SHA-256 over the
// canonical JSON {"input":…,"vars":{…}}, its vars as [Suite.VarsOf] returns
// them, with the messages and turns of a conversation, and with the hashes of
// images. What is expected of the reply leaves it unchanged.
func InputHash(c Case, vars map[string]string) string {
	if vars == nil {
		vars = map[string]string{}
	}
	encode := strictyaml.Sorted
	if !utf8.ValidString(c.Input) || !validVars(vars) {
		encode = strictyaml.Canonical
	}
	hashed := any(struct {
		Input string            `json:"input"`
		Vars  map[string]string `json:"vars"`
	}{c.Input, vars})
	if said := c.said(); said != nil {
		said["vars"] = vars
		encode, hashed = strictyaml.Canonical, said
	}
	raw, err := encode(hashed)
	if err != nil { // texts always encode
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func validVars(vars map[string]string) bool {
	for name, text := range vars {
		if !utf8.ValidString(name) || !utf8.ValidString(text) {
			return false
		}
	}
	return true
}

// Build makes the suite's graders, in order. The judge answers the questions
// of a rubric; it may be nil where [Suite.Judged] is false. A grader that is a
// program is made by command.
func (s *Suite) Build(
	asked graders.Models, command func(GraderEntry) (graders.Grader, error),
) ([]graders.Grader, error) {
	out := make([]graders.Grader, 0, len(s.Graders))
	builtIn := func(e GraderEntry) (graders.Grader, error) { return graders.New(e.Name, e.Params, asked) }
	for _, e := range s.Graders {
		build := builtIn
		switch {
		case e.Command != nil:
			build = command
		case e.ByCase != nil:
			build = func(e GraderEntry) (graders.Grader, error) { return buildByCase(e, asked) }
		}
		g, err := build(e)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: building the grader %s: %w", e.File, e.Line, e.Column, e.Name, err)
		}
		out = append(out, g)
	}
	return out, nil
}

// hashHead encodes what [Suite.Hash] covers besides the cases.
func (s *Suite) hashHead(enc *json.Encoder) error {
	vars := s.Vars
	if len(vars) == 0 {
		vars = nil
	}
	list := append([]GraderEntry{}, s.Graders...)
	for i, e := range list {
		list[i].Params = graders.WithoutSays(e.Name, e.Params)
	}
	fields := map[string]any{"graders": list, "reply": s.Rules, "vars": vars}
	if s.Share > 0 {
		fields["sealed"] = s.Share
	}
	head, err := strictyaml.Canonical(fields)
	if err != nil {
		return err
	}
	return enc.Encode(head)
}
