package reply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// hostile are replies of MaxBytes that punish a reader whose time is not
// linear or that recurses without bound.
func hostile() map[string]string {
	fill := func(prefix, unit string) string {
		return prefix + strings.Repeat(unit, (reply.MaxBytes-len(prefix))/len(unit))
	}
	return map[string]string{
		"braces":               fill("", "{"),
		"brackets":             fill("", "["),
		"nested keys":          fill("", `{"a":`),
		"nested type":          fill("", `{"subtodos":{"type":"answer","x":`),
		"quoted braces":        fill("", `{"`),
		"half objects":         fill("", `{"subtodos":{"type":"answer"`),
		"arrays in a document": fill(`{"subtodos":{"type":"answer","content":`, "["),
		"broken commas":        fill(`{"subtodos":{"type":"answer","content":[`, "1 "),
		"functions":            fill(`{"subtodos":{"type":`, "a("),
		"quotes":               fill(`{"subtodos":{"type":"answer","content":[`, `"a `),
		"items":                fill(`{"subtodos":{"type":"answer","content":[`, `{"subtodoContent":1},`),
		"many documents":       fill("", `{"subtodos":{"type":"answer"}}`),
		"nested elements":      fill("", "<a>"),
		"nested documents":     fill("", "<subtodos type='answer'>"),
		"empty documents":      fill("<subtodos type='answer'>", "<subtodos/>"),
		"elements inside":      fill("<subtodos type='answer'>", "<a>"),
		"paired inside":        fill("<subtodos type='answer'>", "<a>1. 가</a>"),
		"crossing":             fill("<subtodos type='answer'>", "<a><b></a></b>"),
		"deep and closed": "<subtodos type='answer'>" + strings.Repeat("<a>", 140_000) + strings.Repeat(
			"</a>", 140_000,
		) + "</subtodos>",
		"closing only":      fill("<subtodos type='answer'>", "</a>"),
		"attributes":        fill("<subtodos ", "a=“b "),
		"open attributes":   fill("", "<subtodos a=“"),
		"comments":          fill("", "<!--"),
		"CDATA":             fill("<subtodos type='answer'>", "<![CDATA["),
		"ampersands":        fill("<subtodos type='answer'>", "&"),
		"escaped documents": fill("", "&lt;subtodos type=answer&gt;"),
		"thinking":          fill("", "<think>"),
		"thinking tags":     fill("", "<think a "),
		"thinking pairs":    fill("", "<think></think>"),
		"thinking crossed":  fill("", "<think><reasoning></think></reasoning>"),
		"less-than":         fill("", "<"),
		"marks":             fill("answer\n", "1. "),
		"marked lines":      fill("answer\n", "1. 가\n"),
		"counted marks":     fill("answer\n1. 가", " 2. 나"),
		"bold marks":        fill("answer\n", "**1. "),
		"one line":          fill("answer\n- ", "가"),
		"headings":          fill("answer\n", "#"),
		"fences":            fill("", "```\n"),
		"spaces":            fill("answer", " "),
		"dots":              fill("answer\n", ".\n"),
		"zero bytes":        fill("", "\x00"),
		"bad UTF-8":         fill("", "\xff"),
	}
}

func TestReadHostile(t *testing.T) {
	t.Parallel()
	rules := subtodoRules()
	rules.JSON.Schema = subtodoSchema
	r := newReader(t, rules)
	for name, raw := range hostile() {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			got := r.Read(raw, "", reply.JSON)
			// Far above what it takes, far below what quadratic time would.
			require.Less(t, time.Since(begun), 3*time.Minute)
			require.Less(t, len(got.Defects), 100)
			require.Contains(t, got.Text, got.Document)
		})
	}
}
