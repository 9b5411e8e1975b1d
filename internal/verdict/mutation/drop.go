package mutation

import (
	"regexp"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/blame"
)

// without is the base without some hunks of a change that has them all.
func without(c *blame.Change, hunks ...int) *prompt.Prompt {
	mask := blame.NewMask(len(c.Hunks), true)
	for _, k := range hunks {
		mask = mask.Without(k)
	}
	return c.Variant(mask)
}

// hunksOf are the hunks of a change that is nil where there is none.
func hunksOf(c *blame.Change) []blame.Hunk {
	if c == nil {
		return nil
	}
	return c.Hunks
}

// isExample reports whether a hunk is an example, or several in one.
func isExample(h blame.Hunk) bool {
	at := strings.LastIndex(h.Where, "example")
	return at == 0 || at > 0 && strings.HasSuffix(h.Where[:at], ", ")
}

// find returns the first hunk whose text fits one of two patterns: that of its tag, else that of its words. Leaves that
// are examples of a format do not count.
func (m *maker) find(tag, said *regexp.Regexp) (c *blame.Change, hunk int) {
	for k, h := range hunksOf(m.parts) {
		if !isExample(h) && tag.MatchString(h.Head) {
			return m.parts, k
		}
	}
	for k, h := range hunksOf(m.leaves) {
		if said.MatchString(h.Head) && !strings.HasPrefix(h.Head, "{") {
			return m.leaves, k
		}
	}
	return nil, 0
}

func (m *maker) role() {
	if c, k := m.find(m.words.roleTag, m.words.role); c != nil {
		h := c.Hunks[k]
		m.add(Mutant{Rule: DropRole, Where: h.Where, Text: h.Head}, "", without(c, k))
	}
}

// thinking leaves out what asks for the step, and the step itself in examples and in the form of an answer.
func (m *maker) thinking() {
	p, one := m.base, Mutant{Rule: DropThinking, Where: "examples"}
	if c, k := m.find(m.words.thinkingTag, m.words.thinking); c != nil {
		p, one.Where, one.Text = without(c, k), c.Hunks[k].Where, c.Hunks[k].Head
	}
	out := *p
	out.Messages = nil
	for _, message := range p.Messages {
		message.Content = m.words.withoutThoughts(message.Content)
		out.Messages = append(out.Messages, message)
	}
	m.add(one, "", &out)
}

// examples leaves out all examples, and those of each type.
func (m *maker) examples() {
	var all []int
	byType := map[string][]int{}
	for k, h := range hunksOf(m.parts) {
		if isExample(h) {
			all = append(all, k)
			if of := m.options.TypeOf(h.Head); of != "" {
				byType[of] = append(byType[of], k)
			}
		}
	}
	if len(all) < 2 {
		return
	}
	m.add(Mutant{Rule: DropExamples, Where: "examples"}, "", without(m.parts, all...))
	for _, of := range m.options.Types {
		if n := len(byType[of]); n > 1 || n == 1 && len(byType) > 1 {
			one := Mutant{Rule: DropExamples, Where: "examples of " + of, Type: of}
			m.add(one, of, without(m.parts, byType[of]...))
		}
	}
}

func (m *maker) oneExample() {
	for k, h := range hunksOf(m.parts) {
		if isExample(h) {
			one := Mutant{Rule: DropExample, Where: h.Where, Text: h.Head, Type: m.options.TypeOf(h.Head)}
			m.add(one, strings.TrimPrefix(h.Where[strings.LastIndex(h.Where, "example"):], "example "), without(m.parts, k))
		}
	}
}

// blocks leaves out each tagged block, and each paragraph of more than one sentence.
func (m *maker) blocks() {
	for k, h := range hunksOf(m.parts) {
		if !isExample(h) && (strings.HasPrefix(h.Head, "<") || m.leavesIn(h) > 1) {
			m.add(Mutant{Rule: DropBlock, Where: h.Where, Text: h.Head, Type: m.typeAt(h.Head)}, h.Where, without(m.parts, k))
		}
	}
}

// leavesIn counts the leaves of a part.
func (m *maker) leavesIn(part blame.Hunk) (n int) {
	for _, h := range hunksOf(m.leaves) {
		if h.Where == part.Where || strings.HasPrefix(h.Where, part.Where+", ") {
			n++
		}
	}
	return n
}

// isOnly reports whether a leaf is all that a tagged block holds, so that the block is left out instead.
func (m *maker) isOnly(leaf blame.Hunk) bool {
	for _, part := range hunksOf(m.parts) {
		if part.Where == leaf.Where || strings.HasPrefix(leaf.Where, part.Where+", ") {
			return strings.HasPrefix(part.Head, "<") && m.leavesIn(part) == 1
		}
	}
	return false
}

// rules leaves out each list item, line or sentence.
func (m *maker) rules() {
	for k, h := range hunksOf(m.leaves) {
		if m.isOnly(h) {
			continue
		}
		one := Mutant{Rule: DropRule, Where: h.Where, Text: h.Head, Type: m.typeAt(h.Head)}
		switch {
		case one.Type != "": // what a type means may count and name a form
		case m.words.length.MatchString(h.Head):
			one.Rule = DropLength
		case m.words.format.MatchString(h.Head):
			one.Rule = DropFormat
		}
		m.add(one, h.Where, without(m.leaves, k))
	}
}

// typeAt is the type that an instruction begins with, such as "- answer: …"; empty where there is none.
func (m *maker) typeAt(text string) string {
	text = strings.TrimLeft(text, "-*•·` \"'")
	for _, of := range m.options.Types {
		rest, found := strings.CutPrefix(text, of)
		if found && strings.HasPrefix(strings.TrimLeft(rest, "`\"' "), ":") {
			return of
		}
	}
	return ""
}
