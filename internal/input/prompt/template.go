package prompt

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// InputName is the placeholder of the case's input, which every prompt needs.
const InputName = "input"

// A template is a message's content, split at its placeholders.
type template []segment

// A segment is literal text, or a placeholder if name is set.
type segment struct {
	text     string // literal text
	name     string
	from, to int // bytes of the placeholder in the content
}

// A spot is a placeholder's place in the file.
type spot struct {
	name         string
	file         string
	line, column int
}

// parseTemplate splits content at its placeholders: {{, spaces, a name of ASCII
// letters, digits and underscores that does not start with a digit, spaces, }}. A
// backslash right before one makes it literal and is removed. Everything else is
// literal, so JSON in a prompt needs no escape.
func parseTemplate(content string) template {
	var out template
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			out = append(out, segment{text: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(content); {
		open := strings.Index(content[i:], "{{")
		if open < 0 {
			literal.WriteString(content[i:])
			break
		}
		open += i
		name, end := placeholder(content[open:])
		switch {
		case end == 0: // literal; the next placeholder may start at the second brace
			literal.WriteString(content[i : open+1])
			i = open + 1
			continue
		case open > i && content[open-1] == '\\':
			literal.WriteString(content[i : open-1])
			literal.WriteString(content[open : open+end])
		default:
			literal.WriteString(content[i:open])
			flush()
			out = append(out, segment{name: name, from: open, to: open + end})
		}
		i = open + end
	}
	flush()
	return out
}

var placeholderPattern = regexp.MustCompile(`^\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

// placeholder returns the name and the length of the placeholder at the start of
// s; the length is 0 if there is none.
func placeholder(s string) (name string, length int) {
	if m := placeholderPattern.FindStringSubmatch(s); m != nil {
		return m[1], len(m[0])
	}
	return "", 0
}

// IsName reports whether s can be a placeholder's name.
func IsName(s string) bool {
	name, _ := placeholder("{{" + s + "}}")
	return name == s && s != ""
}

// Uses returns the names of all placeholders, input included, sorted, each once.
func (p *Prompt) Uses() []string {
	names := map[string]bool{}
	for _, t := range p.parsed() {
		for _, s := range t {
			if s.name != "" {
				names[s.name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// CheckVars compares the placeholders with the names that a suite gives to
// every case: each other name is a problem at its place in the file, with the
// nearest known name.
func (p *Prompt) CheckVars(known []string) problem.List {
	all := append([]string{InputName}, known...)
	var probs problem.List
	for _, s := range p.spots {
		if slices.Contains(all, s.name) {
			continue
		}
		probs.Add(problem.Problem{
			File: s.file, Line: s.line, Column: s.column,
			Message: fmt.Sprintf("unknown name {{%s}}", s.name),
			Hint:    strictyaml.Hint(s.name, all) + `; write \{{` + s.name + `}} if it is meant as text`,
		})
	}
	return probs
}

// Render returns the messages with the input and the vars filled in, in one pass:
// braces in them stay text. A placeholder that vars lacks is an error.
func (p *Prompt) Render(input string, vars map[string]string) ([]Message, error) {
	out := make([]Message, len(p.Messages))
	for i, t := range p.parsed() {
		var b strings.Builder
		for _, s := range t {
			switch {
			case s.name == "":
				b.WriteString(s.text)
			case s.name == InputName:
				b.WriteString(input)
			default:
				v, ok := vars[s.name]
				if !ok {
					return nil, fmt.Errorf(
						"rendering %s: message %d needs {{%s}}, which neither the case nor the suite sets", p.Name, i+1, s.name,
					)
				}
				b.WriteString(v)
			}
		}
		out[i] = Message{Role: p.Messages[i].Role, Content: b.String()}
	}
	return out, nil
}

// parsed returns the templates, also of a prompt from a run's header.
func (p *Prompt) parsed() []template {
	if len(p.templates) == len(p.Messages) {
		return p.templates
	}
	out := make([]template, len(p.Messages))
	for i, m := range p.Messages {
		out[i] = parseTemplate(m.Content)
	}
	return out
}
