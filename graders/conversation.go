package graders

import "strings"

// The roles of the messages of a conversation.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// A Message is one message of a conversation between a user and a model.
type Message struct {
	Role    string `json:"role" yaml:"role" required:"true" expr:"role"` // [RoleUser] or [RoleAssistant]
	Content string `json:"content" yaml:"content" required:"true" expr:"content"`
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
		parts[i] = m.Role + ": " + m.Content
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

// isReadable reports whether the reply could be read, or calls a tool, which needs no text.
func (s Sample) isReadable() bool { return s.Reply.Readable() || len(s.ToolCalls) > 0 }

// dialogue is the conversation with the reply at its end, also of a plain case.
func (s Sample) dialogue() []Message {
	if s.Transcript != nil {
		return s.Transcript
	}
	return []Message{{RoleUser, s.Input}, {RoleAssistant, s.Reply.Text}}
}
