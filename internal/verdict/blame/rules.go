package blame

import (
	"strings"
	"unicode"

	"promptbench/internal/input/prompt"
)

// Rules are the sentences and lines by which a prompt instructs the model, outside of examples, code and JSON, each
// once and with its place. What says who the model is, such as a role, is no rule.
func Rules(p *prompt.Prompt) []Hunk {
	var out []Hunk
	seen := map[string]bool{}
	for _, t := range turns(p.Messages) {
		m := t.messages[0]
		if t.example || isTurn(m.Role) && !holdsInput(m.Content) {
			continue
		}
		_, text, _ := trimmed(m.Content)
		for _, one := range rulesIn(splitText(text), t.where) {
			if !seen[one.Head] {
				seen[one.Head] = true
				out = append(out, one)
			}
		}
	}
	return out
}

// rulesIn cuts blocks down to their sentences.
func rulesIn(blocks []block, where string) []Hunk {
	var out []Hunk
	for _, b := range blocks {
		if b.kind == fence || b.kind == tagLine || b.kind == example || b.isExamples() || strings.EqualFold(b.tag, "role") {
			continue
		}
		if parts := b.parts(); len(parts) > 1 || b.kind == tagged {
			out = append(out, rulesIn(parts, path(where, b.where))...)
			continue
		}
		if text := strings.TrimLeft(b.text, "-*•·‣+ "); isRule(text) {
			out = append(out, Hunk{Where: path(where, b.where), Head: text})
		}
	}
	return out
}

// isRule reports whether a sentence instructs: it has two words or more, and is neither JSON, nor around the input, nor
// about who the model is.
func isRule(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case len(words) < 2, strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["), holdsInput(text):
		return false
	case words[0] == "당신은", words[0] == "너는", strings.EqualFold(words[0]+" "+words[1], "you are"):
		return false
	}
	return true
}
