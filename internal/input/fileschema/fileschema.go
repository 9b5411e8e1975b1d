// Package fileschema makes the JSON Schemas of prompt, suite and config files for
// editors: the shapes come from the types that the files are decoded into, the
// descriptions and the limits of values from the tables in this package. They are
// committed under docs/schema; a test holds them to the types.
package fileschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
)

// Names are the kinds of files that have a schema. The schema of a kind stands in
// the file kind.schema.json.
func Names() []string { return []string{"config", "prompt", "suite"} }

// Generate returns the schema of a kind of file as indented JSON, with a line
// feed at its end.
func Generate(kind string) ([]byte, error) {
	var schema map[string]any
	switch kind {
	case "config":
		schema = config.FileSchema()
	case "prompt":
		schema = prompt.FileSchema()
	case "suite":
		schema = suite.FileSchema()
	default:
		return nil, fmt.Errorf("no kind of file is called %q", kind)
	}
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "promptbench " + kind
	describe(schema, kind)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		return nil, fmt.Errorf("writing the schema of a %s: %w", kind, err)
	}
	return out.Bytes(), nil
}

// describe adds the descriptions and the limits of a schema and of all below it.
// Items and values of a mapping have the path of what they are in.
func describe(schema map[string]any, path string) {
	maps.Copy(schema, limits()[path])
	if text := descriptions()[path]; text != "" {
		schema["description"] = text
	}
	if properties, ok := schema["properties"].(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			if below, ok := properties[key].(map[string]any); ok {
				describe(below, path+"."+key)
			}
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if below, ok := schema[key].(map[string]any); ok {
			describeInner(below, path)
		}
	}
	if forms, ok := schema["oneOf"].([]any); ok {
		for _, form := range forms {
			if below, ok := form.(map[string]any); ok {
				describeInner(below, path)
			}
		}
	}
}

// describeInner describes what has the path of what it is in, without saying the
// same of both.
func describeInner(schema map[string]any, path string) {
	describe(schema, path)
	delete(schema, "description")
}
