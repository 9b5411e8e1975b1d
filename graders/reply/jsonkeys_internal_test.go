package reply

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// tokensDuplicateKey is [duplicateKey] as encoding/json's tokens tell it.
func tokensDuplicateKey(text string) string {
	dec := json.NewDecoder(strings.NewReader(text))
	var walk func() (string, bool)
	walk = func() (string, bool) {
		token, err := dec.Token()
		if err != nil {
			return "", false
		}
		keys := map[string]bool{}
		for (token == json.Delim('{') || token == json.Delim('[')) && dec.More() {
			if token == json.Delim('{') {
				name, err := dec.Token()
				key, ok := name.(string)
				if err != nil || !ok {
					return "", false
				}
				if keys[key] {
					return key, true
				}
				keys[key] = true
			}
			if key, found := walk(); found {
				return key, true
			}
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			_, _ = dec.Token() // its end
		}
		return "", false
	}
	key, _ := walk()
	return key
}

func TestDuplicateKeyAgreesWithTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":{"a":1},"b":[{"a":1},{"a":2}]}`: "",
		`{"a":"a:","b":"{\"a\":1,\"a\":2}"}`:  "",
		`{"가" : 1 , "\uac00" : 2}`:            "가",
		`[{"a":1},{"b":{"c":1,"c":2},"b":3}]`: "c",
		`{"\\":1,"\"":2,"\\":3}`:              `\`,
	} {
		require.Equal(t, want, duplicateKey(text), text)
		require.Equal(t, want, tokensDuplicateKey(text), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		var value func(depth int)
		value = func(depth int) {
			kind := rapid.IntRange(0, 4).Draw(t, "kind")
			if depth > 3 {
				kind = 0
			}
			switch kind {
			case 0:
				b.WriteString(
					rapid.SampledFrom(
						[]string{"null", "true", "-1.5e3", `"a"`, `"{\"a\":1}"`, `"\\"`, `":"`, `"\u0061 : "`},
					).Draw(t, "scalar"),
				)
			case 1, 2, 3:
				b.WriteString("{ ")
				for i := range rapid.IntRange(0, 3).Draw(t, "members") {
					if i > 0 {
						b.WriteString(" ,\n")
					}
					b.WriteString(rapid.SampledFrom([]string{`"a"`, `"b"`, `"\u0061"`, `"가"`, `"\\"`, `"\""`, `"}"`}).Draw(t, "key"))
					b.WriteString("\t: ")
					value(depth + 1)
				}
				b.WriteString("}")
			default:
				b.WriteString("[")
				for i := range rapid.IntRange(0, 3).Draw(t, "elements") {
					if i > 0 {
						b.WriteString(",")
					}
					value(depth + 1)
				}
				b.WriteString("]")
			}
		}
		value(0)
		require.True(t, json.Valid([]byte(b.String())), b.String())
		require.Equal(t, tokensDuplicateKey(b.String()), duplicateKey(b.String()), b.String())
	})
}
