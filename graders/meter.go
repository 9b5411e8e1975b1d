package graders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm/runtime"

	"promptbench/graders/schema"
)

// Names that no source can spell, for the calls that the guard puts in.
const (
	nameStep    = "a step"
	nameJoinTwo = "two texts"
	nameAdd     = "two values"
)

// maxTime bounds one evaluation. Only an expression that goes over a long reply
// again and again comes near it; the other limits are met first elsewhere.
const maxTime = 5 * time.Second

var (
	errSteps = errors.New("the check looks at too many elements")
	errText  = errors.New("the check makes too much text")
	errTime  = errors.New("the check takes too long")
)

// A meter counts what one evaluation uses. Its first failure stays: steps are
// refused from then on, so that every loop ends at once.
type meter struct {
	ctx    context.Context
	end    time.Time
	steps  int
	text   int
	failed error

	readsJSON bool // the expression has read JSON, so that an error is that of the JSON
}

// env is what an expression can name: the reply as it was read, the case, and
// the functions whose use is metered.
func (m *meter) env(s Sample) map[string]any {
	items := s.Reply.Items
	if items == nil {
		items = []string{}
	}
	args := s.args // of a tool call, in an expression about them
	if args == nil {
		args = map[string]any{}
	}
	return map[string]any{
		"items":         items,
		"type":          s.Reply.Type,
		"expected_type": s.Expect.Type,
		"text":          s.Reply.Text,
		"thinking":      s.Reply.Thinking,
		"input":         s.Input,
		"vars":          s.Vars,
		"transcript":    s.dialogue(),
		"tool_calls":    orEmpty(s.ToolCalls),
		"args":          args,
		"chars":         chars,
		"hangul":        hangul,
		"upper":         func(s string) string { return m.made(len(s), func() string { return strings.ToUpper(s) }) },
		"lower":         func(s string) string { return m.made(len(s), func() string { return strings.ToLower(s) }) },
		"replace":       m.replace,
		"join":          m.join,
		"split":         m.split,
		"uniq":          m.uniq,
		"fromJSON":      m.fromJSON,
		nameStep:        m.step,
		nameJoinTwo:     func(a, b string) string { return m.made(len(a)+len(b), func() string { return a + b }) },
		nameAdd:         m.add,
	}
}

func (m *meter) fail(err error) {
	if m.failed == nil {
		m.failed = err
	}
}

// step is asked before each element of a loop.
func (m *meter) step() bool {
	m.steps++
	if m.steps > maxSteps {
		m.fail(errSteps)
	}
	if err := m.ctx.Err(); err != nil {
		m.fail(err)
	}
	if m.failed == nil && time.Now().After(m.end) {
		m.fail(errTime)
	}
	return m.failed == nil
}

// made makes a text of about n bytes, unless that would be too much in all.
func (m *meter) made(n int, text func() string) string {
	if m.text += n; m.text > maxText {
		m.fail(errText)
	}
	if m.failed != nil {
		return ""
	}
	return text()
}

func (m *meter) replace(s, old, with string) string {
	n := len(s) + strings.Count(s, old)*max(len(with)-len(old), 0)
	return m.made(n, func() string { return strings.ReplaceAll(s, old, with) })
}

func (m *meter) split(s, separator string) []string {
	const header = 16 // bytes of a string besides its text
	parts := []string{}
	m.made((strings.Count(s, separator)+1)*header, func() string {
		parts = strings.Split(s, separator)
		return ""
	})
	return parts
}

// join puts texts together, with a separator if one is given.
func (m *meter) join(list any, separator ...string) string {
	between := strings.Join(separator, "")
	var parts []string
	n := 0
	for _, item := range m.items("join", list) {
		part, ok := item.(string)
		if !ok {
			m.fail(fmt.Errorf("join takes texts, found %T", item))
			return ""
		}
		parts = append(parts, part)
		n += len(part) + len(between)
	}
	return m.made(n, func() string { return strings.Join(parts, between) })
}

// uniq returns the elements without repetitions, in order. The language's own
// takes quadratic time, which a reply of very many items would make felt.
func (m *meter) uniq(list any) []any {
	const header = 16
	all := m.items("uniq", list)
	out, seen := []any{}, map[any]bool{}
	m.made(len(all)*header, func() string {
		for _, item := range all {
			switch item.(type) {
			case string, int, float64, bool, nil:
			default:
				m.fail(fmt.Errorf("uniq takes texts and numbers, found %T", item))
				return ""
			}
			if !seen[item] {
				seen[item] = true
				out = append(out, item)
			}
		}
		return ""
	})
	return out
}

// fromJSON is the value that a text has as JSON.
func (m *meter) fromJSON(s string) any {
	var out any
	m.made(len(s), func() string {
		m.readsJSON = true
		if err := json.Unmarshal([]byte(s), &out); err != nil {
			m.fail(&replyFault{"it is no JSON: " + oneLine(schema.Explain(err, s).Error())})
		}
		return ""
	})
	return out
}

func (m *meter) items(function string, list any) []any {
	switch list := list.(type) {
	case []any:
		return list
	case []string:
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = item
		}
		return out
	}
	m.fail(fmt.Errorf("%s takes a list, found %T", function, list))
	return nil
}

// add is + where the types are known only now.
func (m *meter) add(a, b any) any {
	x, isText := a.(string)
	y, both := b.(string)
	if isText && both {
		return m.made(len(x)+len(y), func() string { return x + y })
	}
	return runtime.Add(a, b)
}
