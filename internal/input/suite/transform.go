package suite

import (
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// A transformBlock is what makes the text that is read of a reply.
type transformBlock struct {
	expression string
	command    graderBlock // its key is none where there is no command
	place      strictyaml.Node
}

// DecodeNode takes an expression, or {command: …}.
func (b *transformBlock) DecodeNode(n strictyaml.Node) problem.List {
	b.place = n
	switch n.Kind() {
	case strictyaml.Text:
		if b.expression = n.Text(); strings.TrimSpace(b.expression) == "" {
			return problem.List{n.Problem("the expression is empty", "leave transform out to grade replies as they are")}
		}
		return nil
	case strictyaml.Mapping:
		probs := b.command.DecodeNode(n)
		if probs.Err() == nil && b.command.name != commandName {
			probs.Add(b.command.key.Problem(fmt.Sprintf("unknown key %q", b.command.name), "known: "+commandName))
		}
		return probs
	}
	return problem.List{n.Problem("expected an expression, or {command: …}, found "+n.Describe(), "")}
}

// Schema allows either form.
func (*transformBlock) Schema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "string"},
		map[string]any{
			"type": "object", "properties": map[string]any{commandName: map[string]any{"type": []any{"array", "object"}}},
			"required": []any{commandName}, "additionalProperties": false,
		},
	}}
}

// transform checks what transforms replies.
func (l *loader) transform(b transformBlock) {
	switch {
	case b.expression != "":
		l.suite.Rules.Transform.Expression = b.expression
		_, err := graders.TransformExpression(b.expression)
		for _, e := range graders.ParamErrors(err) {
			p := b.place.Problem(e.Msg, e.Hint)
			if e.Line > 0 {
				p.Line, p.Column = placeInText(b.place, e.Line, e.Column)
			}
			l.probs.Add(p)
		}
	case b.command.name == commandName:
		line, column := b.command.key.Pos()
		e := GraderEntry{Name: commandName, File: b.command.key.File(), Line: line, Column: column}
		if l.command(&b.command, &e); e.Command == nil {
			return
		}
		e.Score = "reply.transform" // what the program is greeted with
		l.suite.Rules.Transform.Command = e.Params
		l.suite.Transform = &e
	}
}

// Commands are the entries of the suite that run programs: graders, and what transforms
// replies.
func (s *Suite) Commands() []GraderEntry {
	var out []GraderEntry
	for _, e := range s.Graders {
		if e.Command != nil {
			out = append(out, e)
		}
	}
	if s.Transform != nil {
		out = append(out, *s.Transform)
	}
	return out
}
