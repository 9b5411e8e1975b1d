package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/media"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Messages are what a revision sends to get the next reply of a trial: the prompt with the first message of the case in
// it, and after it what was said since.
func Messages(p *prompt.Prompt, c *runfile.Case, said []graders.Message) ([]model.Message, error) {
	rendered, err := p.Render(c.Input, c.Vars)
	if err != nil {
		return nil, fmt.Errorf("rendering %s for case %s: %w", p.Name, c.Case, err)
	}
	out := make([]model.Message, 0, len(rendered)+len(said))
	for _, m := range rendered {
		out = append(out, model.Message{Role: m.Role, Content: m.Content})
	}
	if err := attach(out, c.Attachments); err != nil {
		return nil, fmt.Errorf("case %s: %w", c.Case, err)
	}
	for _, m := range said[1:] {
		out = append(out, model.Message{Role: m.Role, Content: m.Content, ToolCalls: m.ToolCalls})
	}
	return out, nil
}

// attach adds the attachments of a case to the last user message of a prompt.
func attach(messages []model.Message, attachments []media.Attachment) error {
	if len(attachments) == 0 {
		return nil
	}
	for i := range slices.Backward(messages) {
		m := &messages[i]
		if m.Role != "user" {
			continue
		}
		for _, a := range attachments {
			data, err := a.Data()
			if err != nil {
				return fmt.Errorf("reading an attachment: %w", err)
			}
			m.Attachments = append(m.Attachments, model.Attachment{Type: a.Type, Data: data})
		}
		return nil
	}
	return errors.New("the prompt has no user message that could have the attachments")
}

// converse gets the replies of a trial, one for a plain case, and writes each. Where one has no outcome, so has the
// trial: it returns nil.
func (r *running) converse(ctx context.Context, w *trialWriter, it item, rest func()) ([]runfile.Call, error) {
	revision, c := r.Revisions[it.revision], &it.c
	var replies []runfile.Call
	said, goesOn := c.Conversation(nil)
	for goesOn {
		messages, err := Messages(revision.Prompt, c, said)
		if err != nil {
			return nil, err
		}
		purpose := Purpose{For: runfile.ForReply, Case: c.Case, Trial: it.trial}
		request := Request(revision.Prompt, revision.Params, messages, it.trial)
		if r.graderFatal() != nil { // a new reply could not be graded
			if _, ok, err := revision.Asker.Recall(purpose, request); !ok || err != nil {
				return nil, err
			}
		}
		request.Resting = rest
		call, ok, err := r.ask(ctx, revision.Asker, purpose, request, func(call runfile.Call) error {
			replies = append(replies, c.Next(replies, call))
			last := &replies[len(replies)-1]
			if said, goesOn = c.Conversation(replies); goesOn {
				last.For = runfile.ForTurn
			}
			return w.call(*last)
		})
		if !ok || err != nil {
			return nil, err
		}
		if !goesOn {
			break
		}
		if call.Made() { // a machine that stops loses no reply that the next one rests on
			if err := w.run.Sync(); err != nil {
				return nil, err
			}
		}
		if isOver(ctx) || isClosed(r.stop) {
			return nil, nil
		}
	}
	return replies, nil
}

func isClosed(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// FailureOf says why a trial counts as failed as a whole by the prompt's doing, or is empty. A conversation that ends
// before its last turn has failed.
func FailureOf(c *runfile.Case, replies []runfile.Call) string {
	last := &replies[len(replies)-1]
	why := Failure(*last)
	if last.Error != nil && why == "" {
		return ""
	}
	turn := len(runfile.TurnEnds(replies))
	switch {
	case why != "":
	case last.Round >= runfile.MaxRounds && len(last.ToolCalls) > 0:
		why = fmt.Sprintf("the reply calls a tool again after tools had results %d times, the most in a turn", last.Round)
	case turn < c.Replies():
		why = last.EndsConversation() + ", so the conversation ended"
	}
	if why != "" && c.IsConversation() {
		why = fmt.Sprintf("turn %d: %s", turn, why)
	}
	return why
}

// samples are what is graded of a trial: its reply, or the last one to each turn of a conversation. Turns that it did
// not come to have an empty reply.
func (g Grading) samples(c *runfile.Case, replies []runfile.Call, format reply.Format) []graders.Sample {
	out := make([]graders.Sample, c.Replies())
	said, _ := c.Conversation(replies)
	opening := max(1, len(c.Messages))
	ends := turnEnds(c, replies)
	end := 0 // of the replies of the turn
	for i := range out {
		s := &out[i]
		*s = graders.Sample{
			Case: c.Case, Input: c.Input, Vars: c.Vars, Tags: c.Tags, Expect: c.Expect, Format: format,
			Trial: replies[0].Trial,
		}
		first := end
		if i < len(ends) {
			end = ends[i]
			s.Call = summary.SpentOf(replies[:end], g.Price)
		}
		for k := first; k < end; k++ {
			call := &replies[k]
			calls := slices.Clone(call.ToolCalls)
			for n := range calls {
				calls[n].Signature = "" // means something to its endpoint alone
			}
			s.Reply, s.ToolCalls = g.read(call, format), append(s.ToolCalls, calls...)
			if at := opening + k + i; at < len(said) {
				said[at].Content, said[at].ToolCalls = s.Reply.Text, calls
			}
		}
		if !c.IsConversation() && len(replies) == 1 {
			continue
		}
		if i < len(c.Turns)-1 {
			s.Expect = c.Turns[i].Expect
		}
		s.Turn, s.Transcript = i+1, slices.Clone(said[:min(opening+end+i, len(said))])
		switch {
		case len(c.Turns) > 0:
			s.Input = c.Turns[i].Input
		case len(c.Messages) > 0:
			s.Input = c.Messages[len(c.Messages)-1].Content
		}
	}
	return out
}

// turnEnds is [runfile.TurnEnds] with at most the turns of the case, whatever a run file has.
func turnEnds(c *runfile.Case, replies []runfile.Call) []int {
	ends := runfile.TurnEnds(replies)
	if n := c.Replies(); len(ends) > n {
		ends = append(ends[:n-1], len(replies))
	}
	return ends
}

// read reads one reply.
func (g Grading) read(call *runfile.Call, format reply.Format) reply.Reply {
	read := g.Reader.Read(call.Reply, call.Thinking, format)
	if call.ReplyFrom != "" {
		read.Defects = append(read.Defects, reply.Defect{
			Code: reply.CodeElsewhere, Detail: "the content is empty; the text is in " + call.ReplyFrom,
		})
	}
	return read
}
