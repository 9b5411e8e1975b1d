package propose

import (
	"regexp"
	"strings"

	"promptbench/internal/input/prompt"
)

// A Template is a message of a prompt around the input. Exports show the message that was sent; the template takes the
// input out of it.
type Template struct{ around *regexp.Regexp }

// Templates are the messages of the user in prompts that have the input and other text.
func Templates(prompts []*prompt.Prompt) []Template {
	const least = 8 // bytes of other text
	placeholder := regexp.MustCompile(`\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)
	var out []Template
	for _, one := range prompts {
		for _, m := range one.Messages {
			if m.Role != "user" {
				continue
			}
			content := strings.TrimSpace(strings.ReplaceAll(m.Content, "\r\n", "\n"))
			expr, last, inputs := "", 0, 0
			for _, at := range placeholder.FindAllStringSubmatchIndex(content, -1) {
				expr += regexp.QuoteMeta(content[last:at[0]])
				if last = at[1]; content[at[2]:at[3]] == prompt.InputName && inputs == 0 {
					expr += "(.*)"
					inputs++
				} else {
					expr += ".*?"
				}
			}
			expr += regexp.QuoteMeta(content[last:])
			if inputs == 0 || len(placeholder.ReplaceAllString(content, "")) < least {
				continue
			}
			if re, err := regexp.Compile("(?s)^" + expr + "$"); err == nil {
				out = append(out, Template{re})
			}
		}
	}
	return out
}

// input takes the input out of a message.
func (t Template) input(message string) (string, bool) {
	m := t.around.FindStringSubmatch(message)
	if m == nil {
		return "", false
	}
	input := strings.TrimSpace(m[1])
	return input, input != ""
}
