package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// graderBlock is one entry of graders: a name, or a name with its parameters.
type graderBlock struct {
	name   string
	params json.RawMessage
	key    strictyaml.Node // the name
	value  strictyaml.Node // the parameters
}

// DecodeNode takes either form.
func (b *graderBlock) DecodeNode(n strictyaml.Node) problem.List {
	switch n.Kind() {
	case strictyaml.Text:
		b.name, b.key, b.value = n.Text(), n, n
		return nil
	case strictyaml.Mapping:
		entries := n.Entries()
		if len(entries) != 1 {
			return problem.List{n.Problem(fmt.Sprintf("expected one grader, found %d keys", len(entries)), "each grader is a list entry of its own: - name, or - name: {parameters}")}
		}
		b.key, b.value = entries[0].Key, entries[0].Value
		b.name = b.key.Text()
		if b.value.Kind() == strictyaml.Null {
			return nil
		}
		raw, probs := b.value.JSON()
		b.params = raw
		return probs
	}
	return problem.List{n.Problem("expected a grader's name, found "+n.Describe(), "")}
}

func (l *loader) graders(blocks []graderBlock) {
	if n := l.at("graders"); n.Kind() == strictyaml.List && len(blocks) == 0 {
		l.fail(n, "the suite has no graders", "known: "+strings.Join(knownGraders(), ", "))
	}
	first := map[string]strictyaml.Node{}
	for _, b := range blocks {
		if b.name == "" {
			continue // reported by decoding
		}
		e := l.grader(b)
		if at, twice := first[e.Score]; twice {
			line, column := at.Pos()
			l.fail(b.key, fmt.Sprintf("the grader %s appears twice", e.Score), fmt.Sprintf("first at line %d, column %d; its scores would have the same names", line, column))
			continue
		}
		if e.Score != "" {
			first[e.Score] = b.key
		}
		l.suite.Graders = append(l.suite.Graders, e)
	}
}

func knownGraders() []string {
	out := append(graders.Names(), commandName)
	slices.Sort(out)
	return out
}

func (l *loader) grader(b graderBlock) GraderEntry {
	line, column := b.key.Pos()
	e := GraderEntry{Name: b.name, Score: b.name, Params: b.params, File: b.key.File(), Line: line, Column: column}
	if b.name == commandName {
		e.Score = "" // until it is known
		l.command(&b, &e)
		return e
	}
	if b.name == "json_schema" && b.value.Get("schema").Kind() == strictyaml.Text {
		e.Params = l.schemaParams(b)
	}
	g, err := graders.New(b.name, e.Params, noJudge{})
	switch {
	case b.name == expressionName && err != nil:
		e.Score = "" // it may have none
	case err == nil:
		e.Score = g.Spec().Name
	}
	l.paramErrors(b, err)
	l.graderTypes(b)
	return e
}

// schemaParams returns the parameters of a json_schema grader with the file
// that they name read in.
func (l *loader) schemaParams(b graderBlock) json.RawMessage {
	schema := l.schema(b.value.Get("schema"), nil)
	var all map[string]json.RawMessage
	if schema == nil || json.Unmarshal(b.params, &all) != nil {
		return b.params
	}
	all["schema"] = schema
	raw, err := strictyaml.Canonical(all)
	if err != nil {
		return b.params
	}
	return raw
}

func (l *loader) paramErrors(b graderBlock, err error) {
	list := graders.ParamErrors(err)
	if len(list) == 0 && err != nil {
		l.fail(b.key, fmt.Sprintf("grader %s: %v", b.name, err), "")
	}
	for _, e := range list {
		if len(e.Path) == 0 {
			l.fail(b.key, e.Msg, e.Hint)
			continue
		}
		n := b.value.At(e.Path...)
		if strings.HasPrefix(e.Msg, "unknown key") {
			n = b.value.AtKey(e.Path...)
		}
		p := n.Problem((&graders.ParamError{Path: e.Path, Msg: e.Msg}).Error(), e.Hint)
		if e.Line > 0 {
			p.Line, p.Column = placeInText(n, e.Line, e.Column)
		}
		l.probs.Add(p)
	}
}

// placeInText returns where a line and a column of a node's text stand in the
// file.
func placeInText(n strictyaml.Node, line, column int) (fileLine, fileColumn int) {
	text := n.Text()
	from := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[from:], '\n')
		if i < 0 {
			return n.Pos()
		}
		from += i + 1
	}
	rest, _, _ := strings.Cut(text[from:], "\n")
	runes := []rune(rest)
	if column < 1 || column > len(runes) {
		return n.Pos()
	}
	skip := len(string(runes[:column-1]))
	return n.PosIn(from+skip, from+len(rest))
}

// graderTypes holds the types in a grader's parameters against those of the
// suite, which the grader itself does not know.
func (l *loader) graderTypes(b graderBlock) {
	switch b.name {
	case "subtodo_count":
		for _, e := range b.value.Entries() {
			l.knownType(e.Key)
		}
	case expressionName:
		l.knownTypes(b.value.Get("applies_to"))
	case rubricName:
		for _, c := range b.value.Get("criteria").Items() {
			l.knownTypes(c.Get("applies_to"))
		}
	}
}

// knownTypes checks one type, or a list of them.
func (l *loader) knownTypes(n strictyaml.Node) {
	if n.Kind() == strictyaml.Text {
		l.knownType(n)
	}
	for _, t := range n.Items() {
		l.knownType(t)
	}
}

func (l *loader) knownType(n strictyaml.Node) {
	types := l.suite.Rules.Types
	if n.Text() == "" || slices.Contains(types, n.Text()) {
		return
	}
	l.fail(n, fmt.Sprintf("unknown type %q", n.Text()), typeHint(n.Text(), types))
}

func typeHint(word string, types []string) string {
	if len(types) == 0 {
		return "list the types under reply: types"
	}
	return strictyaml.Hint(word, types)
}

// noJudge stands in for the judge while parameters are checked.
type noJudge struct{}

// Ask refuses.
func (noJudge) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("no judge while the suite is checked")
}
