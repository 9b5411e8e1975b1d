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
			}, {
				key: "anywhere", text: "true: any JSON object in the reply may fit, whatever text is around it.",
				kinds: []string{"boolean"},
			}}
		},
		build: func(p params) (Grader, error) {
			return jsonSchema(p.values["schema"].raw, p.boolean(p.values["anywhere"]))
		},
	}
}

// JSONSchema returns the grader "json_schema": 1 where the JSON document of the
// reply matches the schema, else 0 with every failure and its path in the
// reason. The document is the one that was read, before any repair, or else the
// whole reply without its thinking where that is JSON of any kind. The schema is
// JSON text, of draft 2020-12 unless its $schema says otherwise, and may refer
// only to itself. One that does not compile is a [ParamError]. A schema of the
// case must match as well; without a text it applies only to cases that have one.
func JSONSchema(text json.RawMessage) (Grader, error) { return jsonSchema(text, false) }

func jsonSchema(text json.RawMessage, anywhere bool) (Grader, error) {
	own, err := compileSchema(text, "schema")
	if err != nil {
		return nil, err
	}
	params := struct {
		Anywhere bool            `json:"anywhere,omitempty"`
		Schema   json.RawMessage `json:"schema,omitempty"`
	}{anywhere, text}
	return newFunction(nameJSONSchema, params, func(s Sample) Score { return scoreSchema(own, s, anywhere) }), nil
}

func scoreSchema(own *schema.Schema, s Sample, anywhere bool) Score {
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
		return Scored(0, whyEmpty(r))
	}
	failuresOf := func(doc any) (failures []string) {
		for _, schema := range []*schema.Schema{own, ofCase} {
			if schema != nil {
				failures = append(failures, schema.Failures(doc)...)
			}
		}
		return failures
	}
	if anywhere {
		return scoreAnywhere(text, failuresOf)
	}
	doc, err := schema.Parse(text)
	if err != nil {
		return Scored(0, "the reply is no valid JSON: "+oneLine(err.Error()))
	}
	failures := failuresOf(doc)
	return scoreIf(len(failures) == 0, "", joinFindings(failures))
}

// maxFound is how many beginnings of JSON in a reply are tried.
const maxFound = 1000

// scoreAnywhere scores the best JSON object in a text, also in a list: 1 where one has no failure.
func scoreAnywhere(text string, failuresOf func(any) []string) Score {
	var first []string
	found := false
	for at, tries := 0, 0; at < len(text) && tries < maxFound; {
		next := strings.IndexByte(text[at:], '{')
		if next < 0 {
			break
		}
		at, tries = at+next, tries+1
		var raw json.RawMessage
		dec := json.NewDecoder(strings.NewReader(text[at:]))
		if dec.Decode(&raw) != nil {
			at++
			continue
		}
		at += int(dec.InputOffset())
		doc, err := schema.Parse(string(raw))
		if err != nil {
			continue
		}
		failures := failuresOf(doc)
		if len(failures) == 0 {
			return Scored(1, "")
		}
		if !found {
			first, found = failures, true
		}
	}
	if !found {
		return Scored(0, "the reply has no valid JSON object")
	}
	return Scored(0, joinFindings(first))
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
