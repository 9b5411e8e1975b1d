package prompt

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The limits of the search for lookalikes: what they stand in may be long and full
// of braces.
const (
	maxLookalike  = 200 // bytes
	maxLookalikes = 10_000
)

// A lookalike is a text that other tools would replace, and promptbench does not.
type lookalike struct {
	text     string
	name     string // if set, it is one only where there is a variable of this name
	from, to int
}

// lookalikePattern matches an expression or a block, or in a group one name: in
// braces that are too many or too few, or behind a dollar or a percent sign.
func lookalikePattern() *regexp.Regexp {
	const name = `([\pL_][\pL\pM\p{Nd}_]*)`
	return regexp.MustCompile(`^(?:\{\{\{ *` + name + ` *\}\}\}|\{\{[^{}\n]*[\pL][^{}\n]*\}\}|` +
		`\{%[^{}\n]+%\}|<%[^<>\n]+%>|` +
		`\{\{? *` + name + ` *\}|\{\{ *` + name + `\b|\$` + name + `|\$[{(] *` + name + ` *[})]|%\(` + name + `\)s)`)
}

// lookalikes finds what looks like a placeholder in the literal text of a content,
// each text once. The pattern is [lookalikePattern].
func lookalikes(content string, parsed template, pattern *regexp.Regexp) []lookalike {
	var out []lookalike
	seen := map[string]bool{}
	next := 0 // in parsed
	for at, tries := 0, 0; tries < maxLookalikes; tries++ {
		i := strings.IndexAny(content[at:], "{<$%")
		if i < 0 {
			break
		}
		at += i
		for next < len(parsed) && parsed[next].to <= at {
			next++
		}
		m := pattern.FindStringSubmatchIndex(content[at:min(at+maxLookalike, len(content))])
		switch isPlaceholder := next < len(parsed) && parsed[next].name != "" && parsed[next].from <= at; {
		case isPlaceholder:
			at = parsed[next].to
		case at > 0 && content[at-1] == '\\' && strings.HasPrefix(content[at:], "{{"):
			_, length := placeholder(content[at:])
			at += max(length, len("{{"))
		case m == nil:
			at++
		default:
			like := lookalike{text: content[at : at+m[1]], from: at, to: at + m[1]}
			for g := 2; g < len(m); g += 2 {
				if m[g] >= 0 {
					like.name = norm.NFC.String(content[at+m[g] : at+m[g+1]])
				}
			}
			if !seen[like.text] {
				seen[like.text] = true
				out = append(out, like)
			}
			at = like.to
		}
	}
	return out
}

// lookalikeMessage says what is the matter with a text that is no placeholder.
func (s spot) lookalikeMessage() (message, hint string) {
	if s.like == "" && s.name != "" {
		return fmt.Sprintf("there is no variable %s, so %s is sent as it is", s.name, s.text),
			"add it to the vars of the suite, or leave it if it is meant as text"
	}
	message = s.text + " looks like a placeholder of another tool; only {{name}} is replaced here"
	if s.like != "" {
		return message, "write {{" + s.like + "}}"
	}
	return message, "write {{input}} or the name of a variable, or leave it if it is meant as text"
}
