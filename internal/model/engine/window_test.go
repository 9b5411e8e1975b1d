package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const second = time.Second

func TestWindowStartsAtTheBound(t *testing.T) {
	t.Parallel()
	for bound, want := range map[int]int{-1: 1, 0: 1, 1: 1, 8: 8, 64: 64, 256: 64} {
		w := newWindow(bound)
		require.Equal(t, want, w.size(), "bound %d", bound)
	}
}

// aRoundTrip answers as many calls as the window holds.
func aRoundTrip(w *window) {
	for range w.size() {
		w.answer(second, true)
	}
}

func TestWindowDoublesUntilTheFirstRefusal(t *testing.T) {
	t.Parallel()
	w := newWindow(300)
	aRoundTrip(&w)
	require.Equal(t, 128, w.size())
	aRoundTrip(&w)
	require.Equal(t, 256, w.size())
	aRoundTrip(&w)
	require.Equal(t, 300, w.size(), "never over the bound")

	require.True(t, w.refuse(noon, noon.Add(second), 0))
	require.Equal(t, 150, w.size())
	aRoundTrip(&w)
	require.InDelta(t, 150+300.0/16, w.size(), 2.5, "by a fixed step from then on")
	aRoundTrip(&w)
	require.InDelta(t, 150+2*300.0/16, w.size(), 2.5)
}

func TestWindowGrowsOnlyWhereItIsUsedUp(t *testing.T) {
	t.Parallel()
	w := newWindow(256)
	for range 1000 {
		w.answer(second, false)
	}
	require.Equal(t, 64, w.size())
}

func TestWindowHalvesOnceARoundTrip(t *testing.T) {
	t.Parallel()
	w := newWindow(64)
	w.answer(second, true)
	require.True(t, w.refuse(noon, noon.Add(time.Millisecond), 0))
	for range 40 {
		require.False(t, w.refuse(noon, noon.Add(2*time.Millisecond), 0), "they were under way together")
	}
	require.Equal(t, 32, w.size())
	require.False(t, w.refuse(noon.Add(second/2), noon.Add(second/2), 0), "the half window has not been answered yet")
	require.True(t, w.refuse(noon.Add(second), noon.Add(2*second), 0))
	require.Equal(t, 16, w.size())
}

// Once it is known that a tenth of the calls is refused whatever is done, each refusal costs a twentieth.
func TestWindowAmongNoise(t *testing.T) {
	t.Parallel()
	w := newWindow(64)
	require.True(t, w.refuse(noon, noon.Add(second), 0.1))
	require.InDelta(t, 0.95*64, w.size(), 1)
}

func TestLatencyNeverLowersTheWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWindow(rapid.IntRange(1, 1000).Draw(t, "bound"))
		if rapid.Bool().Draw(t, "refused before") {
			w.refuse(noon, noon.Add(second), 0)
		}
		before := w.size()
		for range 50 {
			w.answer(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "latency")), rapid.Bool().Draw(t, "full"))
			require.GreaterOrEqual(t, w.size(), before)
			before = w.size()
		}
	})
}

func TestWindowStaysInItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(1, 500).Draw(t, "bound")
		w := newWindow(bound)
		now := noon
		for range 200 {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(5*second)).Draw(t, "later")))
			if rapid.Bool().Draw(t, "refused") {
				w.refuse(now.Add(-time.Millisecond), now, 0)
			} else {
				w.answer(second, true)
			}
			require.GreaterOrEqual(t, w.size(), 1)
			require.LessOrEqual(t, w.size(), bound)
		}
	})
}
