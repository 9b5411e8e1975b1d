package engine

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// taken tells p that so many calls were taken.
func taken(p *pace, n int) {
	for range n {
		p.answer()
	}
}

func TestNoPaceWithoutOverload(t *testing.T) {
	t.Parallel()
	var p pace
	require.True(t, math.IsInf(p.rate(noon), 1))
	p.refuse(noon, 0)
	for i := range 50 { // one of twenty is refused, now and then
		taken(&p, 20)
		p.refuse(noon.Add(time.Duration(i+1)*second), 0)
	}
	require.True(t, math.IsInf(p.rate(noon), 1))
	require.Zero(t, p.wait(noon))
	require.Zero(t, p.noise())
}

func TestPaceIsWhatWasTakenBetweenRefusals(t *testing.T) {
	t.Parallel()
	var p pace
	p.refuse(noon, 0)
	for range 20 { // nothing was taken yet, so nothing is known
		p.refuse(noon, 0)
	}
	taken(&p, 40)
	now := noon.Add(second / 2)
	p.refuse(now, 0)
	require.InDelta(t, 80*0.97, p.rate(now), 1, "40 in half a second, and a little less")

	level := now.Add(1540 * time.Millisecond)
	require.InDelta(t, 80, p.rate(level), 1, "back at it soon, as 40 say little")
	require.InDelta(t, 82.4, p.rate(level.Add(1540*time.Millisecond)), 1, "and over it")
	require.Greater(t, p.rate(level.Add(10*second)), 400.0, "and fast where that proved too low")

	p = pace{}
	p.refuse(noon, 0)
	for range 200 {
		p.refused++
	}
	taken(&p, 400)
	now = noon.Add(5 * second)
	p.refuse(now, 0)
	level = now.Add(5300 * time.Millisecond)
	require.InDelta(t, 80, p.rate(level), 1, "what 400 say is left more slowly")
	require.InDelta(t, 82.4, p.rate(level.Add(5300*time.Millisecond)), 1)
	require.Greater(t, p.rate(level.Add(30*second)), 400.0)
}

// A lone refusal on the way up says that the rate lies between what was taken on average and what was tried last.
func TestPaceAfterALoneRefusal(t *testing.T) {
	t.Parallel()
	p := pace{ceiling: 160, start: paceStart, growth: paceGrowth * paceUnsure, floor: 20, since: noon, mark: noon}
	now := noon.Add(4 * second)
	require.InDelta(t, 199, p.rate(now), 1)
	taken(&p, 720)
	for range 15 {
		p.refused++
	}
	tried := p.rate(now)
	p.refuse(now, 0)
	require.InDelta(t, math.Sqrt(180*tried), p.ceiling, 1)
}

// An endpoint that takes all it is sent, but makes everybody wait most of the time, is sent less.
func TestLongHoldsSetThePace(t *testing.T) {
	t.Parallel()
	var p pace
	p.refuse(noon, 0)
	p.hold(3 * second)
	taken(&p, 800)
	for range 50 {
		p.refused++
	}
	p.refuse(noon.Add(4*second), 0)
	require.InDelta(t, math.Sqrt(200*800), p.rate(noon.Add(4*second)), 5)
}

func TestPaceSpacesCalls(t *testing.T) {
	t.Parallel()
	p := pace{ceiling: 100, start: paceStart, growth: paceGrowth, since: noon, next: noon}
	now, left := noon, 0
	for now.Before(noon.Add(second)) {
		if d := p.wait(now); d > 0 {
			now = now.Add(d)
			continue
		}
		p.send(now)
		left++
	}
	require.InDelta(t, 98, left, 2)

	late := now.Add(second)
	for range 4 {
		p.send(late)
	}
	require.Positive(t, p.wait(late), "what was not used is not saved up")
}

// While everybody is held, an endpoint may or may not save up for us.
func TestPaceAfterAHold(t *testing.T) {
	t.Parallel()
	var p pace
	p.refuse(noon, 0)
	p.hold(9 * second)
	taken(&p, 100)
	for range 60 {
		p.refused++
	}
	now := noon.Add(10 * second)
	p.refuse(now, 0)
	require.InDelta(t, math.Sqrt(10*100), p.rate(now), 1, "between 100 in 10 seconds and 100 in one")
	require.InDelta(t, 100, p.ceiling, 1)
}

// An endpoint that refuses a tenth of all calls, whatever the rate, is not followed down to nothing.
func TestSlowingDownThatDoesNotHelpIsGivenUp(t *testing.T) {
	t.Parallel()
	var p pace
	now := noon
	p.refuse(now, 0)
	lowest := math.Inf(1)
	for range 200 {
		for range 9 {
			rate := min(p.rate(now), 100)
			lowest = min(lowest, rate)
			now = now.Add(time.Duration(float64(second) / rate))
			p.answer()
		}
		p.refuse(now, 0)
	}
	require.Greater(t, lowest, 30.0)
	require.InDelta(t, 0.1, p.noise(), 0.05)
	require.True(t, math.IsInf(p.rate(now), 1))
}

func TestPaceIsAlwaysUsable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p pace
		now := noon
		for range 300 {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(second)).Draw(t, "later")))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				p.refuse(now, time.Duration(rapid.Int64Range(0, int64(second)).Draw(t, "trip")))
			case 1:
				p.hold(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "hold")))
			case 2:
				p.send(now)
			default:
				taken(&p, rapid.IntRange(1, 30).Draw(t, "taken"))
			}
			rate := p.rate(now)
			require.False(t, math.IsNaN(rate))
			require.Positive(t, rate)
		}
	})
}
