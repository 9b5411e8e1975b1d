package strictyaml_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/strictyaml"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	got, err := strictyaml.Write(strictyaml.Object{
		{"name", "치과 👨‍👩‍👧"},
		{"left_out", nil},
		{"text", "two\n  lines: {{input}}\n"},
		{"yes", "yes"},
		{"number", "007"},
		{"list", strictyaml.Flow{"a", "b: c", 1, true}},
		{"empty", []any{}},
		{"schema", map[string]any{"type": "object", "x": nil, "n": json.Number("1.50"), "a": []any{map[string]any{}}}},
	})
	require.NoError(t, err)
	require.Equal(t, `name: 치과 👨‍👩‍👧
text: |
  two
    lines: {{input}}
"yes": "yes"
number: "007"
list: [a, 'b: c', 1, true]
empty: []
schema:
  a:
    - {}
  "n": 1.50
  type: object
  x: null
`, string(got))
	_, err = strictyaml.Write(strictyaml.Object{{"a", "\xff"}})
	require.ErrorContains(t, err, "not UTF-8")
	_, err = strictyaml.Write(struct{}{})
	require.ErrorContains(t, err, "no form for struct {}")
}

// FuzzWrite holds that any text comes back as it was, as a value, in a list and
// as a key.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{
		"", "a", "null", "~", "yes", "1e3", "2026-11-23", "- x", "a: b", "a #b", " lead", "trail ", "\n", "a\n", "a\n\n",
		"\na", "a\n b\n\nc", "a\r\nb",
		"\tx", "a\n\tb", "a\u2028b", "\ufeffx", "<<", "=", "!x", "&a", "*a", "{", "}", "[x", "|", ">", "%x", "@x", "`x",
		"'", "\"", "\\", "---", "...", "a\n---\nb", "👨‍👩‍👧", "\u0085",
		"\U000E0001", "가\n나", "# x\ny", "a\n# b", "? x", ": x", "0x1F", "0o7", ".inf", "x\u0000y", "a\n  \nb",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := strictyaml.Object{
			{"value", s}, {"list", []any{s, s}}, {"flow", strictyaml.Flow{s, "b"}}, {"map", map[string]any{s: "x"}},
		}
		out, err := strictyaml.Write(doc)
		if !utf8.ValidString(s) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		parsed, probs := strictyaml.Parse("x.yaml", out)
		require.Empty(t, probs, "%q gives\n%s", s, out)
		root := parsed.Root()
		require.Equal(t, strictyaml.Text, root.Get("value").Kind(), "%q gives\n%s", s, out)
		require.Equal(t, s, root.Get("value").Text(), "%s", out)
		require.Equal(t, s, root.At("list", 1).Text(), "%s", out)
		require.Equal(t, s, root.At("flow", 0).Text(), "%s", out)
		require.Equal(t, s, root.Get("map").Entries()[0].Key.Text(), "%s", out)
	})
}
