package runfile

import (
	"iter"
	"slices"
	"strings"

	"promptbench/graders"
)

// IsConversation reports whether the case has more messages than its input.
func (c *Case) IsConversation() bool { return len(c.Messages) > 1 || len(c.Turns) > 1 }

// Replies is how many turns a trial of the case has, if none ends the conversation early.
func (c *Case) Replies() int { return max(1, len(c.Turns)) }

// MaxRounds is how often the tools that a model calls get results in one turn.
const MaxRounds = 10

// Next is a reply as the one that follows the others of a trial: with its place in the conversation, and with what the
// tools that it calls return. They return something only if the case has a result for each of its calls.
func (c *Case) Next(replies []Call, call Call) Call {
	turn, round := 1, 0
	for i := range replies {
		if replies[i].hasResults() {
			round++
		} else {
			turn, round = turn+1, 0
		}
	}
	if c.IsConversation() || len(c.ToolResults) > 0 {
		call.Turn, call.Round = turn, round
	}
	call.ToolCalls = slices.Clone(call.ToolCalls)
	results := make([]string, len(call.ToolCalls))
	isScripted := round < MaxRounds && call.broken() == ""
	for i, asked := range call.ToolCalls {
		call.ToolCalls[i].Result = "" // a recording has those of its own run
		if isScripted {
			results[i], isScripted = c.ToolResults.Of(asked.Name, asked.Arguments)
		}
	}
	for i := range call.ToolCalls {
		if isScripted {
			call.ToolCalls[i].Result = results[i]
		}
	}
	return call
}

// hasResults reports whether the reply calls tools that return something, so that the model is asked again.
func (c *Call) hasResults() bool {
	return len(c.ToolCalls) > 0 &&
		!slices.ContainsFunc(c.ToolCalls, func(t graders.ToolCall) bool { return t.Result == "" })
}

// TurnEnds is, for each turn that a trial came to, how many replies there are up to its last one.
func TurnEnds(replies []Call) (ends []int) {
	isOpen := false
	for i := range replies {
		if !isOpen {
			ends = append(ends, 0)
		}
		ends[len(ends)-1] = i + 1
		isOpen = replies[i].hasResults()
	}
	return ends
}

// Conversation returns what was said in a trial with these replies, in order: the messages of the user, from the input
// of the case on, and the model's, with the results of tools that they call. If the conversation goes on, its last
// message is the one to reply to next. It ends after the last turn, and after a reply that nobody could go on from, see
// [Call.EndsConversation].
func (c *Case) Conversation(replies []Call) (said []graders.Message, goesOn bool) {
	said = append(said, c.Messages...)
	if len(said) == 0 {
		said = append(said, graders.Message{Role: graders.RoleUser, Content: c.Input})
	}
	turn := 1
	for i := range replies {
		r := &replies[i]
		if r.Error != nil {
			return said, false
		}
		said = append(said, graders.Message{Role: graders.RoleAssistant, Content: r.Reply, ToolCalls: r.ToolCalls})
		switch {
		case r.hasResults():
		case turn >= len(c.Turns) || r.EndsConversation() != "":
			return said, false
		default:
			said = append(said, graders.Message{Role: graders.RoleUser, Content: c.Turns[turn].Input})
			turn++
		}
	}
	return said, true
}

// Asked is what people and judges are shown as what the last reply answers: the input, or the conversation before it.
// Text is a reply without its thinking.
func (c *Case) Asked(replies []Call, text func(*Call) string) string {
	earlier := slices.Clone(replies[:len(replies)-1])
	for i := range earlier {
		earlier[i].Reply = text(&earlier[i])
	}
	said, _ := c.Conversation(earlier)
	if len(said) == 1 {
		return said[0].Content
	}
	return graders.Dialogue(said)
}

// Shown is a reply as people read it: its text, or all that was said since the input in a conversation.
func (c *Case) Shown(replies []Call) string {
	said, _ := c.Conversation(replies)
	if len(said) == 2 {
		return said[1].Text()
	}
	return graders.Dialogue(said[1:])
}

// Text is the reply as people read it, with its calls of tools.
func (c *Call) Text() string { return graders.Message{Content: c.Reply, ToolCalls: c.ToolCalls}.Text() }

// EndsConversation says why no turn can follow a reply, or is empty: there is none, it is cut or withheld, or it has no
// text, which endpoints refuse as a message.
func (c *Call) EndsConversation() string {
	switch why := c.broken(); {
	case why != "":
		return why
	case len(c.ToolCalls) > 0:
		return "the reply calls a tool, which nothing answers"
	case strings.TrimSpace(c.Reply) == "":
		return "the reply is empty"
	}
	return ""
}

// broken says why a call has no whole reply, or is empty.
func (c *Call) broken() string {
	switch reason := FinishReason(c.FinishReason); {
	case c.Error != nil:
		return "the call failed"
	case reason == FinishLength:
		return "the reply was cut by length"
	case reason == FinishContentFilter, reason == FinishInvalid:
		return "the reply was withheld"
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
