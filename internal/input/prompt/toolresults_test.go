package prompt_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

func TestToolResultsOfTheMostSpecificArguments(t *testing.T) {
	t.Parallel()
	results := prompt.ToolResults{
		"times": {{Result: "any"}, {Arguments: json.RawMessage(`{"day":"내일","hour":9}`), Result: "tomorrow"}},
		"book":  {{Arguments: json.RawMessage(`{}`), Result: "nothing booked"}},
	}
	for _, c := range []struct{ tool, arguments, want string }{
		{"times", `{ "hour": 9, "day": "\ub0b4\uc77c" }`, "tomorrow"},
		{"times", `{"day":"내일","hour":9,"more":1}`, "any"},
		{"times", `{"day":"내일","hour":"9"}`, "any"},
		{"book", " ", "nothing booked"},
		{"book", "{}", "nothing booked"},
	} {
		got, ok := results.Of(c.tool, c.arguments)
		require.True(t, ok, c.arguments)
		require.Equal(t, c.want, got, c.arguments)
	}
	for _, c := range [][2]string{
		{"book", `{"at":1}`},
		{"cancel", `{}`},
		{"times", `null`},
		{"times", `"{}"`},
		{"times", `[{}]`},
		{"times", `{"day":`},
		{"times", `{} {}`},
	} {
		_, ok := results.Of(c[0], c[1])
		require.False(t, ok, c)
	}
}
