package strictyaml

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"promptbench/internal/input/problem"
)

const maxJSONDepth = 200 // of nesting

// ParseJSON parses the one JSON value in data as [Parse] does a YAML file. The
// first line of data is line number line of the file.
func ParseJSON(file string, line int, data []byte) (*Document, problem.List) {
	if !utf8.Valid(data) {
		return nil, problem.List{
			{File: file, Line: line, Column: 1, Message: "the line is not UTF-8", Hint: "save the file as UTF-8"},
		}
	}
	data = bytes.TrimRight(data, " \t\r\n") // so that a truncated value ends with its text
	p := jsonParser{data: data, line: line, column: 1, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err == nil {
		if _, extra := p.dec.Token(); !errors.Is(extra, io.EOF) {
			err = errors.New("something follows the JSON value")
		}
	}
	if err != nil {
		offset := p.dec.InputOffset()
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = max(syntax.Offset-1, 0)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err, offset = errors.New("the JSON value is cut off"), int64(len(data))
		}
		p.advance(int(offset))
		return nil, problem.List{{File: file, Line: p.line, Column: p.column, Message: "syntax error: " + err.Error()}}
	}
	d := &Document{file: file, root: root}
	return d, d.checkTree()
}

// A jsonParser builds the nodes of a JSON value, and follows the decoder
// through data to know their places.
type jsonParser struct {
	data         []byte
	dec          *json.Decoder
	at           int // the offset of line and column
	line, column int
}

func (p *jsonParser) advance(to int) {
	to = min(to, len(p.data))
	for p.at < to {
		r, size := utf8.DecodeRune(p.data[p.at:])
		p.at += size
		p.column++
		if r == '\n' {
			p.line, p.column = p.line+1, 1
		}
	}
}

// token returns the next token and a node at its place.
func (p *jsonParser) token() (json.Token, *yaml.Node, error) {
	start := int(p.dec.InputOffset())
	// Between tokens stand spaces, and the commas and colons that Token skips.
	start += len(p.data[start:]) - len(bytes.TrimLeft(p.data[start:], " \t\r\n,:"))
	p.advance(start)
	tok, err := p.dec.Token()
	return tok, &yaml.Node{Line: p.line, Column: p.column}, err
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("more than %d levels of nesting", maxJSONDepth)
	}
	tok, n, err := p.token()
	if err != nil {
		return nil, err
	}
	if delim, ok := tok.(json.Delim); ok {
		return n, p.children(n, delim, depth)
	}
	n.Kind = yaml.ScalarNode
	switch t := tok.(type) {
	case string:
		n.Tag, n.Value, n.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!float", t.String()
		if _, err := t.Int64(); err == nil {
			n.Tag = "!!int"
		}
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	default:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}

func (p *jsonParser) children(n *yaml.Node, delim json.Delim, depth int) error {
	n.Kind, n.Tag, n.Style = yaml.SequenceNode, "!!seq", yaml.FlowStyle
	if delim == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for p.dec.More() {
		if delim == '{' {
			tok, key, err := p.token()
			if err != nil {
				return err
			}
			name, _ := tok.(string) // the decoder rejects other keys
			key.Kind, key.Tag, key.Value, key.Style = yaml.ScalarNode, "!!str", name, yaml.DoubleQuotedStyle
			n.Content = append(n.Content, key)
		}
		child, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	_, err := p.dec.Token() // the closing bracket
	return err
}
