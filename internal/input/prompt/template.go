package prompt

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// InputName is the placeholder of the case's input, which every prompt needs.
const InputName = "input"

// A template is a message's content, split at its placeholders.
type template []segment

// A segment is literal text, or a placeholder if name is set.
type segment struct {
	text     string // literal text; of a placeholder, how it is written
	name     string // in NFC
	from, to int    // bytes of the placeholder in the content
}

// A spot is a placeholder, or what looks like one, in the content at a node.
type spot struct {
	text, name string // as in a segment; no name if it is no placeholder
	like       string // the name of a lookalike that has one
	at         source
	from, to   int
	revision   string // of git, of the file
}

// problem returns a problem at the spot. It searches for the place, which takes
// time in a long text.
func (s spot) problem(message, hint string) problem.Problem {
	p := s.at.Problem(message, hint)
	p.Line, p.Column = s.at.PosIn(s.from, s.to)
	if s.revision != "" {
		p.File += "@" + s.revision // the file in the work tree may be another one
	}
	return p
}

// isOptional reports whether a placeholder is one only where there is a variable of
// its name: other scripts than ASCII are, as their names are more often text.
func (s segment) isOptional() bool { return !isASCII(s.name) }

// parseTemplate splits content at its placeholders: {{, spaces, a name of letters,
// digits and underscores that does not start with a digit, spaces, }}. A backslash
// right before one makes it literal and is removed. Everything else is literal, so
// JSON in a prompt needs no escape.
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
			out = append(out, segment{text: content[open : open+end], name: name, from: open, to: open + end})
		}
		i = open + end
	}
	flush()
	return out
}

// placeholder returns the name and the length of the placeholder at the start of
// s; the length is 0 if there is none.
func placeholder(s string) (name string, length int) {
	rest := strings.TrimLeft(s[len("{{"):], " ")
	end := strings.IndexFunc(rest, func(r rune) bool { return !isNameRune(r) })
	if end <= 0 || unicode.In(firstRune(rest), unicode.N, unicode.M) {
		return "", 0
	}
	after, isClosed := strings.CutPrefix(strings.TrimLeft(rest[end:], " "), "}}")
	if !isClosed {
		return "", 0
	}
	return norm.NFC.String(rest[:end]), len(s) - len(after)
}

func isNameRune(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.Nd) && r != utf8.RuneError
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// IsName reports whether s can be a placeholder's name.
func IsName(s string) bool {
	name, _ := placeholder("{{" + s + "}}")
	return s != "" && name == norm.NFC.String(s)
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

// maxSpots is how many placeholders of a prompt are reported.
const maxSpots = 20

// CheckVars compares the placeholders with the names that a suite gives to
// every case: each other name is a problem at its place in the file, with the
// nearest known name. It warns of what looks like a placeholder and is sent as it
// is.
func (p *Prompt) CheckVars(known []string) problem.List {
	all := append([]string{InputName}, known...)
	isKnown := make(map[string]bool, len(all))
	for _, name := range all {
		isKnown[norm.NFC.String(name)] = true
	}
	var probs problem.List
	for _, s := range p.spots {
		if len(probs) == maxSpots {
			break
		}
		switch {
		case isKnown[s.name], s.like != "" && !isKnown[s.like]:
		case s.name != "" && isASCII(s.name):
			probs.Add(s.problem(fmt.Sprintf("unknown name {{%s}}", s.name),
				strictyaml.Hint(s.name, all)+`; write \{{`+s.name+`}} if it is meant as text`))
		default:
			warning := s.problem(s.lookalikeMessage())
			warning.Severity = problem.Warning
			probs.Add(warning)
		}
	}
	return probs
}

// CheckTurns reports a prompt that no conversation can go on from: what is said after the input follows its last
// message.
func (p *Prompt) CheckTurns() problem.List {
	if n := len(p.Messages); n == 0 || p.Messages[n-1].Role == "user" {
		return nil
	}
	out := p.last.Problem(
		"the last message is not from the user, and the suite has conversations",
		"leave it out for this suite",
	)
	if p.Revision != "" {
		out.File += "@" + p.Revision // the file in the work tree may be another one
	}
	return problem.List{out}
}

const maxRendered = 64 << 20 // bytes of a message

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
				if !ok && s.isOptional() {
					v, ok = s.text, true
				}
				if !ok {
					return nil, fmt.Errorf(
						"rendering %s: message %d needs {{%s}}, which neither the case nor the suite sets", p.Name, i+1, s.name,
					)
				}
				b.WriteString(v)
			}
			if b.Len() > maxRendered {
				return nil, fmt.Errorf("rendering %s: message %d is longer than %d MiB", p.Name, i+1, maxRendered>>20)
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
