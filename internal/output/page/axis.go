package page

import (
	"fmt"
	"math"
	"strings"

	"promptbench/internal/output/phrase"
)

// An axis is what the intervals of several graders are drawn on. Places on it are percentages of its width, so that it
// fits any screen.
type axis struct{ low, high float64 }

// around is an axis that shows all values and zero, with some room beside them.
func around(values []float64) axis {
	a := axis{}
	for _, v := range values {
		a.low, a.high = math.Min(a.low, v), math.Max(a.high, v)
	}
	room := 0.06 * math.Max(a.high-a.low, 0.1)
	return axis{math.Max(a.low-room, -1.02), math.Min(a.high+room, 1.02)}
}

func (a axis) at(v float64) string {
	return fmt.Sprintf("%.2f%%", a.share(v))
}

func (a axis) share(v float64) float64 {
	return 100 * math.Min(1, math.Max(0, (v-a.low)/(a.high-a.low)))
}

// A Tick is a labelled place.
type Tick struct {
	At, Label string
	Zero      bool
}

// mostTicks is how many labels fit side by side.
const mostTicks = 7

// ticks are round values, at most so many that their labels stay apart.
func (a axis) ticks(sign bool) []Tick {
	step := 1.0
	for _, s := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5} {
		if (a.high-a.low)/s <= mostTicks {
			step = s
			break
		}
	}
	var out []Tick
	for i := math.Ceil(a.low / step); i*step <= a.high+1e-9; i++ {
		v := i * step
		label := strings.TrimSuffix(strings.TrimSuffix(phrase.Signed(&v), "0"), ".0")
		if !sign {
			label = strings.TrimPrefix(label, "+")
		}
		out = append(out, Tick{At: a.at(v), Label: label, Zero: i == 0})
	}
	return out
}

// A Bar is one interval on an axis.
type Bar struct {
	Low, High, Width, Point string // places
	Band, BandWidth         string // the margin within which a drop is no worse
	Marks                   []Tick // what the value is held to
}

// bar draws an interval and the value in it.
func (a axis) bar(low, high, point float64) *Bar {
	width := fmt.Sprintf("%.2f%%", a.share(high)-a.share(low))
	return &Bar{Low: a.at(low), High: a.at(high), Width: width, Point: a.at(point)}
}
