package blame

import "strings"

// A Line is a line of the head's text, or one that the change took away.
type Line struct {
	Hunk int // from 1; 0: both base and head have it
	Gone bool
	Role string // of the message that begins here; empty within one
	Text string
}

// Lines are the texts of head and base together, in their order, each line with the hunk that it belongs to.
func (c *Change) Lines() []Line {
	var out []Line
	for _, t := range c.texts {
		role := t.role
		for i, p := range t.pieces {
			at := p.place
			if t.hunk != always {
				at = t.place
			}
			sep := ""
			if i > 0 {
				sep = longer(p.sep.in, p.sep.out)
			}
			for range strings.Count(sep, "\n") - 1 {
				out = append(out, Line{})
			}
			for l := range strings.SplitSeq(p.text, "\n") {
				out = append(out, Line{Hunk: at.hunk + 1, Gone: at.hunk != always && !at.in, Role: role, Text: l})
				role = ""
			}
		}
	}
	for _, s := range c.settings {
		h := c.Hunks[s.hunk]
		role := h.Where
		for _, side := range []struct {
			text string
			gone bool
		}{{h.Base, true}, {h.Head, false}} {
			if side.text == "" {
				continue
			}
			for l := range strings.SplitSeq(side.text, "\n") {
				out = append(out, Line{Hunk: s.hunk + 1, Gone: side.gone, Role: role, Text: l})
				role = ""
			}
		}
	}
	return out
}
