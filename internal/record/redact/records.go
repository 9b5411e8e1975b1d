package redact

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// Header is the header of the redacted run. It keeps its own id.
func (r *Redactor) Header(h runfile.Header) (runfile.Header, error) {
	out := runfile.Header{
		Run: h.Run, Prompt: r.prompt(h.Prompt),
		Suite: runfile.Suite{Name: h.Suite.Name, Path: h.Suite.Path, Hash: r.hash(h.Suite.Hash)}, Model: h.Model,
		Reply: reply.Rules{Types: h.Reply.Types}, Reader: h.Reader, Cases: h.Cases, Trials: h.Trials, Source: h.Source,
		Sealed: h.Sealed, Pairwise: h.Pairwise, Embedder: h.Embedder, Git: h.Git,
		Redacted: &runfile.Redacted{From: h.Run, Key: r.KeyID()}, Tool: h.Tool, Started: h.Started,
	}
	for _, spec := range h.Graders {
		params, err := parameters(spec, r.kept)
		if err != nil {
			return out, err
		}
		spec.Params = params
		out.Graders = append(out.Graders, spec)
	}
	if s := h.Selected; s != nil {
		out.Selected = &runfile.Selection{
			Cases: each(s.Cases, r.kept),
			Tags:  each(s.Tags, r.kept),
			Draw:  s.Draw,
			After: s.After,
		}
	}
	if j := h.Judge; j != nil {
		judge := *j
		if j.Prompt != nil {
			asked := r.prompt(*j.Prompt)
			judge.Prompt = &asked
		}
		out.Judge = &judge
	}
	return out, nil
}

// prompt keeps the identity of a prompt. Its examples may be what users wrote.
func (r *Redactor) prompt(p runfile.Prompt) runfile.Prompt {
	if r.o.KeepPrompt {
		return p
	}
	out := p
	out.Description, out.JSONSchema = r.text(p.Description), nil
	out.Tools = nil
	out.Messages = nil
	for _, m := range p.Messages {
		out.Messages = append(out.Messages, runfile.Message{Role: m.Role, Content: r.text(m.Content)})
	}
	return out
}

// Case is a case with its numbers alone.
func (r *Redactor) Case(c runfile.Case) runfile.Case {
	out := runfile.Case{
		Case: r.kept(c.Case), Input: r.text(c.Input), Tags: each(c.Tags, r.kept), Group: r.kept(c.Group),
		Note: r.text(c.Note), Sealed: c.Sealed,
		InputHash: r.hash(c.InputHash),
		Expect:    r.expect(c.Expect),
	}
	for _, m := range c.Messages {
		out.Messages = append(out.Messages, graders.Message{
			Role: m.Role, Content: r.text(m.Content), ToolCalls: r.toolCalls(m.ToolCalls),
		})
	}
	for _, t := range c.Turns {
		out.Turns = append(out.Turns, graders.Turn{Input: r.text(t.Input), Expect: r.expect(t.Expect)})
	}
	if c.Vars != nil {
		out.Vars = make(map[string]string, len(c.Vars))
		for name, value := range c.Vars {
			out.Vars[name] = r.text(value)
		}
	}
	return out
}

func (r *Redactor) expect(e graders.Expect) graders.Expect {
	return graders.Expect{
		Type: r.typ(e.Type), Count: e.Count, Equals: each(e.Equals, r.text), Contains: each(e.Contains, r.text),
		NotContains: each(e.NotContains, r.text), Regex: r.text(e.Regex), Reference: each(e.Reference, r.text),
	}
}

// Call is a call without what was said.
func (r *Redactor) Call(c runfile.Call) runfile.Call {
	return runfile.Call{
		Key: r.hash(c.Key), Case: r.kept(c.Case), Trial: c.Trial, For: c.For, Turn: c.Turn, Round: c.Round,
		Criterion: c.Criterion, Vote: c.Vote,
		Reply: r.text(c.Reply), Thinking: r.text(c.Thinking), ReplyFrom: r.plain(c.ReplyFrom),
		ToolCalls:    r.toolCalls(c.ToolCalls),
		FinishReason: r.plain(c.FinishReason), ResponseModel: r.plain(c.ResponseModel), Usage: c.Usage,
		LatencyMS: c.LatencyMS, Attempts: c.Attempts, At: c.At,
		ReplayedFrom: c.ReplayedFrom, Batch: r.plain(c.Batch), Error: r.failure(c.Error),
	}
}

// toolCalls keeps the names of tools, which the prompt has.
func (r *Redactor) toolCalls(calls []graders.ToolCall) (out []graders.ToolCall) {
	for _, c := range calls {
		out = append(out, graders.ToolCall{
			Name: r.plain(c.Name), Arguments: r.text(c.Arguments), Result: r.text(c.Result),
		})
	}
	return out
}

func (r *Redactor) failure(e *runfile.Error) *runfile.Error {
	if e == nil {
		return nil
	}
	return &runfile.Error{
		Kind: e.Kind, Status: e.Status, Code: r.plain(e.Code), Param: r.plain(e.Param), Message: r.text(e.Message),
	}
}

// Trial is a trial with its scores, but for the words of their reasons.
func (r *Redactor) Trial(t runfile.Trial) runfile.Trial {
	out := runfile.Trial{Case: r.kept(t.Case), Trial: t.Trial, Key: r.hash(t.Key), Error: r.failure(t.Error)}
	if read := t.Read; read != nil {
		out.Read = &runfile.Read{
			Format: read.Format, Type: r.typ(read.Type), Items: each(read.Items, r.text), Defects: slices.Clone(read.Defects),
		}
		for i := range out.Read.Defects {
			out.Read.Defects[i].Detail = r.text(out.Read.Defects[i].Detail)
		}
	}
	for _, s := range t.Scores {
		s.Answer, s.Reason = r.answer(s), r.text(s.Reason)
		s.Unscored, s.NotApplicable = r.text(s.Unscored), r.text(s.NotApplicable)
		out.Scores = append(out.Scores, s)
	}
	return out
}

// End is an end line. Why a run stopped may quote what a server said.
func (r *Redactor) End(e runfile.End) runfile.End {
	e.Reason = r.text(e.Reason)
	return e
}

// typ keeps a type that the suite allows.
func (r *Redactor) typ(t string) string {
	if r.types[t] {
		return t
	}
	return r.text(t)
}

// plain keeps what endpoints name models and reasons for finishing by: one short word in ASCII.
func (r *Redactor) plain(s string) string {
	odd := func(c rune) bool {
		return c >= unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("._:/@+-", c)
	}
	if len(s) <= 100 && strings.IndexFunc(s, odd) < 0 {
		return s
	}
	return r.text(s)
}

// answer keeps what a grader read where it is one of a fixed list, or a count.
func (r *Redactor) answer(s graders.Score) string {
	a := s.Answer
	declared, _ := graders.LookUp(s.Grader)
	if r.types[a] || r.fixed[a] || declared.Counts && count(a) {
		return a
	}
	return r.text(a)
}

// count reports whether s is a number of at most three digits.
func count(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n < 1000
}
