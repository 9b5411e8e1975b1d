package mutation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/blame"
)

// labels swaps two types in all examples, for each pair of types. Without types each example gets the answer of the
// next.
func (m *maker) labels() {
	types := m.options.Types
	for i, a := range types {
		for _, b := range types[i+1:] {
			one := Mutant{Rule: SwapLabels, Where: "examples", Text: a + " ↔ " + b}
			m.add(one, a+" "+b, m.withExamples(func(text string) string { return swapped(text, a, b) }))
		}
	}
	starts := blame.Examples(m.base.Messages)
	if len(types) > 0 || len(starts) < 2 {
		return
	}
	out := m.edited(func(_ int, one prompt.Message) string { return one.Content })
	for k, at := range starts {
		out.Messages[at+1] = m.base.Messages[starts[(k+1)%len(starts)]+1]
	}
	m.add(Mutant{Rule: SwapLabels, Where: "examples", Text: "each with the answer of the next"}, "", out)
}

// swapped is a text with two words in each other's place.
func swapped(text, a, b string) string {
	either := regexp.MustCompile(`[\pL\pN_]+`)
	return either.ReplaceAllStringFunc(text, func(word string) string {
		switch word {
		case a:
			return b
		case b:
			return a
		}
		return word
	})
}

// withExamples is the base with other answers in its examples.
func (m *maker) withExamples(edit func(string) string) *prompt.Prompt {
	answers := map[int]bool{}
	for _, at := range blame.Examples(m.base.Messages) {
		answers[at+1] = true
	}
	return m.edited(func(i int, one prompt.Message) string {
		if answers[i] {
			return edit(one.Content)
		}
		for _, h := range hunksOf(m.parts) { // a block of examples
			if isExample(h) {
				one.Content = strings.Replace(one.Content, h.Head, edit(h.Head), 1)
			}
		}
		return one.Content
	})
}

// order reverses the examples, and the blocks of the system message.
func (m *maker) order() {
	starts := blame.Examples(m.base.Messages)
	out := m.edited(func(_ int, one prompt.Message) string { return one.Content })
	for k, at := range starts {
		from := starts[len(starts)-1-k]
		copy(out.Messages[at:at+2], m.base.Messages[from:from+2])
	}
	var examples []string // in a block
	for _, h := range hunksOf(m.parts) {
		if isExample(h) {
			examples = append(examples, h.Head)
		}
	}
	if len(starts) == 0 {
		out = m.edited(func(_ int, one prompt.Message) string { return reversed(one.Content, examples) })
	}
	m.add(Mutant{Rule: Reorder, Where: "examples"}, "examples", out)
	isBlock := func(h blame.Hunk) bool { return strings.HasPrefix(h.Where, "system, ") && !isExample(h) }
	var blocks []string
	for _, h := range hunksOf(m.parts) {
		if isBlock(h) {
			blocks = append(blocks, h.Head)
		}
	}
	m.add(Mutant{Rule: Reorder, Where: "system"}, "blocks", m.edited(func(_ int, one prompt.Message) string {
		if one.Role != "system" {
			return one.Content
		}
		return reversed(one.Content, blocks)
	}))
}

// reversed is a text with its blocks in the reverse order, the white space between them as it was. It is the text
// itself where it does not have them in this order.
func reversed(text string, blocks []string) string {
	var b strings.Builder
	rest := text
	for k, block := range blocks {
		before, after, found := strings.Cut(rest, block)
		if !found {
			return text
		}
		b.WriteString(before + blocks[len(blocks)-1-k])
		rest = after
	}
	return b.String() + rest
}

// truncate cuts off the second half of the lines of the system message, or of its sentences.
func (m *maker) truncate() {
	cut := ""
	p := m.edited(func(_ int, one prompt.Message) string {
		if one.Role != "system" {
			return one.Content
		}
		lines := strings.SplitAfter(strings.TrimSpace(one.Content), "\n")
		if len(lines) == 1 {
			lines = strings.SplitAfter(lines[0], ". ")
		}
		half := (len(lines) + 1) / 2
		cut = strings.Join(lines[half:], "")
		return strings.TrimSpace(strings.Join(lines[:half], ""))
	})
	m.add(Mutant{Rule: Truncate, Where: "system", Text: cut}, "", p)
}

// instructed is the base with other instructions, its examples as they are, and where the first one changed.
func (m *maker) instructed(edit func(string) string) (p *prompt.Prompt, where string) {
	isOne := m.instructions()
	p = m.edited(func(i int, one prompt.Message) string {
		if !isOne[i] {
			return one.Content
		}
		text := edit(one.Content)
		if where == "" && text != one.Content {
			where = one.Role
		}
		return text
	})
	return p, where
}

func (m *maker) language() {
	p, where := m.instructed(otherLanguage)
	m.add(Mutant{Rule: SwapLanguage, Where: where, Text: m.firstChanged(p)}, "", p)
}

func (m *maker) weaken() {
	p, where := m.instructed(m.words.weakened)
	m.add(Mutant{Rule: Weaken, Where: where, Text: m.firstChanged(p)}, "", p)
}

// firstChanged is the first line of a mutant that differs from the base.
func (m *maker) firstChanged(p *prompt.Prompt) string {
	for i, one := range m.base.Messages {
		before, after := strings.Split(one.Content, "\n"), strings.Split(p.Messages[i].Content, "\n")
		for k := range min(len(before), len(after)) {
			if before[k] != after[k] {
				return after[k]
			}
		}
	}
	return ""
}

// temperature changes the temperature that the prompt sets.
func (m *maker) temperature() {
	t := m.base.Params.Temperature
	if t == nil {
		return
	}
	to := 1.0
	if *t >= 1 {
		to = 0
	}
	out := *m.base
	out.Messages = slices.Clone(m.base.Messages)
	out.Params.Temperature = &to
	one := Mutant{Rule: Temperature, Where: "parameter temperature", Text: fmt.Sprintf("temperature: %v → %v", *t, to)}
	m.add(one, "", &out)
}
