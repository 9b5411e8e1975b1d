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
			return problem.List{n.Problem(fmt.Sprintf("expected one grader, found %d keys", len(entries)),
				"each grader is a list entry of its own: - name, or - name: {parameters}")}
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
	first := map[string]place{}
	for _, b := range blocks {
		if b.name == "" {
			continue // reported by decoding
		}
		e, spec := l.grader(b)
		if at, isRepeated := first[e.Score]; isRepeated {
			hint := at.String() + "; its scores would have the same names"
			l.fail(b.key, fmt.Sprintf("the grader %s appears twice", e.Score), hint)
			continue
		}
		if e.Score != "" {
			first[e.Score] = place{e.Line, e.Column}
		}
		l.suite.Graders = append(l.suite.Graders, e)
		l.suite.specs = append(l.suite.specs, spec)
	}
}

func knownGraders() []string {
	out := append(graders.Names(), commandName)
	slices.Sort(out)
	return out
}

// grader checks one entry. Its Score is empty where the name of the score can't
// be told. Of the spec of a command and of a broken grader, Name and Params alone
// are set.
func (l *loader) grader(b graderBlock) (GraderEntry, graders.Spec) {
	line, column := b.key.Pos()
	e := GraderEntry{Name: b.name, Params: b.params, File: b.key.File(), Line: line, Column: column}
	if b.name == commandName {
		l.command(&b, &e)
		return e, graders.Spec{Name: e.Score, Params: e.Params}
	}
	declared, _ := graders.LookUp(b.name)
	if file := b.value.Get(declared.FileAt); declared.FileAt != "" && file.Kind() == strictyaml.Text {
		e.Params = l.withFile(b.params, declared.FileAt, file)
	}
	if !declared.IsNamed {
		e.Score = b.name
	}
	spec := graders.Spec{Name: e.Score, Params: e.Params}
	g, err := graders.New(b.name, e.Params, graders.Models{Judge: noJudge{}})
	if err == nil {
		spec = g.Spec()
		e.Score = spec.Name
	}
	l.paramErrors(b, err)
	if len(declared.TypesAt) > 0 {
		l.typesAt(b.value, declared.TypesAt)
	}
	return e, spec
}

// withFile returns parameters in which the contents of a JSON file replace its
// path under key.
func (l *loader) withFile(params json.RawMessage, key string, path strictyaml.Node) json.RawMessage {
	schema := l.schema(path, nil)
	var all map[string]json.RawMessage
	if schema == nil || json.Unmarshal(params, &all) != nil {
		return params
	}
	all[key] = schema
	raw, err := strictyaml.Canonical(all)
	if err != nil {
		return params
	}
	return raw
}

func (l *loader) paramErrors(b graderBlock, err error) {
	for _, e := range graders.ParamErrors(err) { // all that New reports
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
	lines := strings.Split(n.Text(), "\n")
	if line > len(lines) {
		return n.Pos()
	}
	rest := lines[line-1]
	runes := []rune(rest)
	if column < 1 || column > len(runes) {
		return n.Pos()
	}
	from := len(strings.Join(lines[:line], "\n")) - len(rest)
	skip := len(string(runes[:column-1]))
	return n.PosIn(from+skip, from+len(rest))
}

// typesAt checks the types that a way leads to, see [graders.BuiltIn]: a grader
// does not know those of the suite.
func (l *loader) typesAt(n strictyaml.Node, way []string) {
	switch {
	case len(way) == 0 && n.Kind() == strictyaml.Text:
		l.knownType(n)
	case len(way) == 0:
		for _, t := range n.Items() {
			l.knownType(t)
		}
	case way[0] == "*":
		for _, e := range n.Entries() {
			l.knownType(e.Key)
		}
	case way[0] == "[]":
		for _, item := range n.Items() {
			l.typesAt(item, way[1:])
		}
	default:
		l.typesAt(n.Get(way[0]), way[1:])
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

type noJudge struct{}

// Ask refuses.
func (noJudge) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("no judge while the suite is checked")
}
