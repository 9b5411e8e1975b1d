package reply

import (
	"fmt"

	"promptbench/graders/schema"
)

func compileSchema(text string) (*schema.Schema, error) {
	doc, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	compiled, err := schema.Compile(doc)
	if err != nil {
		return nil, fmt.Errorf("not a JSON Schema: %w", err)
	}
	return compiled, nil
}

// maxSchemaDefects keeps a reply with thousands of wrong items from filling the
// run file; one more defect counts the rest.
const maxSchemaDefects = 50

// schemaDefects returns one defect for every failure, ordered by its path. A nil
// schema allows everything.
func schemaDefects(s *schema.Schema, value any) []Defect {
	if s == nil {
		return nil
	}
	failures := s.Failures(value)
	var defects []Defect
	for i, f := range failures {
		if i == maxSchemaDefects {
			return append(defects, newDefect(CodeSchema, "%d more failures against the schema", len(failures)-i))
		}
		defects = append(defects, newDefect(CodeSchema, "%s", f))
	}
	return defects
}
