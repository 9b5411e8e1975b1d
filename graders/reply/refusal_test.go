package reply_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// The refusal is no item however it is dressed; another sentence is one.
func TestRefusalIsNoItem(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules()) // 할 일을 입력해 주세요.
	for line, item := range map[string]bool{
		"할 일을 입력해 주세요.":       false,
		"할 일을 입력해 주세요":        false,
		"할 일을  입력해 주세요。":      false,
		"“할 일을 입력해 주세요.”":     false,
		"‘할 일을 입력해 주세요’.":     false,
		"**할 일을 입력해 주세요.**":   false,
		"**“할 일을 입력해 주세요.”**": false,
		"*할 일을 입력해 주세요*.":     false,
		"할 일을 입력해 주세요. 내일 다시": true,
		"할일을 입력해 주세요.":        true,
		"할 일을 입력해 주세요?":       true,
	} {
		want := []string(nil)
		if item {
			want = []string{line}
		}
		text, err := json.Marshal(line)
		require.NoError(t, err)
		got := r.Read(`{"subtodos":{"type":"invalid","content":[{"subtodoContent":`+string(text)+`}]}}`, "", reply.JSON)
		require.Equal(t, want, got.Items, "JSON: %s", line)
		got = r.Read("<subtodos type='invalid'>\n1. "+line+"\n</subtodos>", "", reply.XML)
		require.Len(t, got.Items, len(want), "XML: %s", line)
		require.Empty(t, got.Defects)
	}
}
