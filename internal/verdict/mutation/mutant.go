package mutation

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/blame"
)

// A Mutant is a prompt that differs from the original in one thing.
type Mutant struct {
	ID    string `json:"id"`
	Rule  Rule   `json:"rule"`
	Where string `json:"where"` // such as "system, <types>, line 2"
	Text  string `json:"text"`  // what it leaves out, or has another form of
	Type  string `json:"type,omitempty"`

	Prompt *prompt.Prompt `json:"-"`
}

// Options say how mutants are made.
type Options struct {
	Types  []string                   // of replies, as the suite lists them; may be empty
	TypeOf func(answer string) string // the type of an example's answer; empty where it has none
}

// Of makes the mutants of a prompt, in the order of [Rules]. Each one sends something else than the original and than
// all others, and is a prompt that a file could hold.
func Of(p *prompt.Prompt, o Options) []Mutant {
	m := &maker{
		base: p, options: o, words: newWords(), hashes: map[string]bool{p.Hash(): true}, ids: map[string]bool{},
	}
	if c, err := blame.Parts(p); err == nil {
		m.parts = c
	}
	if c, err := blame.Leaves(p); err == nil {
		m.leaves = c
	}
	for _, make := range []func(){
		m.role, m.thinking, m.examples, m.labels, m.blocks, m.rules, m.oneExample, m.order, m.truncate,
		m.language, m.weaken, m.temperature,
	} {
		make()
	}
	order := Rules()
	slices.SortStableFunc(m.out, func(a, b Mutant) int {
		return cmp.Compare(slices.Index(order, a.Rule), slices.Index(order, b.Rule))
	})
	return m.out
}

// A maker makes the mutants of one prompt.
type maker struct {
	base    *prompt.Prompt
	options Options
	words   words
	parts   *blame.Change // nil where the prompt has none
	leaves  *blame.Change // likewise
	hashes  map[string]bool
	ids     map[string]bool
	out     []Mutant
}

// add keeps a mutant, unless it sends what another one does, or nothing that a file could hold. Target tells it from
// others of its rule.
func (m *maker) add(one Mutant, target string, p *prompt.Prompt) {
	p = p.Revised()
	hash := p.Hash()
	if m.hashes[hash] || !m.isValid(p) {
		return
	}
	one.ID = string(one.Rule)
	if target = slug(target); target != "" {
		one.ID += "-" + target
	}
	for id := one.ID; m.ids[one.ID]; {
		id += "-again"
		one.ID = id
	}
	m.hashes[hash], m.ids[one.ID] = true, true
	p.Name, p.Path, p.Revision = m.base.Name+"-"+one.ID, m.base.Path, m.base.Revision
	one.Prompt = p
	m.out = append(m.out, one)
}

func (m *maker) isValid(p *prompt.Prompt) bool {
	isEmpty := func(one prompt.Message) bool { return strings.TrimSpace(one.Content) == "" }
	return slices.Contains(p.Uses(), prompt.InputName) && !slices.ContainsFunc(p.Messages, isEmpty)
}

// slug is a text as a part of an id: letters and digits, with hyphens between. The id of a part of the system message
// does not name the message.
func slug(text string) string {
	text = strings.TrimPrefix(text, "system, ")
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}

// edited is the base with another content in some of its messages: edit gets the role and content of each.
func (m *maker) edited(edit func(i int, one prompt.Message) string) *prompt.Prompt {
	out := *m.base
	out.Messages = slices.Clone(m.base.Messages)
	for i := range out.Messages {
		out.Messages[i].Content = edit(i, out.Messages[i])
	}
	return &out
}

// instructions reports of each message whether it instructs: it is no part of an example.
func (m *maker) instructions() []bool {
	out := slices.Repeat([]bool{true}, len(m.base.Messages))
	for _, at := range blame.Examples(m.base.Messages) {
		out[at], out[at+1] = false, false
	}
	return out
}
