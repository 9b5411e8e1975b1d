package blame

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
)

// A Hunk is a part of the difference of two prompts that a person would name. Base is what it takes away and Head what
// it adds; one of them may be empty.
type Hunk struct {
	Where      string // such as "system, paragraph 2"
	Base, Head string
}

// Text is what the hunk adds, or what it takes away if it adds nothing.
func (h Hunk) Text() string { return cmp.Or(h.Head, h.Base) }

// A Mask says of each hunk, in order, whether a variant has it: 1 or 0.
type Mask string

// NewMask is the mask with every hunk in, or out.
func NewMask(hunks int, in bool) Mask {
	if in {
		return Mask(strings.Repeat("1", hunks))
	}
	return Mask(strings.Repeat("0", hunks))
}

// Has reports whether a hunk is in; one that the mask does not know is out.
func (m Mask) Has(hunk int) bool { return hunk < len(m) && m[hunk] == '1' }

// Without is the mask with a hunk out.
func (m Mask) Without(hunk int) Mask { return m[:hunk] + "0" + m[hunk+1:] }

// Count is how many hunks are in.
func (m Mask) Count() int { return strings.Count(string(m), "1") }

// A Change is what makes the head of the base, cut into hunks. Every subset of the hunks is a valid prompt.
type Change struct {
	Base, Head *prompt.Prompt
	Hunks      []Hunk

	texts    []message
	settings []setting
	parts    bool // the base is the head without its parts
}

// A setting is what a hunk changes beside the messages: parameters, or the reply format.
type setting struct {
	hunk   int
	params []string // names as in files; none for the reply format
}

// ErrSame says that two prompts send the same.
var ErrSame = errors.New("both prompts send the same messages and parameters")

// Diff cuts the difference of two prompts into hunks: messages, examples, paragraphs, tagged blocks, list items,
// sentences, parameters and the reply format. Hunks are joined where one without the other makes an invalid prompt.
func Diff(base, head *prompt.Prompt) (*Change, error) {
	d := &differ{}
	c := &Change{Base: base, Head: head, texts: d.messages(base.Messages, head.Messages)}
	for _, names := range paramGroups(params.Changed(base.Params, head.Params)) {
		c.settings = append(c.settings, setting{params: names, hunk: d.add(Hunk{
			Where: "parameter " + strings.Join(names, ", "), Base: said(base.Params, names), Head: said(head.Params, names),
		})})
	}
	if b, h := formatsOf(base, head); b != h {
		c.settings = append(c.settings, setting{hunk: d.add(Hunk{Where: "reply format", Base: b, Head: h})})
	}
	c.Hunks = d.hunks
	if len(c.Hunks) == 0 {
		return nil, ErrSame
	}
	c.join(d.same)
	return c, nil
}

// paramGroups puts the two limits of tokens together: few endpoints take both.
func paramGroups(names []string) [][]string {
	var out [][]string
	limits := slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return n != "maxTokens" && n != "maxCompletionTokens"
	})
	if len(limits) == 2 {
		out = append(out, limits)
		names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(limits, n) })
	}
	for _, name := range names {
		out = append(out, []string{name})
	}
	return out
}

// said is how parameters are set.
func said(p params.Params, names []string) string {
	var out []string
	for _, name := range names {
		if text := p.Said(name); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// formatsOf is how base and head ask for a format, as far as they differ.
func formatsOf(base, head *prompt.Prompt) (b, h string) {
	for _, s := range [][3]string{
		{"replyFormat: ", string(base.ReplyFormat), string(head.ReplyFormat)},
		{"responseFormat: ", base.ResponseFormat, head.ResponseFormat},
		{"jsonSchema: ", string(base.JSONSchema), string(head.JSONSchema)},
		{
			"tools: ", prompt.ToolsText(base.Tools, base.ToolChoice), prompt.ToolsText(head.Tools, head.ToolChoice),
		},
	} {
		if s[1] == s[2] {
			continue
		}
		if s[1] != "" {
			b = joinTexts(b, s[0]+s[1], "\n")
		}
		if s[2] != "" {
			h = joinTexts(h, s[0]+s[2], "\n")
		}
	}
	return b, h
}

// Variant is the prompt with the hunks of a mask: the base with none, the head with all.
func (c *Change) Variant(m Mask) *prompt.Prompt {
	out := *c.Head
	out.Name = c.Name(m)
	out.Params, out.ResponseFormat, out.JSONSchema = c.Base.Params, c.Base.ResponseFormat, c.Base.JSONSchema
	out.ReplyFormat, out.Tools, out.ToolChoice = c.Base.ReplyFormat, c.Base.Tools, c.Base.ToolChoice
	for _, s := range c.settings {
		switch {
		case !m.Has(s.hunk):
		case s.params == nil:
			out.ResponseFormat, out.JSONSchema, out.ReplyFormat = c.Head.ResponseFormat, c.Head.JSONSchema, c.Head.ReplyFormat
			out.Tools, out.ToolChoice = c.Head.Tools, c.Head.ToolChoice
		default:
			out.Params = out.Params.Taking(s.params, c.Head.Params)
		}
	}
	out.Messages = nil
	for _, t := range c.texts {
		if !t.isIn(m) {
			continue
		}
		if text := t.text(m); strings.TrimSpace(text) != "" {
			out.Messages = append(out.Messages, prompt.Message{Role: t.role, Content: text})
		}
	}
	return out.Revised()
}

// Name is what a variant is called.
func (c *Change) Name(m Mask) string {
	switch m.Count() {
	case 0:
		if !c.parts {
			return c.Base.Name
		}
		return c.Head.Name + " without its parts"
	case len(c.Hunks):
		return c.Head.Name
	case len(c.Hunks) - 1:
		if len(c.Hunks) > 2 {
			return fmt.Sprintf("%s without hunk %d", c.Head.Name, strings.IndexByte(string(m), '0')+1)
		}
	}
	return c.Head.Name + " with hunks " + string(m)
}
