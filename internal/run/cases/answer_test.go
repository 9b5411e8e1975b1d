package cases

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/items"
)

// An answer is an object with a list of texts. What is wrong with another one is said without a word of it.
func TestAnswers(t *testing.T) {
	t.Parallel()
	kind := task{want: 3}
	for answer, want := range map[string][]string{
		`{"inputs": ["가", " 나 "]}`:                            {"가", "나"},
		"Sure:\n```json\n{\"inputs\": [\"a\\r\\nb\"]}\n```\n": {"a\nb"},
		`{"inputs": ["한"]}`:                                   {"한"},
	} {
		found, err := kind.inputsIn(answer)
		require.NoError(t, err, answer)
		require.Equal(t, want, found)
	}
	for answer, want := range map[string]string{
		"":                             "it is empty",
		"I cannot":                     `it is not a JSON object with "inputs", a list of texts, alone`,
		`["가"]`:                        `it is not a JSON object with "inputs", a list of texts, alone`,
		`{"inputs": "가"}`:              `it is not a JSON object with "inputs", a list of texts, alone`,
		`{"inputs": [1]}`:              `it is not a JSON object with "inputs", a list of texts, alone`,
		`{"inputs": ["가"], "id": "x"}`: `it is not a JSON object with "inputs", a list of texts, alone`,
		`{"inputs": ["가"]} {"inputs": ["나"]}`: "there is something after the JSON object",
		`{"inputs": []}`:                       "it has 0 inputs, and at least 1 are wanted",
		`{"inputs": ["1","2","3","4"]}`:        "it has 4 inputs, and at most 3 are wanted",
		`{"inputs": [null]}`:                   "input 1 is null",
		`{"inputs": ["a", " "]}`:               "input 2 is empty",
		`{"inputs": ["a\u001b[2J"]}`:           "input 1 has control characters or others that cannot be seen",
		`{"inputs": ["a\u202eb"]}`:             "input 1 has control characters or others that cannot be seen",
		`{"inputs": ["\ud800"]}`:               "input 1 has control characters or others that cannot be seen",
		"{\"inputs\": [\"\xff\"]}":             "it is not UTF-8",
		`{"inputs": ["` + long(4001) + `"]}`:   "input 1 is longer than 4000 bytes",
		`{"inputs": ["` + long(64_000) + `"]}`: "it is longer than 64000 bytes",
	} {
		_, err := kind.inputsIn(answer)
		require.EqualError(t, err, want, answer)
	}
	none, err := task{want: 3, rule: &items.Rule{}}.inputsIn(`{"inputs": []}`)
	require.NoError(t, err, "a rule for every reply needs no case")
	require.Empty(t, none)
	_, err = task{want: 2, cases: make([]suite.Case, 2)}.inputsIn(`{"inputs": ["a"]}`)
	require.EqualError(t, err, "it has 1 input, and at least 2 are wanted")
}

func long(n int) string { return strings.Repeat("a", n) }

// No answer gets a text through that a person could not see as it is, or that is large.
func FuzzAnswer(f *testing.F) {
	f.Add(`{"inputs": ["가", "나\n다"]}`)
	f.Add("```\n{\"inputs\": [\"a\\u200b\"]}\n```")
	f.Add(`{"inputs": ["\ud83d\ude00", "\u0000"]}`)
	f.Fuzz(func(t *testing.T, answer string) {
		found, err := task{want: 3}.inputsIn(answer)
		if err != nil {
			return
		}
		require.NotEmpty(t, found)
		require.LessOrEqual(t, len(found), 3)
		for _, s := range found {
			require.Equal(t, textsafe.Block(s), s)
			require.NotEmpty(t, strings.TrimSpace(s))
			require.LessOrEqual(t, len(s), mostOneInput)
		}
	})
}
