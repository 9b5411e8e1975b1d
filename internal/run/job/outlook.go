package job

import (
	"fmt"
	"math"
	"strings"

	"promptbench/internal/verdict/compare"
)

// say puts into words how far the verdicts are, for the line of progress.
func (u *until) say() {
	var parts []string
	for _, h := range u.heads {
		text := ""
		switch c := h.comparison; {
		case u.decided[h.variant] != nil:
			continue
		case u.gap:
			text = "runs to the end: trials without an outcome"
		case c.ToEnd() != "":
			text = "runs to the end: " + c.ToEnd()
		case u.next == 0:
			text = fmt.Sprintf("may stop from %s on", percent(u.share(u.looks[0])))
		default:
			text = fmt.Sprintf("%s done, %s", percent(u.share(u.looks[u.next-1])), sureOf(c.Outlook()))
		}
		if len(u.heads) > 1 {
			text = h.name + " " + text
		}
		parts = append(parts, text)
	}
	u.said = strings.Join(parts, "; ")
}

// sureOf says which verdict is the most probable.
func sureOf(o compare.Outlook) string {
	if o.Regressed > o.NoWorse {
		return percent(o.Regressed) + " sure it regressed"
	}
	return percent(o.NoWorse) + " sure it is no worse"
}

// percent prints a share, never rounded up to all.
func percent(share float64) string {
	return fmt.Sprintf("%.0f%%", math.Floor(100*share+1e-9))
}

// Outlook says how far the verdicts of a job are that stops once they are decided;
// empty for another.
func (j *Job) Outlook() string {
	if j.until == nil {
		return ""
	}
	j.until.mu.Lock()
	defer j.until.mu.Unlock()
	return j.until.said
}
