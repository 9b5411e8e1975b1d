package suite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
)

// Turns are the messages of a user, each asked once the model has replied to the one before it.
type Turns []graders.Turn

// DecodeNode takes a list whose items are a text, or a text with what is expected.
func (t *Turns) DecodeNode(n strictyaml.Node) (probs problem.List) {
	if n.Kind() != strictyaml.List {
		return problem.List{n.Problem("expected a list of turns, found "+n.Describe(), "")}
	}
	for _, item := range n.Items() {
		var one graders.Turn
		into := any(&one)
		if item.Kind() != strictyaml.Mapping {
			into = &one.Input
		}
		probs = append(probs, item.Decode(into)...)
		*t = append(*t, one)
	}
	if *t == nil {
		*t = Turns{}
	}
	return probs
}

// Schema allows a text, or a text with what is expected, for each turn.
func (*Turns) Schema() map[string]any {
	one := strictyaml.Schema(reflect.TypeFor[graders.Turn]())
	return map[string]any{"type": "array", "minItems": 1, "items": map[string]any{
		"oneOf": []any{map[string]any{"type": []any{"string", "number", "boolean"}}, one},
	}}
}

// Messages are a conversation so far. A message of the model may have called tools, with what they returned.
type Messages []graders.Message

// A message is how a file has it.
type message struct {
	Role      string `yaml:"role" required:"true"`
	Content   string `yaml:"content"`
	ToolCalls []struct {
		Name      string          `yaml:"name" required:"true"`
		Arguments json.RawMessage `yaml:"arguments"`
		Result    json.RawMessage `yaml:"result" required:"true"`
	} `yaml:"tool_calls"`
}

// DecodeNode takes a list of messages. The arguments of a call are a mapping, and what it returned is a text or JSON.
func (m *Messages) DecodeNode(n strictyaml.Node) (probs problem.List) {
	var list []message
	probs = n.Decode(&list)
	for i, one := range list {
		at := n.At(i)
		out := graders.Message{Role: one.Role, Content: one.Content}
		for k, c := range one.ToolCalls {
			call := at.At("tool_calls", k)
			if given := call.Get("arguments"); call.Has("arguments") && given.Kind() != strictyaml.Mapping {
				probs.Add(given.Problem("expected a mapping, found "+given.Describe(), ""))
			}
			asked := graders.ToolCall{Name: c.Name, Arguments: cmp.Or(string(c.Arguments), "{}")}
			if c.Result != nil {
				var more problem.List
				asked.Result, more = prompt.ResultText(call.Get("result"))
				probs = append(probs, more...)
			}
			out.ToolCalls = append(out.ToolCalls, asked)
		}
		*m = append(*m, out)
	}
	if n.Kind() == strictyaml.List && *m == nil {
		*m = Messages{}
	}
	return probs
}

// Schema allows messages with their calls of tools.
func (*Messages) Schema() map[string]any { return strictyaml.Schema(reflect.TypeFor[[]message]()) }

// inputKeys are the keys of a case that say what the user wrote; a case has one of them.
func inputKeys() []string { return []string{"input", "messages", "turns"} }

// checkInputKeys reports a case that has none of [inputKeys], or several.
func checkInputKeys(n strictyaml.Node) (probs problem.List) {
	if n.Kind() != strictyaml.Mapping {
		return nil // decoding has said so
	}
	var has []string
	for _, key := range inputKeys() {
		if !n.Has(key) {
			continue
		}
		has = append(has, key)
		if n.Get(key).Kind() == strictyaml.Null {
			probs.Add(n.AtKey(key).Problem(fmt.Sprintf("the required key %q has no value", key), ""))
		}
	}
	switch {
	case len(has) == 0:
		probs.Add(n.MissingKey(inputKeys()[0]))
	case len(has) > 1:
		probs.Add(
			n.AtKey(has[1]).Problem("a case has one of input, messages and turns, found "+strings.Join(has, " and "), ""),
		)
	}
	return probs
}

// fill sets what follows from a conversation: its first message is the input of the case, and what its last turn is
// expected to get is expected of the case.
func (r *record) fill() {
	switch c := &r.Case; {
	case len(c.Messages) > 0:
		c.Input = c.Messages[0].Content
	case len(c.Turns) > 0:
		c.Input = c.Turns[0].Input
		last := &c.Turns[len(c.Turns)-1]
		if r.inTurn = reflect.ValueOf(c.Expect).IsZero(); r.inTurn {
			c.Expect, last.Expect = last.Expect, c.Expect
		}
	}
}

// expectPath is where the file says what is expected of the last reply.
func (r *record) expectPath() []any {
	if r.inTurn {
		return []any{"turns", len(r.Turns) - 1, "expect"}
	}
	return []any{"expect"}
}

// IsConversation reports whether the case may have more messages than its input and one reply.
func (c *Case) IsConversation() bool {
	return len(c.Messages) > 1 || len(c.Turns) > 1 || len(c.ToolResults) > 0
}

// A toolUse is where a case says what a tool returns.
type toolUse struct {
	id string // of the case
	at spot
}

// uses notes that a tool has a result in a case, at a path of it.
func (c *caseChecker) uses(r record, name string, path ...any) {
	if _, isKnown := c.stats.tools[name]; !isKnown {
		c.stats.tools[name] = toolUse{r.ID, r.place(path...)}
	}
}

// expectsCalls notes the tools whose calls a case expects, at a path of it.
func (c *caseChecker) expectsCalls(r record, calls []graders.ExpectedCall, path ...any) {
	for i, call := range calls {
		if _, isKnown := c.stats.calls[call.Name]; !isKnown {
			c.stats.calls[call.Name] = toolUse{r.ID, r.place(append(slices.Clone(path), "tool_calls", i, "name")...)}
		}
	}
}

// CheckTools reports the tools that have results in a case, and that a prompt does not declare.
func (s *Suite) CheckTools(p *prompt.Prompt) (probs problem.List) {
	declared := toolNames(p)
	for _, name := range sortedKeys(s.stats.tools) {
		if slices.Contains(declared, name) {
			continue
		}
		hint := cmp.Or(strictyaml.DidYouMean(name, declared), "declare it under tools in "+p.Path)
		use := s.stats.tools[name]
		probs.Add(use.at.Problem(fmt.Sprintf("case %s has results of the tool %s, which %s does not declare",
			use.id, name, p.Name), hint))
	}
	return probs
}

// CheckCalls warns of tools whose calls a case expects, and that a prompt does not declare, unless a parameter of it
// asks for tools in its own way.
func (s *Suite) CheckCalls(p *prompt.Prompt) (probs problem.List) {
	if p.Params.Extra["tools"] != nil {
		return nil
	}
	declared := toolNames(p)
	for _, name := range sortedKeys(s.stats.calls) {
		if slices.Contains(declared, name) {
			continue
		}
		use := s.stats.calls[name]
		probs.Add(warning(use.at.Problem(fmt.Sprintf("case %s expects a call of the tool %s, which %s does not declare",
			use.id, name, p.Name), strictyaml.DidYouMean(name, declared))))
	}
	return probs
}

func toolNames(p *prompt.Prompt) []string {
	out := make([]string, len(p.Tools))
	for i, t := range p.Tools {
		out[i] = t.Name
	}
	return out
}

// said is what a case gives to a prompt: its input with the messages of a conversation, the results of tools and the
// hashes of attachments. It is nil of a plain case.
func (c *Case) said() map[string]any {
	if len(c.Messages) == 0 && len(c.Turns) == 0 && len(c.attachments) == 0 && len(c.ToolResults) == 0 {
		return nil
	}
	out := map[string]any{"input": c.Input}
	if len(c.attachments) > 0 {
		hashes := make([]string, len(c.attachments))
		for i, a := range c.attachments {
			hashes[i] = a.SHA256
		}
		out["images"] = hashes
	}
	if len(c.ToolResults) > 0 {
		out["tool_results"] = c.ToolResults
	}
	if len(c.Messages) > 0 {
		out["messages"] = c.Messages
	}
	if len(c.Turns) > 0 {
		turns := make([]string, len(c.Turns))
		for i, t := range c.Turns {
			turns[i] = t.Input
		}
		out["turns"] = turns
	}
	return out
}

// conversation checks the messages and the turns of a case.
func (c *caseChecker) conversation(r record, fail func(message, hint string, path ...any)) {
	if r.Messages != nil && len(r.Messages) == 0 {
		fail("messages is empty", "", "messages")
	}
	for i, m := range r.Messages {
		roles := []string{graders.RoleUser, graders.RoleAssistant}
		switch {
		case m.Role == "":
		case i == 0 && m.Role != graders.RoleUser:
			fail(
				"the first message is not from the user",
				"it takes the place of {{input}}; what comes before belongs in the prompt",
				"messages",
				i,
				"role",
			)
		case !slices.Contains(roles, m.Role):
			fail(fmt.Sprintf("unknown role %q", m.Role), strictyaml.Hint(m.Role, roles), "messages", i, "role")
		case i == len(r.Messages)-1 && m.Role != graders.RoleUser:
			fail(
				"the last message is not from the user",
				"the reply to the last message is what is graded",
				"messages",
				i,
				"role",
			)
		}
		if strings.TrimSpace(m.Content) == "" && len(m.ToolCalls) == 0 {
			fail("the message is empty", "", "messages", i, "content")
		}
		if len(m.ToolCalls) > 0 && m.Role != graders.RoleAssistant {
			fail("only the assistant calls tools", "", "messages", i, "tool_calls")
		}
		for k, call := range m.ToolCalls {
			c.uses(r, call.Name, "messages", i, "tool_calls", k, "name")
		}
	}
	if r.Turns != nil && len(r.Turns) == 0 {
		fail("turns is empty", "", "turns")
	}
	for i, t := range r.Turns {
		if strings.TrimSpace(t.Input) == "" {
			fail("the turn is empty", "", "turns", i)
		}
		if i == len(r.Turns)-1 && !reflect.ValueOf(t.Expect).IsZero() {
			fail(
				"both the case and its last turn have expect, which is of the last reply",
				"write it in one of them",
				"turns",
				i,
				"expect",
			)
			break
		}
		c.expectations(t.Expect, fail, "turns", i, "expect")
		c.expectsCalls(r, t.Expect.ToolCalls, "turns", i, "expect")
	}
}

// identity is what tells the inputs of two cases apart, for warnings about repeated ones.
func (c *Case) identity() string {
	said := c.said()
	if said == nil {
		return strings.TrimSpace(c.Input)
	}
	data, err := json.Marshal(said)
	if err != nil { // texts always encode
		return c.Input
	}
	return string(data)
}
