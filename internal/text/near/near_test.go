package near

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The index finds what comparing every pair finds.
func TestPairsAgreesWithEveryPair(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for range 300 {
		text := []rune{}
		for range 1 + r.IntN(12) {
			text = append(text, []rune("가나다라 마바사a")[r.IntN(9)])
		}
		texts = append(texts, string(text))
	}
	found := map[[2]int]float64{}
	every := func(int, int) bool { return true }
	Pairs(texts, every, func(i, j int, s float64) { found[[2]int{min(i, j), max(i, j)}] = s })
	sets := rankedSets(texts)
	want := map[[2]int]float64{}
	for j := range texts {
		for i := range j {
			shared := sharedBy(sets[i], sets[j], 0)
			if s := float64(shared) / float64(len(sets[i])+len(sets[j])-shared); s >= 0.6 {
				want[[2]int{i, j}] = s
			}
		}
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, found)

	between := map[[2]int]float64{}
	Between(texts[:100], texts[100:], every, func(i, j int, s float64) { between[[2]int{i, 100 + j}] = s })
	for pair := range want {
		if pair[0] >= 100 || pair[1] < 100 {
			delete(want, pair)
		}
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, between)
}

// A group has a middle that all of it nearly equals; the texts of a template, which are linked one to the next,
// stay apart.
func TestGroupsHaveAMiddle(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{1, 1, 1, 3, 4}, Groups([]string{
		"낼 오전 10시에 치과 가기", "내일 오전 10시에 치과 가기", "내일 오전 10시에 치과에 가기!!", "빨래하기", "😂",
	}))
	require.Empty(t, Groups(nil))
	var texts []string
	for i := range 20 {
		texts = append(texts, fmt.Sprintf("%s%s", "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토"[i*3:i*3+36], "!"))
	}
	middles := map[int]bool{}
	for i, middle := range Groups(texts) {
		middles[middle] = true
		require.InDelta(t, i, middle, 3, "texts far apart are not in one group")
	}
	require.Greater(t, len(middles), 4)
}
