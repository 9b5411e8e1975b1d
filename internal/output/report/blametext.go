package report

import (
	"io"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/blame"
)

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
		cells[i] = []string{row.Change(), row.Hunk, row.Effect, row.Interval, row.P, row.Tokens, row.Verdict}
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
	p.prose(bold, line(phrase.BlameBasis(r)[0]))
	p.blank()
	var cells [][]string
	for _, row := range phrase.BlameRows(r) {
		cells = append(cells, []string{row.Hunk, row.Change(), row.Text})
	}
	columns := []column{{Title: "hunk"}, {Title: "where", Max: 30}, {Title: "text"}}
	columns[2].Max = max(leastID, p.o.width()-widthBefore(columns, cells))
	p.table(columns, cells)
	p.blank()
	p.sentences("", phrase.BlamePlan(r))
}

// marginWidth is that of an effect with its sign, and of the space behind it.
const marginWidth = 7

// margin prints the prompt with the effects in the margin. Without All it leaves out lines far from every hunk.
func (p *printer) margin(r blame.Result) {
	lines := phrase.BlameExcerpt(r)
	if p.o.All {
		lines = phrase.BlameLines(r)
	}
	for _, l := range lines {
		text := line(l.Text)
		switch l.Mark {
		case phrase.MarkRole:
			text = p.o.paint(bold, text)
		case phrase.MarkFold:
		default:
			color := map[blame.Verdict]string{blame.Worse: red, blame.Better: green}[l.Verdict]
			text = p.o.paint(color, textsafe.Cut(l.Mark+" "+text, max(leastID, p.o.width()-marginWidth-2)))
		}
		p.line("%*s%s │ %s", max(0, marginWidth-1-textsafe.Width(l.Effect)), "", l.Effect, text)
	}
}
