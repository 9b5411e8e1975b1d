package suite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Where the fast way takes a line, the strict one finds nothing wrong in it, and
// reads the same case at the same place.
func TestPlainRecordAgreesWithTheStrictOne(t *testing.T) {
	t.Parallel()
	agrees := func(t require.TestingT, line string) bool {
		fast, ok := plainRecord("c.jsonl", 7, []byte(line))
		if !ok {
			return false
		}
		strict := jsonRecord("c.jsonl", 7, []byte(line))
		require.NoError(t, strict.probs.Err(), line)
		require.Equal(t, strict.Case, fast.Case, line)
		for _, path := range [][]any{{"id"}, {"input"}, {"expect", "type"}, {"tags", 0}} {
			require.Equal(t, strict.place(path...), fast.place(path...), line)
		}
		return true
	}
	plain := `{ "input":"내일 \"치과\" {가기} 👨‍👩‍👧", "id" : ` +
		`"a:b","expect":{"type":"answer","count":{"min":1,"max":2}},"tags":["t"],"vars":{"id":"x"}}`
	require.True(t, agrees(t, plain))
	for name, line := range map[string]string{
		"a key twice":           `{"id":"a","input":"b","id":"c"}`,
		"a key twice, deeper":   `{"id":"a","input":"b","expect":{"type":"answer","type":"question"}}`,
		"a key twice, escaped":  `{"id":"a","input":"b","\u0069d":"c"}`,
		"a capital":             `{"ID":"a","input":"b"}`,
		"a null":                `{"id":"a","input":"b","tags":null}`,
		"an unknown key":        `{"id":"a","input":"b","tag":["x"]}`,
		"a number for a text":   `{"id":1,"input":"b"}`,
		"two values":            `{"id":"a","input":"b"} {}`,
		"no id":                 `{"input":"b"}`,
		"an empty input":        `{"id":"a","input":""}`,
		"no UTF-8":              "{\"id\":\"a\",\"input\":\"\xff\"}",
		"no object":             `["id"]`,
		"a fraction":            `{"id":"a","input":"b","expect":{"count":{"min":1.5}}}`,
		"deep":                  `{"id":"a","input":"b","vars":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`,
		"a letter like another": `{"id":"a","input":"b","tagſ":["x"]}`,
	} {
		require.False(t, agrees(t, line), "%s is left to the strict way", name)
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		space := rapid.SampledFrom([]string{"", " ", "\t"})
		text := rapid.SampledFrom(
			[]string{`"a"`, `""`, `"내일 \"{[:"`, `"\\"`, `"\ud83d\ude00"`, `1`, `null`, `true`, "\"\xff\""},
		)
		value := rapid.OneOf(text, rapid.SampledFrom([]string{
			`["x","y"]`, `[]`, `{}`, `{"type":"answer"}`, `{"type":"answer","count":{"min":1,"max":3}}`,
			`{"count":{"min":1,"min":2}}`, `{"a":"b","c":"d"}`, `{"A":"b"}`, `{"contains":["가"]}`, `{"type":null}`,
		}))
		b.WriteString("{")
		for i := range rapid.IntRange(0, 6).Draw(t, "members") {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(
				space.Draw(t, "space") + rapid.SampledFrom(
					[]string{`"id"`, `"input"`, `"tags"`, `"expect"`, `"vars"`, `"note"`, `"group"`, `"Id"`, `"x"`, `"\u0069d"`},
				).Draw(t, "key"),
			)
			b.WriteString(space.Draw(t, "space") + ":" + space.Draw(t, "space") + value.Draw(t, "value"))
		}
		b.WriteString(rapid.SampledFrom([]string{"}", "} ", "}x", ""}).Draw(t, "end"))
		agrees(t, b.String())
	})
}
