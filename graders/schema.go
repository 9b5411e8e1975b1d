package graders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"promptbench/graders/reply"
)

const nameJSONSchema = "json_schema"

// JSONSchema returns the grader "json_schema": 1 where the JSON document of the
// reply matches the schema, else 0 with every failure and its path in the
// reason. The document is the one that was read, before any repair, or else the
// whole reply without its thinking where that is JSON of any kind. The schema is
// JSON text, of draft 2020-12 unless its $schema says otherwise, and may refer
// only to itself. One that does not compile is a [ParamError].
func JSONSchema(schema json.RawMessage) (Grader, error) {
	v := value{raw: schema, path: []any{"schema"}}
	if k := v.kind(); k != kindObject && k != kindBool {
		return nil, &ParamError{Path: v.path, Msg: fmt.Sprintf("expected a JSON Schema, found %s", k)}
	}
	compiled, err := compileSchema(schema)
	if err != nil {
		return nil, &ParamError{Path: v.path, Msg: oneLine(err.Error())}
	}
	return jsonSchema{compiled, canonical(map[string]json.RawMessage{"schema": schema})}, nil
}

// compileSchema compiles a schema that stands alone: nothing is ever loaded,
// since a reference to a file or an address would make a grader's result depend
// on the machine.
func compileSchema(schema json.RawMessage) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
	if err != nil {
		return nil, err
	}
	const name = "promptbench:schema"
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	compiled, err := c.Compile(name)
	if wrong, ok := errors.AsType[*jsonschema.SchemaValidationError](err); ok {
		return nil, fmt.Errorf("no JSON Schema: %s", list(violations(wrong.Err)))
	}
	return compiled, err
}

type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not part of the schema, and nothing is loaded from outside", url)
}

type jsonSchema struct {
	schema *jsonschema.Schema
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
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return scored(nameJSONSchema, 0, "", "the reply is no valid JSON: "+oneLine(err.Error()))
	}
	failures := violations(g.schema.Validate(doc))
	return passed(nameJSONSchema, len(failures) == 0, "", list(failures))
}

// violations lists every failure of a validation as path: what is wrong, in the
// order in which the schema's keywords found them.
func violations(err error) []string {
	if err == nil {
		return nil
	}
	failed, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return []string{oneLine(err.Error())}
	}
	var out []string
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			where := "/" + strings.Join(e.InstanceLocation, "/")
			out = append(out, where+": "+oneLine(e.ErrorKind.LocalizedString(message.NewPrinter(language.English))))
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(failed)
	return out
}
