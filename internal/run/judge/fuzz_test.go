package judge_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/run/judge"
)

// FuzzRead holds that a verdict is always one of the options, with a reason, and
// stands in the answer.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"reason":"a","verdict":"yes"}`, "```json\n{\"reason\":\"a\",\"verdict\":1}\n```", `{"a":{"reason":"a","verdict":"no"},"b":{"reason":"","verdict":"no"}}`,
		`{"reason":"a","verdict":"yes","verdict":"no"}`, `<think>{</think>{"reason":"\ud800","verdict":"10"}`, `{"verdict":`, "\ufeff{}", `yes`,
	} {
		f.Add(seed)
	}
	lists := [][]graders.Question{{question("a", "yes", "no", "1", "10")}, {question("a"), question("b", "1", "10")}}
	f.Fuzz(func(t *testing.T, answer string) {
		for _, list := range lists {
			got := judge.Read(answer, list)
			require.Len(t, got, len(list))
			for i, v := range got {
				require.NotEqual(t, v.Option == "", v.Fault == "")
				if v.Fault == "" {
					require.True(t, slices.Contains(list[i].Options, v.Option))
					require.NotEmpty(t, strings.TrimSpace(v.Reason))
				}
			}
		}
	})
}

// FuzzQuote holds that no text leaves its block.
func FuzzQuote(f *testing.F) {
	data, err := os.ReadFile("testdata/injections.json")
	require.NoError(f, err)
	var texts []string
	require.NoError(f, json.Unmarshal(data, &texts))
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(judge.Quote("reply", text), "\n")
		require.Equal(t, "<reply>", lines[0])
		require.Equal(t, "</reply>", lines[len(lines)-1])
		for _, line := range lines[1 : len(lines)-1] {
			require.True(t, strings.HasPrefix(line, "| "), "%q", line)
			require.NotContains(t, line, "<")
			require.NotContains(t, line, ">")
			require.NotContains(t, line, "\r")
		}
	})
}
