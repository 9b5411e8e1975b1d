package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
)

// fewLines is how many lines around a hunk a terminal shows of what did not change.
const fewLines = 2

// BlameText prints what each hunk of a change does, and the prompt with the effects in the margin.
func BlameText(w io.Writer, r blame.Result, o Options) error {
	p := &printer{w: w, o: o}
	if r.Plan != nil {
		p.blamePlan(r)
		return p.err
	}
	p.prose(bold, line(phrase.BlameHeadline(r)))
	p.sentences("", phrase.BlameBasis(r))
	p.blank()
	rows := phrase.BlameRows(r)
	columns := append([]column{{Title: "where", Max: 30}}, right("hunk", "effect", "95% interval", "p", "tokens")...)
	columns = append(columns, column{Title: "verdict"})
	cells := make([][]string, len(rows))
	for i, row := range rows {
		cells[i] = []string{row.Where, row.Hunk, row.Effect, row.Interval, row.P, row.Tokens, row.Verdict}
	}
	narrow(columns, cells, o.width())
	p.table(columns, cells)
	p.blank()
	p.sentences("", phrase.BlameSlices(r))
	p.sentences("", phrase.BlameNotes(r))
	p.blank()
	p.margin(r)
	return p.err
}

// blamePlan lists the hunks and what the calls would cost.
func (p *printer) blamePlan(r blame.Result) {
	p.prose(bold, line(fmt.Sprintf("%s: nothing is sent", phrase.BlameBasis(r)[0])))
	p.line("tokens %s · cost %s", spread(r.Plan.Tokens, "%.0f"), spread(r.Plan.Cost, "%.4f"))
	p.blank()
	var cells [][]string
	for _, row := range phrase.BlameRows(r) {
		cells = append(cells, []string{row.Hunk, row.Where, row.Text})
	}
	columns := []column{{Title: "hunk"}, {Title: "where", Max: 30}, {Title: "text"}}
	columns[2].Max = max(leastID, p.o.width()-widthBeside([]column{{}, columns[0], columns[1]}, shifted(cells)))
	p.table(columns, cells)
	p.blank()
	if r.Confirming > 0 {
		p.prose("", fmt.Sprintf("To confirm the hunk that is named takes up to %s more.", wording.Count(r.Confirming, "call")))
	}
	if r.Plan.Judging > 0 {
		p.prose("", fmt.Sprintf("The judge is asked up to %d times more; the tokens and the cost do not include that.",
			r.Plan.Judging))
	}
}

// shifted puts an empty cell before each row.
func shifted(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = append([]string{""}, row...)
	}
	return out
}

// margin prints the prompt with the effects in the margin. Of what did not change it prints the lines around the hunks.
func (p *printer) margin(r blame.Result) {
	lines := phrase.BlameLines(r)
	shown := make([]bool, len(lines))
	for i, l := range lines {
		for k := max(0, i-fewLines); k <= i+fewLines && k < len(lines); k++ {
			shown[k] = shown[k] || l.Hunk > 0 || p.o.All
		}
		shown[i] = shown[i] || l.Mark == ""
	}
	const width = 7 // of an effect with its hunk's sign
	folded := 0
	for i, l := range lines {
		if !shown[i] {
			folded++
			continue
		}
		if folded > 0 {
			p.line("%s│ …", strings.Repeat(" ", width))
			folded = 0
		}
		if l.Mark == "" {
			p.line("%s│ %s", strings.Repeat(" ", width), p.o.paint(bold, line(l.Text)))
			continue
		}
		color := map[blame.Verdict]string{blame.Worse: red, blame.Better: green}[l.Verdict]
		text := textsafe.Cut(line(l.Mark+" "+l.Text), max(leastID, p.o.width()-width-2))
		p.line("%s%s│ %s", strings.Repeat(" ", max(0, width-1-textsafe.Width(l.Effect))), l.Effect+" ", p.o.paint(color, text))
	}
}
