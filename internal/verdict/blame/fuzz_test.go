package blame_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/blame"
)

// conversation is the prompt that a text stands for: a message begins at each line of === and a role.
func conversation(text string) *prompt.Prompt {
	p := &prompt.Prompt{Name: "v", Path: "v.prompt.yml"}
	for _, part := range strings.Split(text, "=== ")[1:] {
		role, content, _ := strings.Cut(part, "\n")
		p.Messages = append(p.Messages, prompt.Message{Role: role, Content: content})
	}
	return p
}

func FuzzDiff(f *testing.F) {
	const end = "=== user\n할 일: {{input}}"
	for _, pair := range [][2]string{
		{"=== system\nA role. A task.\n" + end, "=== system\nA role. A better task!\n" + end},
		{"=== system\n- a\n- b\n- c\n" + end, "=== system\n- a\n\n- c\n- d\n" + end},
		{"=== system\n<a>x y. z.</a>\n<b>\nq\n</b>" + end, "=== system\n<a>\nx y. w.\n</a>\n" + end},
		{end, "=== user\nhi\n=== assistant\nho\n" + end},
		{"=== user\nhi\n=== assistant\nho\n" + end, "=== user\nhi\n=== assistant\nhe\n" + end},
		{"=== user\ni\n=== assistant\nho\n" + end, "=== assistant\nhe\n" + end},
		{"=== user\n{{input}}", "=== user\nA.\n\nB.\n\n{{ input }} C. D."},
		{"=== user\n<t>B1 x. B2 y. A z.</t>\n{{input}}", "=== user\n<t>A z. C u.</t>\n{{input}}"},
		{"=== user\nx\n" + end, "=== assistant\ny\n" + end + "=== assistant\n{\"a\":"},
		{"=== user\n{{input}} a", "=== system\nq\n=== user\nx\n=== assistant\nb {{input}}"},
		{"=== user\n  {{input}}\n\n", "=== user\n{{input}}"},
		{
			"=== user\n<examples>\na\n1\n\nb\n2\n\nc\n3\n</examples>{{input}}",
			"=== user\n<examples>\nd\n4\n\ne\n5\n\nf\n6\n</examples>\n{{input}}",
		},
		{"=== user\n```\na\n\nb\n```\n{{input}}", "=== user\n```\na\n\nc\n```\n\n{{input}}"},
	} {
		f.Add(pair[0], pair[1], uint64(1))
	}
	f.Fuzz(func(t *testing.T, before, after string, seed uint64) {
		if len(before)+len(after) > 4000 {
			return
		}
		base, head := conversation(before), conversation(after)
		for _, p := range []**prompt.Prompt{&base, &head} {
			parsed, probs := prompt.Parse("v", "v.prompt.yml", fileOf(t, *p))
			if probs.Err() != nil {
				return
			}
			if _, err := parsed.Render("입력", map[string]string{"today": "오늘"}); err != nil {
				return
			}
			*p = parsed
		}
		c, err := blame.Diff(base, head)
		if base.Hash() == head.Hash() {
			require.ErrorIs(t, err, blame.ErrSame)
		} else {
			require.NoError(t, err)
			holds(t, c, seed)
		}
		if c, err = blame.Parts(head); !errors.Is(err, blame.ErrNoParts) {
			require.NoError(t, err)
			holds(t, c, seed)
		}
	})
}
