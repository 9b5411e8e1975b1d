package prompt

import (
	"encoding/json"
	"fmt"
	"slices"

	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// A file is the content of a prompt file.
type file struct {
	Name            string          `yaml:"name"`
	Description     string          `yaml:"description"`
	Model           string          `yaml:"model"`
	ModelParameters params.Params   `yaml:"modelParameters"`
	Messages        []fileMessage   `yaml:"messages" required:"true"`
	ResponseFormat  string          `yaml:"responseFormat"`
	JSONSchema      json.RawMessage `yaml:"jsonSchema"`
	ReplyFormat     string          `yaml:"replyFormat"`
	Tools           []Tool          `yaml:"tools"`
	ToolChoice      string          `yaml:"toolChoice"`
	TestData        ignored         `yaml:"testData"`
	Evaluators      ignored         `yaml:"evaluators"`
}

type fileMessage struct {
	Role    string `yaml:"role" required:"true"`
	Content string `yaml:"content"`
	File    string `yaml:"file"` // holds the content, in its place
}

// An ignored value belongs to a key of the convention that promptbench keeps in
// the suite.
type ignored struct{}

// DecodeNode accepts any node.
func (*ignored) DecodeNode(strictyaml.Node) problem.List { return nil }

// Parse reads a prompt from the text of its file. Path is for the problems and
// for [Prompt.Path]; name becomes the prompt's name, instead of the file's own.
// The prompt is nil if data is not YAML; else it is as complete as the problems
// allow. No other file is read: a message whose text stands in one is a problem.
func Parse(name, path string, data []byte) (*Prompt, problem.List) {
	return parse(name, path, data, nil)
}

// parse is [Parse] with what reads the files of messages; nil reads none.
func parse(name, path string, data []byte, read partReader) (*Prompt, problem.List) {
	doc, probs := strictyaml.Parse(path, data)
	if doc == nil {
		return nil, probs
	}
	if other, flag := otherFile(doc.Root()); other != "" {
		return nil, problem.List{
			{
				File: path, Message: "this is a " + other + ", not a prompt",
				Hint: "name it with " + flag + ", and a prompt such as prompts/v3 in its place",
			},
		}
	}
	var f file
	probs = append(probs, doc.Decode(&f)...)
	p := &Prompt{
		Name: name, Path: path, Description: f.Description, Model: f.Model,
		Params: f.ModelParameters, ResponseFormat: f.ResponseFormat, ReplyFormat: reply.Format(f.ReplyFormat),
	}
	c := checker{p: p, root: doc.Root(), probs: probs, read: read}
	c.messages(f.Messages)
	c.params()
	c.formats(f.JSONSchema)
	c.tools(f.Tools, f.ToolChoice)
	for _, key := range []string{"testData", "evaluators"} {
		if c.root.Has(key) {
			c.warn(c.root.AtKey(key), key+" is not used", "cases and graders belong in the suite, which all revisions share")
		}
	}
	return p, c.probs
}

// otherFile returns the kind of another file of a project, and the flag that
// takes it.
func otherFile(root strictyaml.Node) (what, flag string) {
	switch {
	case root.Has("messages"):
		return "", ""
	case root.Has("graders") && (root.Has("cases") || root.Has("extends")):
		return "suite", "--suite"
	case root.Has("models"):
		return "config", "--config"
	}
	return "", ""
}

type checker struct {
	p     *Prompt
	root  strictyaml.Node
	probs problem.List
	read  partReader
	size  int  // bytes of the parts so far
	lost  bool // the text of a message could not be read
}

func (c *checker) fail(n strictyaml.Node, message, hint string) {
	c.probs.Add(n.Problem(message, hint))
}

func (c *checker) warn(n strictyaml.Node, message, hint string) {
	p := n.Problem(message, hint)
	p.Severity = problem.Warning
	c.probs.Add(p)
}

func (c *checker) messages(list []fileMessage) {
	if len(list) == 0 {
		if n := c.root.Get("messages"); n.Kind() == strictyaml.List {
			c.fail(n, "messages is empty", "a prompt needs at least one user message")
		}
		return
	}
	roles := []string{"system", "developer", "user", "assistant"}
	hasUser, hasInput := false, false
	pattern := lookalikePattern()
	for i, m := range list {
		n := c.root.At("messages", i)
		if m.Role != "" && !slices.Contains(roles, m.Role) {
			c.fail(n.At("role"), fmt.Sprintf("unknown role %q", m.Role), strictyaml.Hint(m.Role, roles))
		}
		from := c.content(n, &m)
		hasUser = hasUser || m.Role == "user"
		t := parseTemplate(m.Content)
		for _, s := range t {
			if s.name == "" {
				continue
			}
			hasInput = hasInput || s.name == InputName
			c.p.spots = append(c.p.spots, spot{text: s.text, name: s.name, at: from, from: s.from, to: s.to})
		}
		for _, l := range lookalikes(m.Content, t, pattern) {
			c.p.spots = append(c.p.spots, spot{text: l.text, like: l.name, at: from, from: l.from, to: l.to})
		}
		c.p.Messages = append(c.p.Messages, Message{Role: m.Role, Content: m.Content})
		c.p.last = n.Get("role")
		c.p.templates = append(c.p.templates, t)
	}
	if !hasUser {
		c.fail(c.root.AtKey("messages"), "no message has the role user", "")
	}
	if !hasInput && !c.lost {
		c.fail(c.root.AtKey("messages"), "no message holds {{input}}", "write {{input}} where the case's input belongs")
	}
}

func (c *checker) params() {
	for _, b := range c.p.Params.Check() {
		c.fail(c.root.At(append([]any{"modelParameters"}, b.Path...)...), b.Message, b.Hint)
	}
}

func (c *checker) formats(schema json.RawMessage) {
	p := c.p
	responses := []string{"text", "json_object", "json_schema"}
	if p.ResponseFormat != "" && !slices.Contains(responses, p.ResponseFormat) {
		c.fail(c.root.At("responseFormat"), fmt.Sprintf("unknown responseFormat %q", p.ResponseFormat),
			strictyaml.Hint(p.ResponseFormat, responses))
	}
	replies := []string{string(reply.XML), string(reply.JSON), string(reply.Text)}
	if p.ReplyFormat != "" && !slices.Contains(replies, string(p.ReplyFormat)) {
		c.fail(c.root.At("replyFormat"), fmt.Sprintf("unknown replyFormat %q", p.ReplyFormat),
			strictyaml.Hint(string(p.ReplyFormat), replies))
	}
	asksJSON := p.ResponseFormat == "json_object" || p.ResponseFormat == "json_schema"
	switch {
	case asksJSON && p.ReplyFormat == "":
		p.ReplyFormat = reply.JSON
	case asksJSON && p.ReplyFormat != reply.JSON:
		c.warn(
			c.root.At("replyFormat"),
			fmt.Sprintf("responseFormat %s makes the model reply in JSON, replyFormat says %s", p.ResponseFormat, p.ReplyFormat),
			"",
		)
	}
	n := c.root.Get("jsonSchema")
	if len(schema) > 0 {
		p.JSONSchema = c.schema(n, schema)
	}
	switch {
	case p.ResponseFormat == "json_schema" && len(schema) == 0:
		c.fail(c.root.At("responseFormat"), "responseFormat json_schema needs a jsonSchema", "")
	case p.ResponseFormat != "json_schema" && len(schema) > 0:
		c.warn(c.root.AtKey("jsonSchema"), "jsonSchema is not used", "set responseFormat: json_schema")
	}
}
