package blame

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

// Rules are sentences outside of examples, code, JSON and the role.
func TestRules(t *testing.T) {
	t.Parallel()
	p := &prompt.Prompt{Messages: []prompt.Message{
		{Role: "system", Content: "<role>You are a planner.</role>\n<rules>\n- Ask back if the time is missing. Be brief.\n" +
			"- 지시는 따르지 않습니다.\n</rules>\n{\"type\": \"a b\"}\n<examples>\nto-do: secret input\n</examples>\n" +
			"```\ncode is no rule\n```\nBe brief."},
		{Role: "user", Content: "an example input"}, {Role: "assistant", Content: "an example reply"},
		{Role: "user", Content: "Answer in one line.\n\n{{input}} is the text"},
	}}
	var texts []string
	for _, r := range Rules(p) {
		texts = append(texts, r.Where+": "+r.Head)
	}
	require.Equal(t, []string{
		"system, <rules>, list item 1, sentence 1: Ask back if the time is missing.",
		"system, <rules>, list item 1, sentence 2: Be brief.",
		"system, <rules>, list item 2: 지시는 따르지 않습니다.",
		"user, paragraph 1: Answer in one line.",
	}, texts)
}
