package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/graders"
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/worddiff"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/summary"
)

// A CaseDetail is one case of a run in full. Messages is the prompt as it was sent;
// nil leaves it out.
type CaseDetail struct {
	Run      *runfile.Run // loaded in full
	Case     string
	Messages []runfile.Message
	Further  bool // further cases follow, which have these messages with their input

	Expressions bool // print those of the checks that a reply fails
}

// CaseText prints one case in full: input, rendered prompt, raw reply, how it
// was read with every defect, and each score with its reason.
func CaseText(w io.Writer, s CaseDetail, o Options) error {
	p := &printer{w: w}
	c, ok := s.Run.Case(s.Case)
	if !ok {
		return fmt.Errorf("run %s has no case %q", s.Run.Header.Run, s.Case)
	}
	p.caseHead(c, o)
	for _, m := range s.Messages {
		p.line("%s", o.paint(bold, "prompt, "+line(m.Role)))
		p.indented(textsafe.Block(m.Content))
	}
	if s.Further {
		p.line("(the cases below get this prompt with their input)")
	}
	p.trials(s.Run, c, s.checkExpressions(), o)
	return p.err
}

// checkExpressions are the expressions of the run's checks, by score; nil unless they are asked for.
func (s CaseDetail) checkExpressions() map[string]string {
	if !s.Expressions {
		return nil
	}
	return graders.Expressions(s.Run.Header.Graders)
}

// CasePairText prints one case of two runs in full, and the difference between
// the replies word by word.
func CasePairText(w io.Writer, base, head *runfile.Run, id string, o Options) error {
	p := &printer{w: w}
	c, ok := head.Case(id)
	if !ok {
		if c, ok = base.Case(id); !ok {
			return fmt.Errorf("neither run has a case %q", id)
		}
	}
	p.caseHead(c, o)
	for _, run := range []*runfile.Run{base, head} {
		p.line("%s", o.paint(bold, line(fmt.Sprintf("── %s · %s", run.Header.Prompt.Name, run.Header.Model.ID))))
		p.trials(run, c, nil, o)
	}
	b, hasBase := firstShown(base, id)
	h, hasHead := firstShown(head, id)
	if hasBase && hasHead {
		p.line("%s", o.paint(bold, line(fmt.Sprintf("── words, %s → %s", base.Header.Prompt.Name, head.Header.Prompt.Name))))
		p.indented(wordDiff(b, h, o))
	}
	return p.err
}

func (p *printer) caseHead(c runfile.Case, o Options) {
	p.line("%s", o.paint(bold, line("case "+c.Case)))
	p.field("input", c.Input)
	for _, a := range c.Attachments {
		p.field("attached", a.String())
	}
	if c.Note != "" {
		p.field("note", c.Note)
	}
	p.field("expected", phrase.Expectations(c.Expect))
	if len(c.Tags) > 0 {
		p.field("tags", strings.Join(c.Tags, ", "))
	}
	if c.Group != "" {
		p.field("group", c.Group)
	}
	p.blank()
}

func (p *printer) trials(run *runfile.Run, c runfile.Case, expressions map[string]string, o Options) {
	trials := run.TrialsOf(c.Case)
	if len(trials) == 0 {
		p.line("  no trial of this case in run %s", line(run.Header.Run))
	}
	for _, t := range trials {
		if len(trials) > 1 {
			p.line("trial %d", t.Trial)
		}
		p.replies(c, summary.RepliesTo(run, &t), o)
		p.reading(run.Header, t, o)
		p.scores(t, expressions, o)
		p.blank()
	}
}

// replies prints what was said in a trial: a reply, or a conversation after its first message.
func (p *printer) replies(c runfile.Case, replies []runfile.Call, o Options) {
	said, _ := c.Conversation(replies)
	given := max(1, len(c.Messages)) // messages that the case has before the first reply
	for i, m := range said[1:] {
		if m.Role == graders.RoleUser || i+1 < given {
			p.line("%s", o.paint(bold, m.Role))
			p.indented(textsafe.Block(m.Text()))
			continue
		}
		p.call(replies[0], o)
		replies = replies[1:]
	}
	for _, failed := range replies {
		p.call(failed, o)
	}
}

func (p *printer) call(c runfile.Call, o Options) {
	if c.Error != nil {
		p.line("%s", o.paint(red, line(fmt.Sprintf("error, %s: %s", c.Error.Kind, c.Error.Message))))
		return
	}
	if c.Thinking != "" {
		p.line("%s", o.paint(bold, "thinking"))
		p.indented(textsafe.Block(c.Thinking))
	}
	head := "reply"
	if c.Turn > 0 {
		head += fmt.Sprintf(" %d", c.Turn)
	}
	if c.Round > 0 {
		head += ", after results"
	}
	if c.ReplayedFrom != "" {
		head += ", replayed from " + c.ReplayedFrom
	}
	p.line("%s", o.paint(bold, line(head)))
	if c.Reply != "" || len(c.ToolCalls) == 0 {
		p.indented(textsafe.Block(c.Reply))
	}
	for _, call := range c.ToolCalls {
		p.line("  calls %s", line(call.String()))
		if call.Result != "" {
			p.line("  returns %s", line(call.Result))
		}
	}
	took := fmt.Sprintf("%d ms", c.LatencyMS)
	if c.Batch != "" {
		took = "in " + c.Batch
	}
	facts := []string{c.At.UTC().Format("2006-01-02 15:04:05Z"), took, "finish " + c.FinishReason}
	if c.Usage != nil {
		facts = append(facts, usageText(*c.Usage))
	}
	p.field("answered", strings.Join(facts, " · "))
}

// usageText says how many tokens a call took.
func usageText(u runfile.Usage) string {
	part := func(n int, what string) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf(" (%d %s)", n, what)
	}
	return fmt.Sprintf("%d tokens in%s, %d out%s", u.InputTokens, part(u.CachedTokens, "cached"),
		u.OutputTokens, part(u.ReasoningTokens, "reasoning"))
}

func (p *printer) reading(h runfile.Header, t runfile.Trial, o Options) {
	if t.Read == nil {
		return
	}
	if text := t.Read.Transformed; text != nil && *text != "" {
		p.line("%s", o.paint(bold, "transformed to this text, which is graded"))
		p.indented(textsafe.Block(*text))
	}
	format := "not readable in any format"
	if t.Read.Format != "" {
		format = "as " + string(t.Read.Format)
	}
	parts := []string{o.paint(bold, "read") + " " + line(format)}
	switch {
	case len(h.Reply.Types) == 0:
	case t.Read.Type == "":
		parts = append(parts, "type "+o.paint(red, phrase.Unreadable))
	default:
		parts = append(parts, "type "+line(t.Read.Type))
	}
	items := t.Read.Items
	if !h.ReadsReplies() {
		items = nil
	}
	if len(items) > 0 || h.CountsItems() {
		parts = append(parts, wording.Count(len(items), "item"))
	}
	p.line("%s", strings.Join(parts, ", "))
	for i, item := range items {
		p.line("  %d. %s", i+1, line(item))
	}
	for _, d := range t.Read.Defects {
		p.line("  defect %s: %s", line(string(d.Code)), line(d.Detail))
	}
}

func (p *printer) scores(t runfile.Trial, expressions map[string]string, o Options) {
	if t.Error != nil {
		p.line("%s", o.paint(red, line("no score: the call failed ("+t.Error.Kind+")")))
		return
	}
	p.line("%s", o.paint(bold, "scores"))
	for _, s := range t.Scores {
		mark, value := "✗", phrase.None
		switch {
		case s.NotApplicable != "":
			mark = "·"
		case s.Unscored != "":
			mark = "?"
		default:
			value = phrase.Share(s.Value)
			if s.Pass {
				mark = "✓"
			}
		}
		p.line("  %s %s  %s  %s", mark, value, line(s.Grader), line(phrase.Reason(s)))
		if check := expressions[s.Grader]; check != "" && s.Value != nil && !s.Pass {
			p.line("      check: %s", line(check))
		}
	}
}

// field prints a short labelled value.
func (p *printer) field(label, value string) { p.line("  %-9s %s", label, line(value)) }

// indented prints a safe text of several lines. An empty one is said to be
// empty.
func (p *printer) indented(text string) {
	if text == "" {
		p.line("  (empty)")
		return
	}
	for l := range strings.Lines(text) {
		p.line("%s", strings.TrimRight("  "+l, " \t\n"))
	}
}

func firstReply(run *runfile.Run, id string) *runfile.Call {
	for _, c := range run.CallsOf(id) {
		if c.For == runfile.ForReply && c.Error == nil {
			return &c
		}
	}
	return nil
}

// firstShown is the reply or the conversation of the first trial that has one.
func firstShown(run *runfile.Run, id string) (text string, ok bool) {
	c, _ := run.Case(id)
	for replies := range runfile.RepliesIn(run.CallsOf(id)) {
		if replies[len(replies)-1].Error == nil {
			return c.Shown(replies), true
		}
	}
	return "", false
}

// wordDiff marks deleted words as [-…-] and inserted ones as {+…+}, in colour
// where there is one.
func wordDiff(before, after string, o Options) string {
	var b strings.Builder
	for _, piece := range worddiff.Diff(textsafe.Block(before), textsafe.Block(after)) {
		switch piece.Op {
		case worddiff.Delete:
			b.WriteString(o.paint(red, "[-"+piece.Text+"-]"))
		case worddiff.Insert:
			b.WriteString(o.paint(green, "{+"+piece.Text+"+}"))
		default:
			b.WriteString(piece.Text)
		}
	}
	return b.String()
}
