package textsafe_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/internal/text/textsafe"
)

func TestCell(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing to do", "내일 오전 10시에 치과 가기", "내일 오전 10시에 치과 가기"},
		{"line breaks", "하나\n둘\r\n셋\r넷\u2028다섯\u2029여섯\u0085일곱", "하나⏎둘⏎셋⏎넷⏎다섯⏎여섯⏎일곱"},
		{"tab", "a\tb", "a b"},
		{"escape sequences", "\x1b[31m빨강\x1b[0m\x1b]0;title\x07\u009b2J", "[31m빨강[0m]0;title2J"},
		{"bell, backspace, delete, null", "a\a\b\x7f\x00b", "ab"},
		{"bidi overrides and isolates", "\u202e거꾸로\u202c \u2066a\u2069 \u200e\u200f\u061c", "거꾸로 a "},
		{"what can't be seen", "a\u200b\u2060\ufeff\u00ad\U000e0041b", "ab"},
		{"joined emoji", "가족 👨‍👩‍👧 ☕️ 👍🏽", "가족 👨‍👩‍👧 ☕️ 👍🏽"},
		{"decomposed Hangul", "\u1100\u1161\u11a8", "각"},
		{"full-width", "ＡＢＣ１２", "ＡＢＣ１２"},
		{"broken UTF-8", "a\xff\xfeb", "a\ufffdb"},
		{"cut UTF-8", "가"[:2], "\ufffd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, textsafe.Cell(tt.in))
		})
	}
	require.Equal(t, "하나\n\t둘\n셋[2J", textsafe.Block("하나\r\n\t둘\u2028셋\x1b[2J\u202e"))
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"치과 가기", 20, "치과 가기"},
		{"치과 가기", 9, "치과 가기"},
		{"치과 가기", 8, "치과 가…"},
		{"치과 가기", 4, "치…"},
		{"가족 👨‍👩‍👧 모임", 8, "가족 👨‍👩‍👧…"},
		{"가족 👨‍👩‍👧 모임", 7, "가족 …"},
		{"ＡＢＣ", 5, "ＡＢ…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"abc", -1, ""},
		{"", 3, ""},
	} {
		got := textsafe.Cut(tt.in, tt.width)
		require.Equal(t, tt.want, got, "%q at %d", tt.in, tt.width)
		require.LessOrEqual(t, textsafe.Width(got), max(0, tt.width))
	}
	require.Equal(t, 2, textsafe.Width("👨‍👩‍👧"))
	require.Equal(t, 9, textsafe.Width("치과 가기"))
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"치과", "\x1b[31m", "👨‍👩‍👧\n", "\u202e", "a\xff", "\u1100\u1161", "\u0301", "\r\n\r"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		cell := textsafe.Cell(s)
		require.True(t, utf8.ValidString(cell))
		require.False(t, strings.ContainsFunc(cell, unicode.IsControl), "%q", cell)
		require.False(
			t, strings.ContainsFunc(cell, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }), "%q", cell,
		)
		require.Equal(t, cell, textsafe.Cell(cell), "what is safe stays as it is")
		width %= 100
		cut := textsafe.Cut(cell, width)
		require.LessOrEqual(t, textsafe.Width(cut), max(0, width))
		require.True(t, strings.HasPrefix(cell, strings.TrimSuffix(cut, "…")))
		for _, r := range textsafe.Block(s) {
			require.False(t, unicode.IsControl(r) && r != '\n' && r != '\t', "%q", r)
		}
	})
}

func TestWrapBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"> 한글 ab", "  cd", "  toolongword", "  e"}, textsafe.Wrap("한글 ab  cd toolongword e", 10, "> ", "  "))
	require.Equal(t, []string{"> "}, textsafe.Wrap(" ", 10, "> ", "  "))
}
