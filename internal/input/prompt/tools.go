package prompt

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders/schema"
	"promptbench/internal/input/strictyaml"
)

// A Tool is a function that the model may ask to be called. Nothing calls it.
type Tool struct {
	Name        string          `json:"name" yaml:"name" required:"true"`
	Description string          `json:"description,omitempty" yaml:"description"`
	Parameters  json.RawMessage `json:"parameters,omitempty" yaml:"parameters"` // a JSON Schema of its arguments
}

// The values of [Prompt.ToolChoice] beside the names of tools.
const (
	ToolAuto     = "auto"
	ToolNone     = "none"
	ToolRequired = "required"
)

// maxToolName is how long the name of a tool may be at the known endpoints.
const maxToolName = 64

// tools checks the tools and the choice between them.
func (c *checker) tools(tools []Tool, choice string) {
	if n := c.root.Get("tools"); n.Kind() == strictyaml.List && len(tools) == 0 {
		c.fail(n, "tools is empty", "leave it out")
	}
	names := []string{}
	for i, t := range tools {
		n := c.root.At("tools", i)
		isOdd := func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
		}
		switch {
		case t.Name == "": // decoding has said so
		case len(t.Name) > maxToolName || strings.ContainsFunc(t.Name, isOdd):
			c.fail(n.At("name"), fmt.Sprintf("%q cannot be the name of a tool", t.Name),
				"use up to 64 letters, digits, hyphens and underscores")
		case slices.Contains(names, t.Name):
			c.fail(n.At("name"), fmt.Sprintf("the tool %s appears twice", t.Name), "")
		}
		names = append(names, t.Name)
		if len(t.Parameters) > 0 {
			tools[i].Parameters = c.parameters(n.Get("parameters"), t.Parameters)
		}
	}
	known := append([]string{ToolAuto, ToolNone, ToolRequired}, names...)
	switch {
	case choice == "":
	case len(tools) == 0:
		c.fail(c.root.AtKey("toolChoice"), "toolChoice needs tools", "")
	case !slices.Contains(known, choice):
		c.fail(c.root.At("toolChoice"), fmt.Sprintf("unknown toolChoice %q", choice), strictyaml.Hint(choice, known))
	}
	own := map[string]bool{"tools": len(tools) > 0, "tool_choice": choice != ""} // they would win without a word
	for _, key := range []string{"tools", "tool_choice"} {
		if _, isSet := c.p.Params.Extra[key]; isSet && own[key] {
			c.fail(c.root.AtKey("modelParameters", "extra", key), "extra must not set "+key+" beside that of the prompt",
				"write it in one of them")
		}
	}
	c.p.Tools, c.p.ToolChoice = tools, choice
}

// parameters returns the schema of a tool's arguments as canonical JSON.
func (c *checker) parameters(n strictyaml.Node, raw json.RawMessage) json.RawMessage {
	value, err := schema.Parse(string(raw))
	if err == nil {
		_, err = schema.Compile(value)
	}
	if _, isObject := value.(map[string]any); err == nil && !isObject {
		err = fmt.Errorf("it is %s", n.Describe())
	}
	if err != nil {
		c.fail(n, "parameters is not a JSON Schema: "+oneLine(err), "")
		return nil
	}
	canonical, err := strictyaml.Canonical(value)
	if err != nil {
		c.fail(n, "parameters: "+oneLine(err), "")
		return nil
	}
	return canonical
}

// ToolsText is what a prompt says of tools, as JSON and the choice between them; empty where it has none.
func ToolsText(tools []Tool, choice string) string {
	if len(tools) == 0 {
		return ""
	}
	data, err := strictyaml.Canonical(tools)
	if err != nil { // parsed tools always encode
		return err.Error()
	}
	return strings.TrimSpace(string(data) + " " + choice)
}
