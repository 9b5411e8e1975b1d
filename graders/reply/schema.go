package reply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// schema is a compiled JSON Schema; nil allows everything.
type schema struct{ compiled *jsonschema.Schema }

// noLoader refuses every reference that leaves the schema: reading a reply
// opens no file and no connection.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside of the schema; put it under $defs", url)
}

func compileSchema(text string) (*schema, error) {
	const name = "reply:///schema.json"
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource(name, doc); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	compiled, err := c.Compile(name)
	if wrong, ok := errors.AsType[*jsonschema.SchemaValidationError](err); ok {
		if invalid, ok := errors.AsType[*jsonschema.ValidationError](wrong.Err); ok {
			return nil, fmt.Errorf("no JSON Schema: %s", strings.Join(failures(invalid), "; "))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("compiling the schema: %w", err)
	}
	return &schema{compiled}, nil
}

// failures says what fails where, sorted by path.
func failures(invalid *jsonschema.ValidationError) []string {
	printer := message.NewPrinter(language.English)
	var out []string
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			out = append(out, "/"+strings.Join(e.InstanceLocation, "/")+": "+e.ErrorKind.LocalizedString(printer))
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	slices.Sort(out)
	return slices.Compact(out)
}

// maxSchemaDefects keeps a reply of thousands of wrong items from filling the
// run file; the last defect says how many were left out.
const maxSchemaDefects = 50

// check gives one defect for every failure, ordered by its path.
func (s *schema) check(value any) []Defect {
	if s == nil {
		return nil
	}
	err := s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Defect{newDefect(CodeSchema, "%v", err)}
	}
	details := failures(invalid)
	var defects []Defect
	for i, d := range details {
		if i == maxSchemaDefects {
			return append(defects, newDefect(CodeSchema, "%d more failures against the schema", len(details)-i))
		}
		defects = append(defects, newDefect(CodeSchema, "%s", d))
	}
	return defects
}
