package graders

import (
	"encoding/json"
	"fmt"
	"strings"

	"promptbench/graders/reply"
	"promptbench/graders/schema"
)

const nameJSONSchema = "json_schema"

func jsonSchemaBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameJSONSchema,
		Text: "Whether the reply fits a JSON Schema.",
		Expect: Expectation{
			Key: nameJSONSchema, Text: "A JSON Schema that the reply fits.",
			words: func(e Expect) string {
				if len(e.JSONSchema) == 0 {
					return ""
				}
				return "of its own"
			},
			check: func(e Expect) error {
				_, err := compileSchema(e.JSONSchema, nameJSONSchema)
				return err
			},
		},
		FileAt: "schema",
		params: func() []param {
			return []param{{
				key: "schema", text: "The JSON Schema, inline or a file relative to this one.",
				kinds: []string{"object", "boolean", "string"},
			}}
		},
		build: func(p params) (Grader, error) { return JSONSchema(p.values["schema"].raw) },
	}
}

// JSONSchema returns the grader "json_schema": 1 where the JSON document of the
// reply matches the schema, else 0 with every failure and its path in the
// reason. The document is the one that was read, before any repair, or else the
// whole reply without its thinking where that is JSON of any kind. The schema is
// JSON text, of draft 2020-12 unless its $schema says otherwise, and may refer
// only to itself. One that does not compile is a [ParamError]. A schema of the
// case must match as well; without a text it applies only to cases that have one.
func JSONSchema(text json.RawMessage) (Grader, error) {
	own, err := compileSchema(text, "schema")
	if err != nil {
		return nil, err
	}
	params := struct {
		Schema json.RawMessage `json:"schema,omitempty"`
	}{text}
	return newFunction(nameJSONSchema, params, func(s Sample) Score { return scoreSchema(own, s) }), nil
}

func scoreSchema(own *schema.Schema, s Sample) Score {
	ofCase, err := compileSchema(s.Expect.JSONSchema, nameJSONSchema)
	text, r := strings.TrimSpace(s.Reply.Text), s.Reply
	if r.Format == reply.JSON && r.Document != "" {
		text = r.Document
	}
	switch {
	case err != nil:
		return Unscored("the schema of the case: " + err.Error())
	case own == nil && ofCase == nil:
		return NotApplicable("neither the suite nor the case has a schema")
	case text == "":
		return Scored(0, "the reply is empty")
	}
	doc, err := schema.Parse(text)
	if err != nil {
		return Scored(0, "the reply is no valid JSON: "+oneLine(err.Error()))
	}
	var failures []string
	for _, schema := range []*schema.Schema{own, ofCase} {
		if schema != nil {
			failures = append(failures, schema.Failures(doc)...)
		}
	}
	return scoreIf(len(failures) == 0, "", joinFindings(failures))
}

// compileSchema compiles the text of a schema that stands under key; without a
// text it gives nil. The error is a [ParamError].
func compileSchema(text json.RawMessage, key string) (*schema.Schema, error) {
	if len(text) == 0 {
		return nil, nil
	}
	wrong := func(format string, args ...any) error {
		return &ParamError{Path: []any{key}, Msg: fmt.Sprintf(format, args...)}
	}
	if k := (value{raw: text}).kind(); k != kindObject && k != kindBool {
		return nil, wrong("expected a JSON Schema, found %s", k)
	}
	doc, err := schema.Parse(string(text))
	if err != nil {
		return nil, wrong("%s", oneLine(err.Error()))
	}
	compiled, err := schema.Compile(doc)
	if err != nil {
		return nil, wrong("no JSON Schema: %v", err)
	}
	return compiled, nil
}
