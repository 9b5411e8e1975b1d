package runfile

import (
	"iter"
	"slices"
	"strings"

	"promptbench/graders"
)

// IsConversation reports whether the case has more messages than its input.
func (c *Case) IsConversation() bool { return len(c.Messages) > 1 || len(c.Turns) > 1 }

// Replies is how many replies a trial of the case has, if none ends the conversation early.
func (c *Case) Replies() int { return max(1, len(c.Turns)) }

// Conversation returns what was said in a trial with these replies, in order: the messages of the user, from the input
// of the case on, and the model's. If the conversation goes on, its last message is the one to reply to
// next. It ends after the last turn, and after a reply that nobody could go on from, see [Call.EndsConversation].
func (c *Case) Conversation(replies []Call) (said []graders.Message, goesOn bool) {
	said = append(said, c.Messages...)
	if len(said) == 0 {
		said = append(said, graders.Message{Role: graders.RoleUser, Content: c.Input})
	}
	for i := range replies {
		if replies[i].Error != nil {
			return said, false
		}
		said = append(said, graders.Message{Role: graders.RoleAssistant, Content: replies[i].Reply})
		if i+1 >= len(c.Turns) || replies[i].EndsConversation() != "" {
			return said, false
		}
		said = append(said, graders.Message{Role: graders.RoleUser, Content: c.Turns[i+1].Input})
	}
	return said, true
}

// Asked is what people and judges are shown as what the last reply answers: the input, or the conversation before it.
// Text is a reply without its thinking.
func (c *Case) Asked(replies []Call, text func(*Call) string) string {
	if !c.IsConversation() {
		return c.Input
	}
	earlier := slices.Clone(replies[:len(replies)-1])
	for i := range earlier {
		earlier[i].Reply = text(&earlier[i])
	}
	said, _ := c.Conversation(earlier)
	return graders.Dialogue(said)
}

// Shown is a reply as people read it: its text, or all that was said since the input in a conversation.
func (c *Case) Shown(replies []Call) string {
	if !c.IsConversation() {
		return replies[len(replies)-1].withCalls()
	}
	told := slices.Clone(replies)
	for i := range told {
		told[i].Reply = told[i].withCalls()
	}
	said, _ := c.Conversation(told)
	return graders.Dialogue(said[1:])
}

// withCalls is the text of a reply, and below it the tools that it calls.
func (c *Call) withCalls() string {
	out := c.Reply
	for _, call := range c.ToolCalls {
		if out != "" {
			out += "\n"
		}
		out += "→ " + call.String()
	}
	return out
}

// EndsConversation says why no turn can follow a reply, or is empty: there is none, it is cut or withheld, or it has no
// text, which endpoints refuse as a message.
func (c *Call) EndsConversation() string {
	switch reason := FinishReason(c.FinishReason); {
	case c.Error != nil:
		return "the call failed"
	case reason == FinishLength:
		return "the reply was cut by length"
	case reason == FinishContentFilter, reason == FinishInvalid:
		return "the reply was withheld"
	case len(c.ToolCalls) > 0:
		return "the reply calls a tool, which nothing answers"
	case strings.TrimSpace(c.Reply) == "":
		return "the reply is empty"
	}
	return ""
}

// RepliesIn yields the replies of each trial in a list of calls as [Run] has it: one call, or those of a
// conversation. It passes over conversations without their last reply.
func RepliesIn(calls []Call) iter.Seq[[]Call] {
	return func(yield func([]Call) bool) {
		first := 0
		for i := range calls {
			c := &calls[i]
			if before := &calls[first]; before.For != ForTurn || before.Trial != c.Trial || before.Case != c.Case {
				first = i
			}
			if c.For == ForReply && !yield(calls[first:i+1:i+1]) {
				return
			}
		}
	}
}
