package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
)

// shownCases is how many cases a cause shows.
const shownCases = 3

// CausesText prints why the cases of a run fail, the most frequent cause first, each with a few cases; with limit, so many.
func CausesText(w io.Writer, title string, found []causes.Cause, limit int, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold, line(title))
	if limit <= 0 {
		limit = shownCases
	}
	for _, c := range found {
		p.blank()
		p.prose("", line(fmt.Sprintf("%s · %s", wording.Count(len(c.Cases), "case"), causeName(c))))
		if len(c.Tags) > 0 {
			p.prose("", hanging+line("more often with "+tagShares(c.Tags[:min(len(c.Tags), shownCases)])))
		}
		shown := c.Cases[:min(limit, len(c.Cases))]
		id := 0
		for _, k := range shown {
			id = max(id, min(textsafe.Width(line(k.Case)), idWidth))
		}
		for _, k := range shown {
			name := fit(line(k.Case), idWidth)
			space := strings.Repeat(" ", id-textsafe.Width(name)+gap)
			p.line("%s", fit(hanging+name+space+line(k.Input), o.width()))
		}
		if more := len(c.Cases) - len(shown); more > 0 {
			p.line("%s… %d more", hanging, more)
		}
	}
	return p.err
}

// causeName is a cause in words, its grader first.
func causeName(c causes.Cause) string {
	switch {
	case c.Grader == "":
		return c.What
	case c.What == "":
		return c.Grader + " (the reasons differ)"
	}
	return c.Grader + ": " + c.What
}

// tagShares lists tags with how many of their cases fail.
func tagShares(tags []causes.Tag) string {
	words := make([]string, len(tags))
	for i, t := range tags {
		words[i] = fmt.Sprintf("%s (%d of %d)", t.Tag, t.Failed, t.Of)
	}
	return wording.List(words)
}
