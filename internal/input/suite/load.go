package suite

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders/reply"
	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// The greatest sizes of files, in bytes.
const (
	maxSchema = 4 << 20
	maxSuite  = 32 << 20
)

const largeHint = "put the cases into a .jsonl file, one a line, and write cases: {file: …}"

// An opener opens a file that a suite names, by a path relative to the suite's
// directory.
type opener func(name string) (io.ReadCloser, error)

// Load reads and checks the suite in the file at path, with all its cases. The
// suite is never nil, but usable only where the problems hold no error.
func Load(path string) (*Suite, problem.List) {
	data, err := inputfile.Read(path, maxSuite)
	if err != nil {
		p := problem.Problem{File: path, Message: "reading the suite: " + cause(err), Hint: nearFile(path)}
		if info, statErr := os.Stat(path); statErr == nil && info.Size() > maxSuite {
			p.Hint = largeHint
		}
		return &Suite{Path: path, files: []string{path}}, problem.List{p}
	}
	files, loading := []string{path}, true
	s, probs := parse(path, data, func(name string) (io.ReadCloser, error) {
		if loading && !slices.Contains(files, name) { // later, cases are streamed from them again
			files = append(files, name)
		}
		return inputfile.Open(name)
	})
	loading = false
	s.files = files
	return s, probs
}

// Parse checks the text of a suite that names no other file; path is for the problems.
func Parse(path string, data []byte) (*Suite, problem.List) {
	return parse(path, data, func(name string) (io.ReadCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	})
}

// Files are the paths of the files that the suite was read from, and of those
// that it names and that are not there.
func (s *Suite) Files() []string { return slices.Concat(s.files, s.stats.attached) }

// nearFile names the file beside path that was perhaps meant.
func nearFile(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, filepath.ToSlash(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return strictyaml.DidYouMean(filepath.ToSlash(filepath.Clean(path)), names)
}

type suiteFile struct {
	Suite       string            `yaml:"suite"`
	Extends     string            `yaml:"extends"`
	Description string            `yaml:"description"`
	Vars        map[string]string `yaml:"vars"`
	Reply       replyBlock        `yaml:"reply"`
	Graders     []graderBlock     `yaml:"graders"`
	Sealed      sealedShare       `yaml:"sealed"`

	Matrix map[string][]string `yaml:"matrix"` // variables that each case is run with all values of

	Cases casesBlock `yaml:"cases"`
}

type replyBlock struct {
	Types []string `yaml:"types"`
	JSON  struct {
		Type   string          `yaml:"type"`
		Items  string          `yaml:"items"`
		Schema json.RawMessage `yaml:"schema"`
	} `yaml:"json"`
	XML struct {
		Type  string `yaml:"type"`
		Items string `yaml:"items"`
	} `yaml:"xml"`
	Refusal   string         `yaml:"refusal"`
	Verbatim  bool           `yaml:"verbatim"`
	Transform transformBlock `yaml:"transform"`
}

type casesBlock struct {
	list  []record
	file  string
	place strictyaml.Node
}

// DecodeNode takes either form.
func (b *casesBlock) DecodeNode(n strictyaml.Node) problem.List {
	b.place = n
	switch n.Kind() {
	case strictyaml.List:
		for _, item := range n.Items() {
			b.list = append(b.list, nodeRecord(item))
		}
		return nil
	case strictyaml.Mapping:
		var f struct {
			File string `yaml:"file" required:"true"`
		}
		probs := n.Decode(&f)
		b.file = f.File
		return probs
	}
	return problem.List{n.Problem("expected a list of cases, or {file: …}, found "+n.Describe(), "")}
}

// parse is Load without the file system: open gives the files that the suite
// names.
func parse(path string, data []byte, open opener) (*Suite, problem.List) {
	s := &Suite{Path: path}
	doc, probs := strictyaml.Parse(path, data)
	if doc == nil {
		return s, probs
	}
	if doc.Root().Get("messages").Kind() != strictyaml.None && doc.Root().Get("graders").Kind() == strictyaml.None {
		return s, problem.List{{
			File: path, Message: "this is a prompt, not a suite",
			Hint: "a suite has graders and cases, such as cases/subtodos.yaml; prompts are named without a flag",
		}}
	}
	var f suiteFile
	probs = append(probs, doc.Decode(&f)...)
	l := loader{suite: s, root: doc.Root(), open: open, probs: probs}
	s.Name = norm.NFC.String(cmp.Or(f.Suite, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))))
	s.Description = f.Description
	l.extend(&f)
	s.Vars = f.Vars
	l.vars(l.at("vars"), s.Vars)
	l.rules(f.Reply)
	l.graders(f.Graders)
	s.Share = float64(f.Sealed.Share)
	l.cases(&f.Cases, l.matrix(f.Matrix))
	return s, l.probs
}

type loader struct {
	suite *Suite
	root  strictyaml.Node
	base  strictyaml.Node // of the suite that this one extends
	open  opener
	probs problem.List
}

func (l *loader) fail(n strictyaml.Node, message, hint string) {
	l.probs.Add(n.Problem(message, hint))
}

// failToRead is fail for a file that n names.
func (l *loader) failToRead(n strictyaml.Node, what string, err error) {
	hint := ""
	if errors.Is(err, fs.ErrNotExist) {
		hint = "the path is relative to this file"
	}
	l.fail(n, "reading "+what+": "+cause(err), hint)
}

func (l *loader) rules(b replyBlock) {
	s := l.suite
	s.Rules = reply.Rules{
		Types:    b.Types,
		JSON:     reply.JSONRules{Type: b.JSON.Type, Items: b.JSON.Items},
		XML:      reply.XMLRules{Type: b.XML.Type, Items: b.XML.Items},
		Refusal:  b.Refusal,
		Verbatim: b.Verbatim,
	}
	if len(b.JSON.Schema) > 0 {
		s.Rules.JSON.Schema = string(l.schema(l.at("reply", "json", "schema"), b.JSON.Schema))
	}
	l.transform(b.Transform)
	_, err := reply.NewReader(s.Rules)
	for _, r := range ruleErrors(err) {
		path := []any{"reply"}
		for step := range strings.SplitSeq(r.Rule, ".") {
			path = append(path, step)
		}
		l.fail(l.at(path...), "reply."+r.Error(), ruleHint(r))
	}
}

// ruleHint says what a path that does not compile looks like.
func ruleHint(r *reply.RuleError) string {
	if strings.HasPrefix(r.Err.Error(), "missing") {
		return ""
	}
	return map[string]string{
		"json.type":  "such as $.type",
		"json.items": "such as $.items[*], or $.items[*].text",
		"xml.type":   "such as /reply/@type",
		"xml.items":  "such as /reply/item",
	}[r.Rule]
}

// ruleErrors returns every RuleError that err carries.
func ruleErrors(err error) []*reply.RuleError {
	var out []*reply.RuleError
	switch e := err.(type) { //nolint:errorlint // walks the tree itself, since errors.As stops at the first
	case *reply.RuleError:
		out = append(out, e)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			out = append(out, ruleErrors(inner)...)
		}
	case interface{ Unwrap() error }:
		out = ruleErrors(e.Unwrap())
	}
	return out
}

// schema returns a schema that stands inline, or in the file that a text names.
func (l *loader) schema(n strictyaml.Node, raw json.RawMessage) json.RawMessage {
	if n.Kind() != strictyaml.Text {
		return raw
	}
	name := n.Text()
	if strings.HasPrefix(strings.TrimSpace(name), "{") { // JSON in a block of text
		return l.schemaText(n, "the schema", []byte(name))
	}
	data, err := l.readUpTo(relativeTo(n.File(), name), maxSchema)
	if err != nil {
		l.fail(n, fmt.Sprintf("reading the schema %s: %s", name, cause(err)),
			"a schema is inline, or a path relative to the suite's file")
		return nil
	}
	return l.schemaText(n, "the schema "+name, data)
}

func (l *loader) schemaText(n strictyaml.Node, what string, data []byte) json.RawMessage {
	raw, err := strictyaml.Canonical(json.RawMessage(strictyaml.TrimBOM(data)))
	if err != nil {
		l.fail(n, what+" is no JSON", cause(err))
		return nil
	}
	return raw
}

func (l *loader) readUpTo(name string, most int) ([]byte, error) {
	r, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	data, err := inputfile.ReadAll(r, most)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

// relativeTo returns the path of a file that is named in another one.
func relativeTo(file, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
}

// cause returns an error's innermost text, which says what is wrong without
// the path that the problem names anyway.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
