package graders

import (
	"slices"
	"strings"

	"promptbench/graders/reply"
)

// The roles of the messages of a conversation.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// A Message is one message of a conversation between a user and a model.
type Message struct {
	Role    string `json:"role" yaml:"role" required:"true" expr:"role"` // [RoleUser] or [RoleAssistant]
	Content string `json:"content" yaml:"content" required:"true" expr:"content"`
	// ToolCalls are the tools that a message of the model calls, with their results.
	ToolCalls []ToolCall `json:"tool_calls,omitempty" yaml:"-" expr:"tool_calls"`
}

// Text is what a message says as people read it: its content, and below it the tools that it calls.
func (m Message) Text() string {
	lines := make([]string, 0, 1+len(m.ToolCalls))
	if m.Content != "" || len(m.ToolCalls) == 0 {
		lines = append(lines, m.Content)
	}
	for _, call := range m.ToolCalls {
		lines = append(lines, "→ "+call.String())
		if call.Result != "" {
			lines = append(lines, "← "+call.Result)
		}
	}
	return strings.Join(lines, "\n")
}

// A Turn is a message of the user, with what is expected of the reply to it.
type Turn struct {
	Input  string `json:"input" yaml:"input" required:"true"`
	Expect Expect `json:"expect,omitzero" yaml:"expect"`
}

// Dialogue writes messages as people read them: each with its role, a blank line between them.
func Dialogue(messages []Message) string {
	parts := make([]string, len(messages))
	for i, m := range messages {
		parts[i] = m.Role + ": " + m.Text()
	}
	return strings.Join(parts, "\n\n")
}

// Before is what a judge is shown as what the reply answers: the input, or the conversation up to the reply.
func (s Sample) Before() string {
	if n := len(s.Transcript); n > 2 {
		return Dialogue(s.Transcript[:n-1])
	}
	return s.Input
}

// IsReadable reports whether the reply could be read, or calls a tool, which needs no text unless a transform did.
func (s Sample) IsReadable() bool {
	calls := s.ToolCalls
	if n := len(s.Transcript); n > 0 { // the calls of the turn may be those of earlier replies
		calls = s.Transcript[n-1].ToolCalls
	}
	isTransform := func(d reply.Defect) bool { return d.Code == reply.CodeTransform }
	return s.Reply.Readable() || len(calls) > 0 && !slices.ContainsFunc(s.Reply.Defects, isTransform)
}

// dialogue is the conversation with the reply at its end, also of a plain case.
func (s Sample) dialogue() []Message {
	if s.Transcript != nil {
		return s.Transcript
	}
	return []Message{
		{Role: RoleUser, Content: s.Input},
		{Role: RoleAssistant, Content: s.Reply.Text, ToolCalls: s.ToolCalls},
	}
}
