package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
)

// shownCases is how many cases a cause shows.
const shownCases = 3

// CausesText prints why the cases of a run fail, the most frequent cause first, each with a few cases; with limit, so
// many. What follows from wrong types comes last, without cases.
func CausesText(w io.Writer, title string, found []causes.Cause, limit int, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold, line(title))
	for i, c := range found {
		if !c.Follows() || !found[max(0, i-1)].Follows() {
			p.blank()
		}
		if c.Follows() && !found[max(0, i-1)].Follows() {
			p.prose("", "These causes may follow from a wrong type; fix the types first:")
		}
		p.cause("", c, cmp.Or(max(limit, 0), shownCases))
	}
	return p.err
}

// cause prints a cause with its first cases. Before comes before its name.
func (p *printer) cause(before string, c causes.Cause, limit int) {
	what := fmt.Sprintf("%s · %s", wording.Count(len(c.Cases), "case"), phrase.Cause(c))
	if c.Follows() {
		p.prose("", before+line(what+" · "+phrase.CauseTags(c)))
		return
	}
	p.prose("", before+line(what))
	if len(c.Tags) > 0 {
		p.prose("", hanging+line(phrase.CauseTags(c)))
	}
	shown := c.Cases[:min(limit, len(c.Cases))]
	id := 0
	for _, k := range shown {
		id = max(id, min(textsafe.Width(line(k.Case)), idWidth))
	}
	for _, k := range shown {
		name := fit(line(k.Case), idWidth)
		space := strings.Repeat(" ", id-textsafe.Width(name)+gap)
		p.line("%s", fit(hanging+name+space+line(k.Input), p.o.width()))
	}
	if more := len(c.Cases) - len(shown); more > 0 {
		p.line("%s… %d more", hanging, more)
	}
}
