package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/blame"
)

// Limits of a change in Markdown.
const (
	mdHunks   = 60
	mdPrompt  = 400 // lines
	mdMargin  = 200 // terminal columns of a line of the prompt
	leastTick = 3   // backticks of a fence
)

// blameMarkdown prints what each hunk of a change does, for a comment on a pull request: the table, and the prompt with
// the effects in the margin as a diff.
func blameMarkdown(w io.Writer, r blame.Result, o Options) error {
	m := &markdown{w: w, o: o}
	d := m.begin(fmt.Sprintf("What changed %s: %s", code(r.Grader), code(phrase.BlameChange(r))))
	if r.Plan == nil {
		d.add("<strong>" + mdText(phrase.BlameHeadline(r), mdSentence) + "</strong>\n\n")
	}
	d.lines(phrase.BlameBasis(r))
	rows := phrase.BlameRows(r)
	if r.Plan != nil {
		d.table([]string{"hunk", "where", "text"}, "rll", mdHunks, len(rows), func(i int) []string {
			return []string{rows[i].Hunk, code(rows[i].Change()), code(rows[i].Text)}
		})
		d.lines(phrase.BlamePlan(r))
		return m.end(d)
	}
	head := []string{"hunk", "where", "effect", "95% interval", "p", "tokens", "verdict"}
	d.table(head, "rlrlrrl", mdHunks, len(rows), func(i int) []string {
		row := rows[i]
		verdict := row.Verdict
		if verdict != string(blame.Open) {
			verdict = "<strong>" + verdict + "</strong>"
		}
		return []string{
			row.Hunk, code(row.Change()), row.Effect, mdText(row.Interval, mdName), mdText(row.P, mdName), row.Tokens, verdict,
		}
	})
	d.lines(slices.Concat(phrase.BlameSlices(r), phrase.BlameNotes(r)))
	d.margin(phrase.BlameExcerpt(r))
	return m.end(d)
}

// margin is the prompt as a diff with the effects in the margin, in a fold.
func (d *mdResult) margin(lines []phrase.BlameLine) {
	const opening = "<details><summary>The prompt, with the effect of each hunk</summary>\n\n"
	const closing = "</details>\n\n"
	const ending = 20
	fence := leastTick
	text := make([]string, 0, len(lines))
	room := d.room - len(d.text) - len(opening) - len(closing) - ending
	for i, l := range lines {
		// A diff's sign comes first, so that GitHub colours the line.
		sign := map[string]string{phrase.MarkAdded: "+", phrase.MarkGone: "-"}[l.Mark]
		one := fmt.Sprintf("%-1s%*s%s │ %s", sign, max(0, marginWidth-1-textsafe.Width(l.Effect)), "", l.Effect,
			textsafe.Cut(textsafe.Cell(l.Text), mdMargin))
		if room -= len(one) + 1; room < 0 || i == mdPrompt {
			text = append(text, phrase.MarkFold)
			break
		}
		fence = max(fence, 1+longestRun(one, '`'))
		text = append(text, one)
	}
	ticks := strings.Repeat("`", fence)
	d.add(opening + ticks + "diff\n" + strings.Join(text, "\n") + "\n" + ticks + "\n\n" + closing)
}

// longestRun is how often a letter comes in a row at most.
func longestRun(s string, of rune) int {
	longest, n := 0, 0
	for _, r := range s {
		if r != of {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
