package items

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/text/near"
)

func TestNearDuplicatesAreFound(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{
		"dentist":   "내일 오전 10시에 치과 가기",
		"typo":      "낼 오전 10시에 치과 가기!!",
		"spaced":    "내일오전10시에  치과가기",
		"wide":      "내일 오전 １０시에 치과 가기 🦷",
		"other":     "토요일에 엄마 생신 선물 사러 백화점 가기",
		"other-day": "일요일에 엄마 생신 선물 사러 백화점 가기",
		"emoji":     "🎉🎉",
		"laugh":     "😂😂",
		"call":      "전화하기",
		"report":    "Finish the quarterly report by Friday",
		"report-2":  "Finish the quarterly reports by friday.",
	}
	var cases []Case
	for _, id := range []string{
		"dentist", "typo", "spaced", "wide", "other", "other-day", "emoji", "laugh", "call", "report", "report-2",
	} {
		cases = append(cases, Case{ID: id, Input: inputs[id]})
	}
	duplicates, shown := alike(cases, []Example{
		{"v1", "전화 하기"}, {"v2", "전화하기"}, {"v2", "내일 오전 10시에 치과 가기"}, {"v2", "장보기"}, {"v1", "🎉"},
	})
	found := map[string]string{}
	for _, d := range duplicates {
		require.GreaterOrEqual(t, d.Similarity, 0.6)
		for _, id := range d.Cases {
			found[id] = d.Cases[0]
		}
	}
	require.Equal(t, map[string]string{
		"dentist": "dentist", "typo": "dentist", "spaced": "dentist", "wide": "dentist",
		"other": "other", "other-day": "other", "report": "report", "report-2": "report",
	}, found)
	require.Len(t, shown, 5)
	require.Equal(t, Shown{"dentist", "v2", inputs["dentist"], 1}, shown[0])
	require.Equal(t, "call", shown[3].Case)
}

func TestParaphrasesOfAGroupAndOtherVarsAreNoDuplicates(t *testing.T) {
	t.Parallel()
	const input = "내일 오전 10시에 치과 가기"
	duplicates, _ := alike([]Case{
		{ID: "a", Input: input, Group: "g"}, {ID: "b", Input: input + "!", Group: "g"},
		{ID: "c", Input: input, Vars: map[string]string{"today": "월"}},
	}, nil)
	require.Empty(t, duplicates)
	duplicates, _ = alike([]Case{
		{ID: "a", Input: input, Group: "g"}, {ID: "b", Input: input, Group: "g"}, {ID: "c", Input: input},
	}, nil)
	require.Equal(t, []Duplicate{{Cases: []string{"a", "b", "c"}, Similarity: 1}}, duplicates)
}

func TestSealedCasesAreCountedAndNotNamed(t *testing.T) {
	t.Parallel()
	const input = "내일 오전 10시에 치과 가기"
	duplicates, shown := alike([]Case{
		{ID: "a", Input: input}, {ID: "b", Input: input + "!", Sealed: true},
		{ID: "c", Input: "우유 사기", Sealed: true}, {ID: "d", Input: "우유 사기!", Sealed: true},
	}, []Example{{"v1", "우유 사기"}})
	require.Equal(t, []Duplicate{{Cases: []string{"a"}, Sealed: 1, Similarity: 1}}, duplicates)
	require.Empty(t, shown)
}

// Five thousand cases are far from twelve million comparisons, even those of a template, which nearly equal each other.
func TestTheWorkGrowsWithTheCases(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	words := make([]string, 2000)
	for i := range words {
		for range 2 + r.IntN(2) {
			words[i] += string(rune('가' + r.IntN(11172)))
		}
	}
	days := []string{"오늘", "내일", "모레", "월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"}
	places := []string{"치과", "병원", "은행", "학교", "백화점", "도서관", "시청", "약국", "공원", "회사"}
	varied, fromTemplate := make([]string, 5_000), make([]string, 5_000)
	for i := range varied {
		for range 3 + r.IntN(5) {
			varied[i] += words[r.IntN(len(words))] + " "
		}
		fromTemplate[i] = fmt.Sprintf("%s 오전 %d시 %d분에 %s 가기", days[r.IntN(10)], 1+r.IntN(12), r.IntN(60),
			places[r.IntN(10)])
	}
	for name, texts := range map[string][]string{"varied": varied, "template": fromTemplate} {
		cases := make([]Case, len(texts))
		for i, text := range texts {
			cases[i] = Case{ID: fmt.Sprint(i), Input: text}
		}
		looked := 0
		near.Pairs(texts, func(int, int) bool { looked++; return false }, nil)
		require.Less(t, looked, 2000*len(texts), name)
		duplicates, _ := alike(cases, nil)
		if name == "template" {
			require.Len(t, duplicates[0].Cases, len(cases), "all are linked")
			continue
		}
		require.Less(t, looked, 50*len(texts), name)
		require.Less(t, len(duplicates), 5)
	}
}
