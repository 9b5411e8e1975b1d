package similarity_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/graders/similarity"
)

func TestPartsOfKorean(t *testing.T) {
	t.Parallel()
	const text = "내일, 오전 10시에 치과 가기! 👨‍👩‍👧"
	require.Equal(t, []string{"내일", "오전", "10시에", "치과", "가기"}, similarity.Words(text, false))
	require.Equal(t, []string{"내일", ",", "오전", "10시에", "치과", "가기", "!", "👨‍👩‍👧"}, similarity.Words(text, true))
	require.Equal(t, []string{"가", "기", "!", "👨‍👩‍👧"}, similarity.Characters("가기! 👨‍👩‍👧", true))
	const decomposed = "\u1100\u1161\u1100\u1175" // 가기, as some systems type it
	require.Equal(t, []string{"가", "기"}, similarity.Characters(decomposed, false))
	require.Equal(t, []string{"가기"}, similarity.Words(decomposed, false))
}

// The sentences about the gunman and their ROUGE-2 and ROUGE-L are those of Lin 2004, section 3.1; all numbers are
// also those of rouge-score 0.1.2, the Korean ones with a tokenizer that splits at spaces.
func TestRougeIsAsPublished(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reference, text string
		one, two, l     similarity.Overlap
	}{
		{
			"police killed the gunman", "police kill the gunman",
			similarity.Overlap{Precision: .75, Recall: .75, F1: .75},
			similarity.Overlap{Precision: 1. / 3, Recall: 1. / 3, F1: 1. / 3},
			similarity.Overlap{Precision: .75, Recall: .75, F1: .75},
		},
		{
			"police killed the gunman", "the gunman kill police",
			similarity.Overlap{Precision: .75, Recall: .75, F1: .75},
			similarity.Overlap{Precision: 1. / 3, Recall: 1. / 3, F1: 1. / 3},
			similarity.Overlap{Precision: .5, Recall: .5, F1: .5},
		},
		{
			"내일 오전 치과 가기 전에 예약 확인", "오전 치과 예약 확인 하기 전에 내일",
			similarity.Overlap{Precision: 6. / 7, Recall: 6. / 7, F1: 6. / 7},
			similarity.Overlap{Precision: 1. / 3, Recall: 1. / 3, F1: 1. / 3},
			similarity.Overlap{Precision: 4. / 7, Recall: 4. / 7, F1: 4. / 7},
		},
		{
			"It is a guide to action which ensures that the military always obeys the commands of the party",
			"It is a guide to action that ensures that the military will forever heed Party commands",
			similarity.Overlap{Precision: .6875, Recall: 0.6111111111111112, F1: 0.6470588235294118},
			similarity.Overlap{Precision: 0.5333333333333333, Recall: 0.47058823529411764, F1: .5},
			similarity.Overlap{Precision: .6875, Recall: 0.6111111111111112, F1: 0.6470588235294118},
		},
		{"가", "", similarity.Overlap{}, similarity.Overlap{}, similarity.Overlap{}},
	} {
		reference, text := strings.Fields(test.reference), strings.Fields(test.text)
		l, ok := similarity.RougeL(text, reference)
		require.True(t, ok)
		for _, pair := range [][2]similarity.Overlap{
			{test.one, similarity.RougeN(text, reference, 1)}, {test.two, similarity.RougeN(text, reference, 2)}, {test.l, l},
		} {
			require.InDelta(t, pair[0].Precision, pair[1].Precision, 1e-12, test.text)
			require.InDelta(t, pair[0].Recall, pair[1].Recall, 1e-12, test.text)
			require.InDelta(t, pair[0].F1, pair[1].F1, 1e-12, test.text)
		}
	}
}

// The English sentences are examples 1 of Papineni et al. 2002; 0.5046 is also what the documentation of NLTK gives
// for the first. All numbers are those of sacrebleu.sentence_bleu (2.6.0, tokenize="none").
func TestBleuIsAsPublished(t *testing.T) {
	t.Parallel()
	guide := []string{
		"It is a guide to action that ensures that the military will forever heed Party commands",
		"It is the guiding principle which guarantees the military forces always being under the command of the Party",
		"It is the practical guide for the army always to heed the directions of the party",
	}
	for _, test := range []struct {
		text       string
		references []string
		want       float64
	}{
		{
			"It is a guide to action which ensures that the military always obeys the commands of the party", guide,
			0.5045666840058485,
		},
		{"It is to insure the troops forever hearing the activity guidebook that party direct", guide, 0.0696300330571809},
		{"치과 예약 확인 하기", []string{"내일 치과 예약 확인 하기"}, 0.7788007830714049},
		{"치과 가기", []string{"치과 예약 하고 가기"}, 0.2601300475114446},
		{"예약", []string{"치과 예약"}, 0.36787944117144233},
		{"여행", []string{"치과 예약"}, 0},
		{"", []string{"치과 예약"}, 0},
	} {
		var references [][]string
		for _, r := range test.references {
			references = append(references, strings.Fields(r))
		}
		require.InDelta(t, test.want, similarity.Bleu(strings.Fields(test.text), references), 1e-9, test.text)
	}
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"kitten", "sitting", 3}, // Levenshtein's distance as in most textbooks
		{"saturday", "sunday", 3},
		{"치과 예약하기", "치과예약 하기", 0}, // white space is no part
		{"치과 예약하기", "치과 예약 확인하기", 2},
		{"가👨‍👩‍👧나", "가나", 1},
		{"", "가나다", 3},
	} {
		got, ok := similarity.EditDistance(similarity.Characters(test.a, true), similarity.Characters(test.b, true))
		require.True(t, ok)
		require.Equal(t, test.want, got, "%s, %s", test.a, test.b)
	}
	words := strings.Fields("치과 예약 확인")
	got, ok := similarity.EditDistance(words, strings.Fields("병원 예약 시간 확인"))
	require.True(t, ok)
	require.Equal(t, 2, got)

	long := strings.Fields(strings.Repeat("가 ", 6000))
	_, ok = similarity.EditDistance(long, long)
	require.False(t, ok, "a measure must not run for minutes")
	_, ok = similarity.RougeL(long, long)
	require.False(t, ok)
}

func TestCosine(t *testing.T) {
	t.Parallel()
	got, ok := similarity.Cosine([]float32{3, 4}, []float32{4, 3})
	require.True(t, ok)
	require.InDelta(t, 0.96, got, 1e-9)
	for _, pair := range [][2][]float32{
		{{1}, {1, 2}}, {{0, 0}, {1, 0}}, {nil, nil}, {{float32(math.Inf(1))}, {1}}, {{float32(math.NaN())}, {1}},
	} {
		_, ok = similarity.Cosine(pair[0], pair[1])
		require.False(t, ok)
	}
}

// Whatever the parts, a measure stays in its range, is greatest for equal texts, and the distance is symmetric.
func TestMeasuresStayInRange(t *testing.T) {
	t.Parallel()
	parts := rapid.SliceOf(rapid.SampledFrom([]string{"가", "나", "다", "a"}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		l, _ := similarity.RougeL(a, b)
		for _, v := range []float64{
			similarity.Bleu(a, [][]string{b}), l.F1, similarity.RougeN(a, b, 2).F1, similarity.RougeN(a, b, 1).Recall,
		} {
			require.True(t, v >= 0 && v <= 1, v)
		}
		if len(a) > 0 {
			require.InDelta(t, 1, similarity.Bleu(a, [][]string{a}), 1e-9)
		}
		there, _ := similarity.EditDistance(a, b)
		back, _ := similarity.EditDistance(b, a)
		require.Equal(t, there, back)
		require.LessOrEqual(t, there, max(len(a), len(b)))
	})
}
