package check

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSnippetsFindTheInputOfAnExample(t *testing.T) {
	t.Parallel()
	const input = "친구랑 약속"
	for _, content := range []string{
		input,
		"예시\n할 일: 친구랑 약속\n<subtodos>",
		`{"caseNumber": 2, "userPrompts": "친구랑 약속", "subtodos": {}}`,
		"<input>친구랑 약속</input>",
		"  친구랑 약속 \nquestion",
		"“친구랑 약속” → question",
	} {
		require.Contains(t, snippets(content), input, content)
	}
	require.NotContains(t, snippets("친구랑 약속 잡기"), input, "another text")
}
