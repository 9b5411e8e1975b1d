package prompt

import (
	"encoding/json"
	"strings"

	"promptbench/graders/schema"
	"promptbench/internal/input/strictyaml"
)

// schema returns a jsonSchema, a mapping or text with JSON, as canonical JSON, or
// nil if it is unusable.
func (c *checker) schema(n strictyaml.Node, raw json.RawMessage) json.RawMessage {
	if n.Kind() == strictyaml.Text {
		raw = json.RawMessage(n.Text())
	}
	value, err := schema.Parse(string(raw))
	if err != nil {
		c.fail(n, "jsonSchema is not JSON: "+oneLine(err), "")
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		c.fail(n, "jsonSchema is not a JSON object", `it looks like {"name": "…", "strict": true, "schema": {…}}`)
		return nil
	}
	// The file may have the schema itself, or the API's object with its name.
	inner := any(object)
	if s, ok := object["schema"]; ok {
		if _, ok := s.(map[string]any); !ok {
			c.fail(n.At("schema"), "jsonSchema: schema is not a JSON object", "")
			return nil
		}
		inner = s
	}
	if _, err := schema.Compile(inner); err != nil {
		c.fail(n, "jsonSchema is not a JSON Schema: "+oneLine(err), "")
		return nil
	}
	canonical, err := strictyaml.Canonical(object)
	if err != nil {
		c.fail(n, "jsonSchema: "+oneLine(err), "")
		return nil
	}
	return canonical
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
