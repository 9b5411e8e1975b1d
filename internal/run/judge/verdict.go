package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/text/textsafe"
)

// maxReason is how much of a judge's reason is kept, in terminal columns.
const maxReason = 600

// A Verdict is what one answer says about one question: an option with its
// reason, or what is wrong with the answer.
type Verdict struct {
	Option string
	Reason string
	Fault  string // why there is no verdict; empty where there is one
	Broken bool   // there is none because the call failed
}

// Read reads a judge's answer to some questions, one verdict for each. It takes
// one JSON object and nothing beside it, but for a thinking block before it and
// a code fence around it: for one question {"reason":…,"verdict":…}, for several
// an object with such a one under each criterion's id. A verdict counts if it
// is exactly one of its question's options, stands there once, and follows a
// reason. Nothing is guessed from prose. The judge may have marks of its own around
// its thinking.
func Read(answer string, list []graders.Question, thinking ...[2]string) []Verdict {
	out := make([]Verdict, len(list))
	top, err := members(unwrap(answer, thinking))
	if err != nil {
		for i := range out {
			out[i].Fault = err.Error()
		}
		return out
	}
	if len(list) == 1 {
		out[0] = verdictOf(top, list[0].Options)
		return out
	}
	for _, m := range top {
		if !slices.ContainsFunc(list, func(q graders.Question) bool { return q.Criterion == m.name }) {
			for i := range out {
				out[i].Fault = fmt.Sprintf("the judge's answer has a verdict on %q, which was not asked", cut(m.name))
			}
			return out
		}
	}
	for i, q := range list {
		at := slices.IndexFunc(top, func(m member) bool { return m.name == q.Criterion })
		if at < 0 {
			out[i].Fault = "the judge's answer has no verdict on it"
			continue
		}
		inner, err := members(string(top[at].value))
		if err != nil {
			out[i].Fault = err.Error()
			continue
		}
		out[i] = verdictOf(inner, q.Options)
	}
	return out
}

// fence is a code fence around everything.
var fence = regexp.MustCompile("(?s)^```[A-Za-z]*[ \t]*\r?\n(.*?)\r?\n?```$")

// unwrap removes what may be around the object.
func unwrap(answer string, thinking [][2]string) string {
	text := answer
	if reader, err := reply.NewReader(reply.Rules{}); err == nil { // no rules can't be wrong
		text = reader.WithThinking(thinking).Read(answer, "", reply.Text).Text
	}
	if m := fence.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	return strings.TrimSpace(text)
}

func verdictOf(object []member, options []string) Verdict {
	names := make([]string, len(object))
	for i, m := range object {
		names[i] = m.name
	}
	if !slices.Equal(names, []string{"reason", "verdict"}) {
		return faulty("the judge's answer has the keys %s, not reason and verdict in this order",
			cut(strings.Join(names, ", ")))
	}
	var reason string
	// Dots alone are copied from the form that the answer was asked for in.
	if json.Unmarshal(object[0].value, &reason) != nil || !strings.ContainsFunc(reason, unicode.IsLetter) {
		return Verdict{Fault: "the judge's answer gives no reason"}
	}
	option, ok := optionText(object[1].value)
	if !ok || !slices.Contains(options, option) {
		return faulty("the judge's verdict %s is none of %s", cut(string(object[1].value)), strings.Join(options, ", "))
	}
	return Verdict{Option: option, Reason: textsafe.Cut(textsafe.Cell(strings.TrimSpace(reason)), maxReason)}
}

func faulty(format string, args ...any) Verdict { return Verdict{Fault: fmt.Sprintf(format, args...)} }

// optionText is a verdict's text: a string, or the number of a step as it is written.
func optionText(value json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(value, &s) == nil && string(value) != "null" {
		return s, true
	}
	var n json.Number
	if json.Unmarshal(value, &n) == nil && n != "" {
		return n.String(), true
	}
	return "", false
}

// A member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

var (
	errEmpty    = errors.New("the judge's answer is empty")
	errNoObject = errors.New("the judge's answer is no JSON object")
)

// members reads one JSON object and nothing after it, in its order. A name that
// stands twice is an error: of two verdicts neither is the judge's.
func members(text string) ([]member, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errEmpty
	}
	if !json.Valid([]byte(text)) || !strings.HasPrefix(text, "{") {
		return nil, fmt.Errorf("%w: %s", errNoObject, cut(text))
	}
	dec := json.NewDecoder(strings.NewReader(text))
	_, _ = dec.Token() // the brace
	var out []member
	for dec.More() {
		token, _ := dec.Token()
		name, _ := token.(string)
		if slices.ContainsFunc(out, func(m member) bool { return m.name == name }) {
			return nil, fmt.Errorf("the judge's answer has %q twice", cut(name))
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %s", errNoObject, cut(text))
		}
		out = append(out, member{name, value})
	}
	return out, nil
}

// cut shortens what a judge said for a message.
func cut(s string) string { return textsafe.Cut(textsafe.Cell(strings.TrimSpace(s)), 80) }
