package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/resultschema"
)

// Every command that prints JSON has a schema of it, and every schema is of such a command.
func TestEveryResultHasASchema(t *testing.T) {
	t.Parallel()
	var printing []string
	for _, c := range allCommands() {
		if f := c.Flags().Lookup("format"); f != nil && slices.Contains(formatsIn(f.Usage), "json") {
			printing = append(printing, nameOf(c))
			require.NotEmpty(t, resultschema.Of(nameOf(c)), "%s has no schema: add one to internal/testing/resultschema", nameOf(c))
		}
	}
	for _, r := range resultschema.Results() {
		for _, command := range r.Commands {
			require.Contains(t, printing, command, r.Name)
		}
	}
	asked := []string{"runs", "--format", "json"}
	require.ErrorContains(t, checkResult(asked, `{"schema":1}`), "missing properties")
	require.ErrorContains(t, checkResult(asked, `{"schema":1,"more":true}`), "additional properties 'more' not allowed")
	require.NoError(t, checkResult([]string{"runs"}, "a table"))
}

// checkResult holds what a command printed to its schema, if it printed nothing but JSON.
func checkResult(args []string, stdout string) error {
	asked := slices.Index(args, "json")
	if asked < 1 || args[asked-1] != "--format" || slices.Contains(args, "-o") || stdout == "" {
		return nil
	}
	command, _, err := (&app{}).root().Find(args)
	if err != nil {
		return err
	}
	names := resultschema.Of(nameOf(command))
	for line := range strings.Lines(stdout) {
		result, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			return fmt.Errorf("%s printed no JSON: %w", nameOf(command), err)
		}
		var wrong []error
		for _, name := range names {
			schema, err := strictSchema(name)
			if err == nil {
				err = schema.Validate(result)
			}
			if err != nil {
				wrong = append(wrong, fmt.Errorf("not as docs/schema/%s.schema.json: %w", name, err))
			}
		}
		if len(wrong) == len(names) {
			return errors.Join(wrong...)
		}
	}
	return nil
}

// strictSchema is stricter than the committed schema: a field that this does not name is an error.
func strictSchema(name string) (*jsonschema.Schema, error) {
	path := "../../docs/schema/" + name + ".schema.json"
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	refuseOthers(doc)
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name+".json", doc); err != nil {
		return nil, err
	}
	return c.Compile(name + ".json")
}

// refuseOthers refuses other properties than those that a schema names, everywhere in it.
func refuseOthers(schema any) {
	switch of := schema.(type) {
	case map[string]any:
		if _, ok := of["properties"].(map[string]any); ok && of["type"] != nil {
			of["additionalProperties"] = false
		}
		for _, inner := range of {
			refuseOthers(inner)
		}
	case []any:
		for _, inner := range of {
			refuseOthers(inner)
		}
	}
}
