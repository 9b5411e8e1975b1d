// Package strictyaml reads the YAML files of promptbench strictly and reports all
// problems of a file, each with its place.
//
// [Parse] turns a file into a [Document], or reports why it is not YAML.
// [Document.Decode] then fills Go structs by their `yaml` tags: unknown and
// missing keys and values of a wrong type become problems, and decoding goes
// on. [Node] has the places that later, semantic checks need.
// [ParseJSON] gives the same treatment to one JSON value, a line of a JSON
// Lines file.
//
// It is the only package that imports the YAML library.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"gopkg.in/yaml.v3"

	"promptbench/internal/input/problem"
)

// A Document is one parsed YAML document.
type Document struct {
	file  string
	root  *yaml.Node
	lines [][]byte // the source, split at line feeds; empty for JSON

	mu    sync.Mutex
	large map[*yaml.Node]mapping // the mappings that were read and have many entries
}

// Parse parses the one YAML document that data holds. The file name is only for
// the problems. The document is nil where data is no usable YAML; duplicate
// keys are problems too, but leave a document whose first entry counts.
func Parse(file string, data []byte) (*Document, problem.List) {
	data, probs := cleanSource(file, data)
	if len(probs) > 0 {
		return nil, probs
	}
	root, second, err := parseAll(data)
	switch {
	case errors.Is(err, io.EOF):
		return nil, problem.List{
			{File: file, Line: 1, Column: 1, Message: "the file is empty", Hint: "it must hold one YAML document"},
		}
	case err != nil:
		return nil, problem.List{explainSyntax(file, data, err)}
	case second != nil:
		return nil, problem.List{{
			File: file, Line: second.Line, Column: second.Column,
			Message: "a second YAML document starts here",
			Hint:    "a file holds one document; remove the --- before it",
		}}
	}
	d := &Document{file: file, root: root, lines: splitLines(data)}
	probs = d.checkTree()
	if d.root == nil {
		return nil, probs
	}
	return d, probs
}

// Empty reports whether data holds no YAML content at all: nothing, or nothing
// but white space and comments.
func Empty(data []byte) bool {
	_, _, err := parseAll(TrimBOM(data))
	return errors.Is(err, io.EOF)
}

// parseAll parses data to its end. It returns io.EOF where there is no content
// at all, and the second document's root where there is one.
func parseAll(data []byte) (root, second *yaml.Node, err error) {
	// The library recovers its own errors, but a bug in it would panic with
	// another value, and no input file may end the program.
	defer func() {
		if r := recover(); r != nil {
			root, second, err = nil, nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var first, next yaml.Node
	if err := dec.Decode(&first); err != nil {
		return nil, nil, err
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		second = &next
		if len(next.Content) > 0 {
			second = next.Content[0]
		}
	case !errors.Is(err, io.EOF):
		return nil, nil, err
	}
	if len(first.Content) != 1 || isNull(first.Content[0]) && second == nil {
		return nil, nil, io.EOF
	}
	return first.Content[0], second, nil
}

// File returns the name that the document was parsed under.
func (d *Document) File() string { return d.file }

// Root returns the document's outermost node.
func (d *Document) Root() Node { return d.node(d.root) }

// Decode fills v, a pointer, from the whole document. See [Node.Decode].
func (d *Document) Decode(v any) problem.List { return d.Root().Decode(v) }
