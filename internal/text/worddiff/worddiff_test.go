package worddiff_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/text/worddiff"
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

// Brackets and quotes recur everywhere; what holds two replies together is the
// words that each has once.
func TestDiffHoldsOnToWordsThatStandOnce(t *testing.T) {
	t.Parallel()
	require.Equal(t, []worddiff.Piece{
		{worddiff.Equal, `{"`},
		{worddiff.Delete, `thinking": "시간이 있다", "`},
		{worddiff.Equal, `subtodos": {"type": "`},
		{worddiff.Delete, `answer`},
		{worddiff.Insert, `question`},
		{worddiff.Equal, `"}}`},
	}, worddiff.Diff(`{"thinking": "시간이 있다", "subtodos": {"type": "answer"}}`, `{"subtodos": {"type": "question"}}`))
}

func TestDiffTakesPunctuationBetweenChangesForChanged(t *testing.T) {
	t.Parallel()
	require.Equal(t, []worddiff.Piece{
		{worddiff.Delete, "치과, 예약 (전화"}, {worddiff.Insert, "병원, 방문 (내일"}, {worddiff.Equal, ")!"},
	}, worddiff.Diff("치과, 예약 (전화)!", "병원, 방문 (내일)!"))
	require.Equal(t, []worddiff.Piece{
		{worddiff.Equal, "치과"}, {worddiff.Insert, " 예약"}, {worddiff.Equal, ","}, {worddiff.Insert, " 병원"},
		{worddiff.Equal, " 방문"},
	}, worddiff.Diff("치과, 방문", "치과 예약, 병원 방문"), "where words only came, nothing went")
}
