package items

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// What makes two graders move together.
const (
	closeEnough = 0.9 // correlation of their values
	fewest      = 30  // replies that both scored
	mostGraders = 60  // beyond these none is looked at, since pairs grow with the square
)

// A Together is two graders whose values rise and fall together over replies.
type Together struct {
	Graders     [2]string `json:"graders"`
	Replies     int       `json:"replies"` // that both scored, and that could be read in full
	Agree       float64   `json:"agree"`   // share of them that both pass or both fail
	Correlation float64   `json:"correlation"`
}

// moments are the sums that a correlation takes.
type moments struct {
	n, x, y, xx, yy, xy float64
	agree               float64
}

func (m *moments) add(x, y float64, agree bool) {
	m.n++
	m.x += x
	m.y += y
	m.xx += x * x
	m.yy += y * y
	m.xy += x * y
	if agree {
		m.agree++
	}
}

// correlation is Pearson's; NaN where one of them never changes.
func (m *moments) correlation() float64 {
	vx, vy := m.xx-m.x*m.x/m.n, m.yy-m.y*m.y/m.n
	if vx < 1e-9 || vy < 1e-9 {
		return math.NaN()
	}
	return min(1, (m.xy-m.x*m.y/m.n)/math.Sqrt(vx*vy))
}

func (c *Collector) addTrial(v *variant, at int, run *runfile.Run, t *runfile.Trial) {
	one := reply{of: at, trial: t.Trial, at: -int64(c.out.Runs)} // where no call says when it was made
	call := summary.ReplyTo(run, t)
	if call != nil && !call.At.IsZero() {
		one.at = call.At.UnixNano()
	}
	if v.seen[one] {
		return
	}
	v.seen[one] = true
	// Every grader scores 0 what could not be read or was cut off, so such replies would make all of them move together.
	whole := t.Read == nil || t.Read.Format != "" || !run.Header.ReadsReplies()
	whole = whole && (call == nil || runfile.FinishReason(call.FinishReason) != runfile.FinishLength)
	type scored struct {
		grader int
		value  float64
		pass   bool
	}
	var all []scored
	for i := range t.Scores {
		s := &t.Scores[i]
		if s.Value == nil {
			continue
		}
		k := c.graderAt(s.Grader, i)
		for len(v.cells[at]) <= k {
			v.cells[at] = append(v.cells[at], tally{})
		}
		cell := &v.cells[at][k]
		cell.scored++
		if s.Pass {
			cell.passed++
		}
		if whole && k < mostGraders {
			all = append(all, scored{k, *s.Value, s.Pass})
		}
	}
	for i, x := range all {
		for _, y := range all[:i] {
			key := [2]int{min(x.grader, y.grader), max(x.grader, y.grader)}
			m := c.pairs[key]
			if m == nil {
				m = &moments{}
				c.pairs[key] = m
			}
			m.add(x.value, y.value, x.pass == y.pass)
		}
	}
}

// graderAt returns the number of a grader, which most likely is hint.
func (c *Collector) graderAt(name string, hint int) int {
	if hint < len(c.names) && c.names[hint] == name {
		return hint
	}
	if k := slices.Index(c.names, name); k >= 0 {
		return k
	}
	c.names = append(c.names, name)
	return len(c.names) - 1
}

// together finds the pairs of graders that move together. A rubric moves with its criteria by definition.
func (c *Collector) together() []Together {
	out := []Together{}
	for key, m := range c.pairs {
		a, b := c.names[key[0]], c.names[key[1]]
		r := m.correlation()
		if m.n < fewest || !(r >= closeEnough) || strings.HasPrefix(b, a+"/") || strings.HasPrefix(a, b+"/") {
			continue
		}
		out = append(out, Together{[2]string{a, b}, int(m.n), m.agree / m.n, r})
	}
	slices.SortFunc(out, func(x, y Together) int {
		return cmp.Or(cmp.Compare(y.Correlation, x.Correlation), cmp.Compare(x.Graders[0], y.Graders[0]),
			cmp.Compare(x.Graders[1], y.Graders[1]))
	})
	return out
}
