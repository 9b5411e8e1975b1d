package strictyaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/strictyaml"
)

func TestParseSaysWhereAFileIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, want string }{
		"empty":              {"", "f:1:1: the file is empty"},
		"only a comment":     {"# 할 일\n", "f:1:1: the file is empty"},
		"only a marker":      {"---\n", "f:1:1: the file is empty"},
		"second document":    {"a: 1\n---\nb: 2\n", "f:3:1: a second YAML document"},
		"quote never closed": {"x: 1\na: \"열린\nb: 2\nc: 3\n", "f:2:4: syntax error"},
		"quote, first line":  {"가: \"열린\nb: 2\nc: 3\n", "f:1:4: syntax error"},
		"second colon":       {"a: 1\nb: 할 일: 둘\n", "f:2:7: syntax error: a second \": \""},
		"no colon, first": {
			"# x\n가 나\ny: 2\n",
			"f:2:1: syntax error: a line without \": \" among keys (a key needs a colon and a space after it)",
		},
		"no space, first":       {"x:\n  가:나\n\n  y: 2\n", "f:2:3: syntax error: a line without \": \""},
		"no colon, in a list":   {"x:\n  - id a\n    y: 2\n", "f:2:5: syntax error: a line without \": \""},
		"colon in long text":    {"x: 가\n  나\n  y: 2\n", "f:3:3: syntax error: a second \": \""},
		"tab":                   {"a:\n\tb: 1\n", "f:2:1: the indentation has a tab"},
		"tab after the mistake": {"a: 1\n  \tb: 2\n", "f:2:3: the indentation has a tab"},
		"list moved":            {"a:\n  - x\n - y\n", "f:3:2: syntax error"},
		"key moved":             {"cases:\n  - id: a\n    input: x\n   note: y\n  - id: b\n", "f:4:4: syntax error"},
		"list never closed":     {"x: 1\ny: [1, 2\nb: 3\n", "f:2:1: syntax error"},
		"list cut off": {
			"x: 1\ny: [",
			"f:2:1: syntax error: did not find expected node content (a value is missing, or a [ or { that opens here is " +
				"never closed)",
		},
		"at sign":            {"x: 1\n가: @home\n", "f:2:4: syntax error"},
		"unknown alias":      {"x: 1\n가나: *none\n", "f:2:5: syntax error: unknown anchor 'none'"},
		"no colon":           {"x: 1\n가 나\ny: 2\n", "f:2:1: syntax error: could not find"},
		"escape":             {"x: 1\n가: \"나\\q\"\n", "f:2:6: syntax error: found unknown escape"},
		"text after a quote": {"a:\n  - id: \"b\" c\n", "f:2:3: syntax error"},
		"not UTF-8":          {"가: \xff", "f:1:4: the file is not UTF-8: byte 0xFF"},
		"control character":  {"x: 1\n가: \x07", "f:2:4: control character U+0007"},
		"CP949":              {"a: \xbe\xc8\xb3\xe7\n", "f:1:1: the file is not UTF-8 but probably CP949 (EUC-KR) (save it as UTF-8"},
		"Git LFS": {
			"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "f:1:1: the file is a pointer of Git LFS (fetch it",
		},
		"UTF-32": {"\xff\xfe\x00\x00a\x00\x00\x00", "f:1:1: the file is no text: it has zero bytes"},
		"alias to a long text": {
			"a: &a " + strings.Repeat("가", 1<<16) + "\nb: [" + strings.Repeat("*a,", 1000) + "]\n", "f:2:",
		},
		"alias in itself": {"x: &a [*a]\n", "f:1:8: the alias *a is inside its own anchor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, probs := strictyaml.Parse("f", []byte(c.data))
			require.Nil(t, doc)
			require.Len(t, probs, 1)
			require.True(t, strings.HasPrefix(probs.Error(), c.want), "got %s", probs)
		})
	}
}

func TestParseReadsUTF16(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.Parse("f", []byte("\xff\xfea\x00:\x00 \x00\x00\xac"))
	require.Empty(t, probs)
	require.Equal(t, "가", doc.Root().Get("a").Text())
}

func TestParseRefusesTags(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"x: 1\na: !include b.yaml\n":       "f:2:4: the tag \"!include\" is not supported",
		"a: !!python/object:os.system x":   "f:1:4: the tag \"!!python/object:os.system\" is not supported",
		"a: !!binary aGk=":                 "f:1:4: the tag \"!!binary\" is not supported",
		"a:\n  - !Ref {b: 1}":              "f:2:5: the tag \"!Ref\" is not supported",
		"a: !!set {b, c}":                  "f:1:4: the tag \"!!set\" is not supported",
		"a: !!str {b: c}":                  "f:1:4: the tag \"!!str\" is not supported",
		"!env 가: 1":                        "f:1:1: the tag \"!env\" is not supported",
		"a: !<tag:example.com,2026:x> 1":   "f:1:4: the tag \"tag:example.com,2026:x\" is not supported",
		"a: !!timestamp 2026-11-23":        "f:1:4: the tag \"!!timestamp\" is not supported",
		"a: [!!str 1, !!int 2, !!seq [b]]": "",
	} {
		_, probs := strictyaml.Parse("f", []byte(data))
		require.True(t, strings.HasPrefix(probs.Error(), want), "%s: %s", data, probs)
		require.Equal(t, want == "", len(probs) == 0, data)
	}
}

func TestLookingUpEveryKeyOfALargeMapping(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("base: &base {k1: merged, more: 1}\ntop:\n  <<: *base\n")
	for i := range 100_000 { // a quadratic time would be minutes
		fmt.Fprintf(&b, "  k%d: %d\n", i, i)
	}
	doc, probs := strictyaml.Parse("f", []byte(b.String()))
	require.Empty(t, probs)
	for i := range 100_000 {
		require.Equal(t, fmt.Sprint(i), doc.Root().At("top", fmt.Sprintf("k%d", i)).Text())
	}
	require.Equal(t, "1", doc.Root().At("top", "more").Text())
	require.False(t, doc.Root().Get("top").Has("none"))
}

func TestParseLocatesMistakesLateInLongFiles(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("  - id: a\n    input: 내일 오전 10시에 치과 가기\n", 2000)
	_, probs := strictyaml.Parse("f", []byte("cases:\n"+good+"  - id: b\n    input: 오늘: 하나\n"+good))
	require.Len(t, probs, 1)
	require.Equal(t, 4003, probs[0].Line)
	require.Equal(t, 14, probs[0].Column)
}

func TestParseStopsAliasBombs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10))
	}
	doc, probs := strictyaml.Parse("f", []byte(b.String()))
	require.Nil(t, doc)
	require.ErrorContains(t, probs.Err(), "stand for more than 100000 values")
}

func TestParseReportsDuplicateKeysWithBothPlaces(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.Parse("f", []byte("가: {하나: 1, 하나: 2}\n나: 2\n가: 3\n"))
	require.NotNil(t, doc)
	require.Equal(t, "f:1:12: the key \"하나\" appears twice (first at line 1, column 5)\n"+
		"f:3:1: the key \"가\" appears twice (first at line 1, column 1)", probs.Err().Error())
	var v map[string]any
	require.Empty(t, doc.Decode(&v))
	require.Equal(t, map[string]any{"가": map[string]any{"하나": 1}, "나": 2}, v, "the first entry counts")
}

func TestParseTakesAByteOrderMark(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.Parse("f", []byte("\xEF\xBB\xBFa: 1\r\nb: 가\r\n"))
	require.Empty(t, probs)
	var v struct {
		A int
		B string
	}
	require.Empty(t, doc.Decode(&v))
	require.Equal(t, "가", v.B)
}

func TestAtCountsCharacters(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.Parse("f", []byte("cases:\n  - {이름: 가나다, 값: 👨‍👩‍👧, 끝: [하나, 둘]}\n"))
	require.Empty(t, probs)
	line, column := doc.Root().At("cases", 0, "끝", 1).Pos()
	require.Equal(t, [2]int{2, 33}, [2]int{line, column}, "the joined emoji is five characters")
	line, column = doc.Root().AtKey("cases", 0, "끝").Pos()
	require.Equal(t, [2]int{2, 25}, [2]int{line, column})
	line, column = doc.Root().At("cases", 0, "missing", "deeper").Pos()
	require.Equal(t, [2]int{2, 5}, [2]int{line, column}, "the deepest node on the way")
	line, column = doc.Root().At("cases", 7).Pos()
	require.Equal(t, [2]int{2, 3}, [2]int{line, column})
}

func TestPosInFindsTextInEveryStyle(t *testing.T) {
	t.Parallel()
	const data = "literal: |\n  첫 줄\n  가 {{x}} 나 {{x}}\nfolded: >-\n  접은\n  줄 {{x}}\nquoted: \"따옴표 \\n {{x}}\"\nplain: 그냥 " +
		"{{x}}\nsplit: 두\n  줄 {{x}}\nindicator: |2-\n    {{x}}\n"
	doc, probs := strictyaml.Parse("f", []byte(data))
	require.Empty(t, probs)
	for key, want := range map[string][2]int{
		"literal": {3, 5}, "folded": {6, 5}, "quoted": {7, 17}, "plain": {8, 11}, "split": {10, 5}, "indicator": {12, 5},
	} {
		n := doc.Root().Get(key)
		from := strings.Index(n.Text(), "{{x}}")
		line, column := n.PosIn(from, from+5)
		require.Equal(t, want, [2]int{line, column}, key)
	}
	n := doc.Root().Get("literal")
	from := strings.LastIndex(n.Text(), "{{x}}")
	line, column := n.PosIn(from, from+5)
	require.Equal(t, [2]int{3, 13}, [2]int{line, column}, "the second of two")
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"input", "id", "tags", "expect", "답변"}
	for word, want := range map[string]string{
		"inptu": "input", "Input": "input", "tag": "tags", "exepct": "expect", "xyz": "", "": "", "no": "", "답벼": "",
		"답변들": "답변",
	} {
		require.Equal(t, want, strictyaml.Nearest(word, known), word)
	}
	require.Equal(t, `did you mean "tags"?`, strictyaml.Hint("tasg", known))
	require.Equal(t, "known: input, id, tags, expect, 답변", strictyaml.Hint("xyz", known))
	require.Empty(t, strictyaml.Hint("xyz", nil))
}
