package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/schema"
)

func compile(t *testing.T, text string) *schema.Schema {
	t.Helper()
	doc, err := schema.Parse(text)
	require.NoError(t, err)
	s, err := schema.Compile(doc)
	require.NoError(t, err)
	return s
}

// The same reply must get the same reason in every run, or nothing could be
// compared byte by byte.
func TestFailuresAreInOrder(t *testing.T) {
	t.Parallel()
	s := compile(
		t,
		`{"properties":{"목록":{"type":"array","items":{"type":"string"}}},"required":["b","a"],"additionalProperties":false}`,
	)
	value, err := schema.Parse(`{"라":1,"가":1,"다":1,"나":1,"목록":[1,"둘",3]}`)
	require.NoError(t, err)
	for range 50 {
		require.Equal(t, []string{
			"/: additional properties '가', '나', '다', '라' not allowed",
			"/: missing properties 'b', 'a'",
			"/목록/0: got number, want string",
			"/목록/2: got number, want string",
		}, s.Failures(value))
	}
	fine, err := schema.Parse(`{"a":1,"b":1}`)
	require.NoError(t, err)
	require.Equal(t, []string{"/: additional properties 'a', 'b' not allowed"}, s.Failures(fine))
	require.Nil(t, compile(t, `true`).Failures(fine))
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"type":"strin"}`:                             "value must be one of",
		`{"$ref":"file:///etc/passwd"}`:                "must hold all its definitions itself",
		`{"$ref":"https://example.com/schema.json"}`:   "must hold all its definitions itself",
		`{"$ref":"other.json"}`:                        "must hold all its definitions itself",
		`{"$ref":"#/$defs/none"}`:                      "$defs/none",
		`{"properties":{"a":{"minLength":-1}},"a":[]}`: "minLength",
	} {
		doc, err := schema.Parse(text)
		require.NoError(t, err)
		_, err = schema.Compile(doc)
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := schema.Parse(`{"type":`)
	require.Error(t, err)
}
