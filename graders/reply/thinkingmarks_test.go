package reply

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A text that is not searched for marks has none.
func TestMarksAreSearchedForWhereTheyMayOccur(t *testing.T) {
	t.Parallel()
	w := newWrappers([][2]string{{"BEGIN", "«end"}})
	pieces := rapid.SampledFrom([]string{
		"<think>", "</Thinking>", "&lt;think&gt;", "&LT;/think&GT;", "[think]", "[/THINK]", "[", "/", "◁think▷", "◁/think▷",
		"<|end|>", "<|channel>thought", "BEGIN", "«end", "{\"a\":[1,\"t\"]}", "t", "치과", " ", "&", "◁",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, piece := range rapid.SliceOfN(pieces, 0, 6).Draw(t, "text") {
			text += piece
		}
		if !w.mayOccur(text) {
			require.Empty(t, w.marks.FindAllStringIndex(text, -1), text)
		}
	})
	require.False(t, w.mayOccur(`{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과"}]}}`))
}
