package graders

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"promptbench/graders/reply"
	"promptbench/graders/schema"
)

const nameJSONSchema = "json_schema"

// JSONSchema returns the grader "json_schema": 1 where the JSON document of the
// reply matches the schema, else 0 with every failure and its path in the
// reason. The document is the one that was read, before any repair, or else the
// whole reply without its thinking where that is JSON of any kind. The schema is
// JSON text, of draft 2020-12 unless its $schema says otherwise, and may refer
// only to itself. One that does not compile is a [ParamError].
func JSONSchema(text json.RawMessage) (Grader, error) {
	v := value{raw: text, path: []any{"schema"}}
	if k := v.kind(); k != kindObject && k != kindBool {
		return nil, &ParamError{Path: v.path, Msg: fmt.Sprintf("expected a JSON Schema, found %s", k)}
	}
	doc, err := schema.Parse(string(text))
	if err != nil {
		return nil, &ParamError{Path: v.path, Msg: oneLine(err.Error())}
	}
	compiled, err := schema.Compile(doc)
	if err != nil {
		return nil, &ParamError{Path: v.path, Msg: "no JSON Schema: " + err.Error()}
	}
	return jsonSchema{compiled, canonical(map[string]json.RawMessage{"schema": text})}, nil
}

type jsonSchema struct {
	schema *schema.Schema
	params json.RawMessage
}

func (g jsonSchema) Spec() Spec { return Spec{Name: nameJSONSchema, Version: 1, Params: g.params} }

func (g jsonSchema) Grade(ctx context.Context, s Sample) ([]Score, error) {
	return one(ctx, g.score(s.Reply))
}

func (g jsonSchema) score(r reply.Reply) Score {
	text := strings.TrimSpace(r.Text)
	if r.Format == reply.JSON && r.Document != "" {
		text = r.Document
	}
	if text == "" {
		return scored(nameJSONSchema, 0, "", "the reply is empty")
	}
	doc, err := schema.Parse(text)
	if err != nil {
		return scored(nameJSONSchema, 0, "", "the reply is no valid JSON: "+oneLine(err.Error()))
	}
	failures := g.schema.Failures(doc)
	return passed(nameJSONSchema, len(failures) == 0, "", list(failures))
}
