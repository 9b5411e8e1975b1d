package problem_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/textsafe"
)

func TestExcerptPointsAtThePlace(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		line                  string
		number, column, width int
		want                  string
	}{
		"ascii":          {"  inptu: x", 12, 3, 60, "12 |   inptu: x\n   |   ^"},
		"after Hangul":   {"- {id: 치과, inptu: x}", 3, 12, 60, "3 | - {id: 치과, inptu: x}\n  |              ^"},
		"after an emoji": {"👨‍👩‍👧: x", 1, 7, 60, "1 | 👨‍👩‍👧: x\n  |    ^"},
		"after a tab":    {"\tkey: x", 1, 2, 60, "1 |  key: x\n  |  ^"},
		"no column":      {"key: x", 7, 0, 60, "7 | key: x"},
		"past the end":   {"ab", 7, 9, 60, "7 | ab\n  |   ^"},
		"empty":          {"", 7, 1, 60, "7 |\n  | ^"},
		"long": {
			strings.Repeat("가", 40) + "X" + strings.Repeat("나", 40), 1, 41, 34,
			"1 | …가가가가가가가가가가X나나나…\n  |                      ^",
		},
		"hostile": {"a: \x1b[31mred\u202e", 1, 4, 60, "1 | a: [31mred\n  |    ^"},
	} {
		require.Equal(t, tt.want, problem.Excerpt(tt.line, tt.number, tt.column, tt.width), name)
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("  inptu: 내일", 4, 40)
	f.Add("\x1b]0;x\a👨‍👩‍👧\t\u2028", 3, 10)
	f.Add(strings.Repeat("긴 줄 ", 500), 900, 72)
	f.Fuzz(func(t *testing.T, line string, column, width int) {
		width = min(max(width, 20), 200)
		got := problem.Excerpt(line, 1, column, width)
		require.True(t, utf8.ValidString(got))
		lines := strings.Split(got, "\n")
		require.LessOrEqual(t, len(lines), 2, "%q", got)
		require.LessOrEqual(t, textsafe.Width(lines[0]), width+1)
		require.NotContains(t, got, "\x1b")
	})
}
