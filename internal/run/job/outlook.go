package job

import (
	"fmt"
	"math"

	"promptbench/internal/verdict/compare"
)

// say puts into words how far the verdicts are, for the line of progress.
func (u *until) say() {
	u.said = []string{"from " + percent(u.share(u.looks[0])) + " on it may stop"}
	if u.next > 0 {
		u.said[0] = percent(u.share(u.looks[u.next-1])) + " done"
	}
	for _, h := range u.heads {
		var text string
		switch c := h.comparison; {
		case u.decided[h.variant] != nil:
			continue
		case u.gap:
			text = "runs to the end: some trials have no outcome"
		case c.ToEnd() != "":
			text = "runs to the end: " + c.ToEnd()
		case u.next > 0:
			text = sureOf(c.Outlook())
		default:
			continue
		}
		if len(u.heads) > 1 {
			text = h.name + " " + text
		}
		u.said = append(u.said, text)
	}
	if u.next == 0 && !u.mayStop() {
		u.said = u.said[1:]
	}
}

// sureOf says which verdict is the most probable.
func sureOf(o compare.Outlook) string {
	if o.Regressed > o.NoWorse {
		return "regressed: " + percent(o.Regressed) + " sure"
	}
	return "no worse: " + percent(o.NoWorse) + " sure"
}

// percent prints a share, never rounded up to all.
func percent(share float64) string {
	return fmt.Sprintf("%.0f%%", math.Floor(100*share+1e-9))
}

// Outlook says how far the verdicts of a job are that stops once they are decided;
// nil for another.
func (j *Job) Outlook() []string {
	if j.until == nil {
		return nil
	}
	j.until.mu.Lock()
	defer j.until.mu.Unlock()
	return j.until.said
}
