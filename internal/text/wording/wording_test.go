package wording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/text/wording"
)

func TestNumberIsDecidedByTheCount(t *testing.T) {
	t.Parallel()

	for noun, want := range map[string]string{
		"case": "cases", "reply": "replies", "try": "tries", "day": "days", "batch": "batches", "prefix": "prefixes",
		"class": "classes",
	} {
		require.Equal(t, "1 "+noun, wording.Count(1, noun))
		require.Equal(t, "0 "+want, wording.Count(0, noun))
		require.Equal(t, "2 "+want, wording.Count(2, noun))
	}
	for plural, want := range map[string]string{
		"fail": "fails", "pass": "passes", "are": "is", "were": "was", "have": "has", "do": "does", "carry": "carries",
	} {
		require.Equal(t, want, wording.Verb(1, plural))
		require.Equal(t, plural, wording.Verb(2, plural))
	}
}

func TestOrdinal(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 21: "21st", 113: "113th"} {
		require.Equal(t, want, wording.Ordinal(n))
	}
}

func TestAboutRoundsToTwoDigits(t *testing.T) {
	t.Parallel()

	for n, want := range map[int]string{
		1: "about 1 case", 35: "about 35 cases", 104: "about 100 cases", 995: "about 1000 cases", 1438: "about 1400 cases",
	} {
		require.Equal(t, want, wording.About(n, "case"))
	}
}

func TestListReadsAsASentence(t *testing.T) {
	t.Parallel()

	require.Empty(t, wording.List(nil))
	require.Equal(t, "a", wording.List([]string{"a"}))
	require.Equal(t, "a and b", wording.List([]string{"a", "b"}))
	require.Equal(t, "a, b and c", wording.List([]string{"a", "b", "c"}))
}
