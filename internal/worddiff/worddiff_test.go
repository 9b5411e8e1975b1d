package worddiff_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/worddiff"
)

func TestDiffKeepsWordsWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, []worddiff.Piece{
		{worddiff.Equal, "치과 "},
		{worddiff.Delete, "예약하기"},
		{worddiff.Insert, "예약"},
		{worddiff.Equal, " 👨‍👩‍👧"},
	}, worddiff.Diff("치과 예약하기 👨‍👩‍👧", "치과 예약 👨‍👩‍👧"))
	require.Empty(t, worddiff.Diff("", ""))
}

func TestDiffRebuildsBothSides(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[가-힣a-c \\\n👍]{0,30}`)
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var a, b string
		for _, p := range worddiff.Diff(before, after) {
			if p.Op != worddiff.Insert {
				a += p.Text
			}
			if p.Op != worddiff.Delete {
				b += p.Text
			}
		}
		require.Equal(t, before, a)
		require.Equal(t, after, b)
	})
}
