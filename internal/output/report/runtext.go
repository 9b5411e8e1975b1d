package report

import (
	"fmt"
	"io"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// RunText prints a run for people: what it rests on, a line per grader, the
// types it confused, and the cases that failed.
func RunText(w io.Writer, s summary.Summary, o Options) error {
	p := &printer{w: w, o: o}
	p.sentences("", phrase.RunBasis(s))
	p.sentences(red, phrase.RunTroubles(s))
	p.blank()
	if len(s.Graders) == 0 {
		p.line("No trial was graded.")
		return p.err
	}
	if s.Basis.Replies == 0 {
		p.prose("", phrase.FailedCases(s)+".")
		p.gates(s.Gates, o)
		return p.err
	}
	p.table(graderColumns(s.Trials), graderRows(s.Graders, s.Trials))
	p.reliability(phrase.RunInforming(s.Graders), phrase.RunCorrected(s.Graders))
	p.gates(s.Gates, o)
	if o.Brief {
		return p.err
	}
	p.types(phrase.RunTypes(s))
	p.failed(s, o)
	p.flaky(s, o)
	return p.err
}

func graderColumns(trials int) []column {
	columns := append([]column{{Title: "grader"}}, right(phrase.RunColumns(trials)...)...)
	columns[2].Right = false // the interval
	return columns
}

func graderRows(graders []summary.Grader, trials int) [][]string {
	rows := make([][]string, len(graders))
	for i, g := range graders {
		rows[i] = append([]string{g.Grader}, phrase.RunCells(g, trials)...)
	}
	return rows
}

// gates says of every absolute gate whether it is met.
func (p *printer) gates(gates []summary.GateResult, o Options) {
	if len(gates) > 0 {
		p.blank()
	}
	for _, g := range gates {
		color := green
		switch {
		case g.Shortfall != "":
			color = yellow
		case !g.Pass:
			color = red
		}
		p.line("%s", o.paint(color, line(g.String())))
	}
}

// flaky lists the cases that pass a grader in some trials only.
func (p *printer) flaky(s summary.Summary, o Options) {
	if len(s.Flaky) == 0 {
		return
	}
	p.blank()
	shown, more := s.Flaky, ""
	if !o.All && len(shown) > fewCases {
		shown, more = shown[:fewCases], fmt.Sprintf("; the first %d (--all)", fewCases)
	}
	p.line("Flaky, passing a grader in some trials only: %d%s", len(s.Flaky), more)
	rows := make([][]string, len(shown))
	for i, f := range shown {
		rows[i] = []string{f.Case, f.Grader, fmt.Sprintf("%d of %d", f.Passed, f.Scored)}
	}
	p.table([]column{{Title: "case", Max: idWidth}, {Title: "grader", Max: idWidth}, {Title: "trials that pass"}}, rows)
}

// types prints how many replies have the type that their case expects, and what the others are.
func (p *printer) types(t phrase.TypeTable) {
	if len(t.Rows) == 0 {
		return
	}
	columns, cells := make([]column, len(t.Titles)), make([][]string, len(t.Rows))
	for i, title := range t.Titles {
		columns[i] = column{Title: title}
	}
	for i, r := range t.Rows {
		cells[i] = r.Cells
	}
	columns[0].Max = 24
	if p.o.Width > 0 {
		columns[len(columns)-1].Max = max(leastWhy, p.o.Width-widthBefore(columns, cells))
	}
	p.blank()
	p.table(columns, cells)
}

func (p *printer) failed(s summary.Summary, o Options) {
	p.blank()
	shown, head := s.Failed, phrase.FailedCases(s)
	if len(shown) == 0 {
		p.prose("", head+".")
		return
	}
	if !o.All && len(shown) > fewCases {
		shown = shown[:fewCases]
		head += fmt.Sprintf("; the first %d (--all, or show --case ID)", fewCases)
	}
	p.prose("", head+":")
	p.failures(failedLines(shown, nil))
}

// failures prints cases that fail, as a table.
func (p *printer) failures(rows []caseLine) {
	t := caseTable{first: "case", sides: []string{"said"}, last: "fails", width: p.o.width(), rows: rows}
	p.check(t.write(p.w))
}

// failedLines are cases that fail; with their replies, if the run is given.
func failedLines(list []summary.Case, run *runfile.Run) []caseLine {
	lines := make([]caseLine, len(list))
	for i, c := range list {
		said := phrase.Said(c.Said, c.Error)
		if run != nil && c.Begins == nil && c.Error == "" {
			if call := firstReply(run, c.ID); call != nil {
				said += ` "` + run.Header.Quote(wideReply)(call.Reply) + `"`
			}
		}
		lines[i] = caseLine{id: c.ID, input: c.Case.Input, sides: []string{said}, last: phrase.FailedGraders(c)}
	}
	return lines
}
