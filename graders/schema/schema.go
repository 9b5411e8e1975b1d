// Package schema holds JSON values against a JSON Schema and says everything
// that is wrong with one, in the same words and order each time.
//
// A schema stands alone: it may refer to its own parts, and nothing is ever
// loaded from a file or an address, which would make a result depend on the
// machine.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// A Schema is compiled and safe for concurrent use.
type Schema struct{ compiled *jsonschema.Schema }

// Parse decodes JSON text into the values that [Compile] and
// [Schema.Failures] take; numbers keep their spelling.
func Parse(text string) (any, error) {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	return value, Explain(err, text)
}

// Explain returns the error of decoding a JSON text, with the whole character where the decoder names only its first
// byte.
func Explain(err error, text string) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || syntax.Offset < 1 || syntax.Offset > int64(len(text)) {
		return err
	}
	found, _ := utf8.DecodeRuneInString(text[syntax.Offset-1:])
	return errors.New(SyntaxMessage(syntax, found))
}

// SyntaxMessage returns the message of a decoder that found a character, with the whole of it.
func SyntaxMessage(syntax *json.SyntaxError, found rune) string {
	_, where, ok := strings.Cut(syntax.Error(), "' ")
	if found < utf8.RuneSelf || !ok {
		return syntax.Error()
	}
	return fmt.Sprintf("invalid character %q %s", found, where)
}

// Compile compiles a decoded schema, of draft 2020-12 unless its $schema says
// otherwise. The error is one line and says what in it is no JSON Schema.
func Compile(doc any) (*Schema, error) {
	const name = "promptbench:///schema.json" // has a path, so that relative references resolve, and are refused
	c := jsonschema.NewCompiler()
	c.UseLoader(alone{})
	if err := c.AddResource(name, doc); err != nil {
		return nil, oneLine(err)
	}
	compiled, err := c.Compile(name)
	if wrong, ok := errors.AsType[*jsonschema.SchemaValidationError](err); ok {
		if invalid, ok := errors.AsType[*jsonschema.ValidationError](wrong.Err); ok {
			return nil, oneLine(errors.New(strings.Join(failures(invalid), "; ")))
		}
	}
	if err != nil {
		return nil, oneLine(err)
	}
	return &Schema{compiled}, nil
}

// Failures says what fails where, as "/path/to/value: what is wrong", sorted;
// nil where the value matches.
func (s *Schema) Failures(value any) []string {
	err := s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		return failures(invalid)
	}
	return []string{oneLine(err).Error()}
}

// failures lists the innermost causes, which are what a person can act on.
func failures(invalid *jsonschema.ValidationError) []string {
	printer := message.NewPrinter(language.English)
	var out []string
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			if extra, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
				slices.Sort(extra.Properties) // the library walks over a map
			}
			what := "/" + strings.Join(e.InstanceLocation, "/") + ": " + e.ErrorKind.LocalizedString(printer)
			out = append(out, strings.Join(strings.Fields(what), " "))
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	slices.Sort(out)
	return slices.Compact(out)
}

func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// alone refuses every reference that leaves the schema.
type alone struct{}

// Load is what the library calls for such a reference.
func (alone) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s, but a schema must hold all its definitions itself; put it under $defs", url)
}
