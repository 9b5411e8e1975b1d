package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/history"
)

// HistoryText prints how each grader scored, run by run, with a picture of the interval. Without All the criteria of a
// rubric are left out.
func HistoryText(w io.Writer, h history.History, graders []string, o Options) error {
	p := &printer{w: w, o: o}
	first, last := h.Runs[0].Started, h.Runs[len(h.Runs)-1].Started
	p.prose("", line(fmt.Sprintf("%s · %s · %s, %s", h.Suite, phrase.ModelAt(h.Model, h.Endpoint),
		wording.Count(len(h.Runs), "run"), phrase.Days(first, last))))
	p.sentences("", phrase.LeftOut(h.LeftOut))
	p.sentences("", phrase.Judges(h))
	p.sentences(yellow, phrase.Failed(h))
	for _, name := range graders {
		p.blank()
		p.graderHistory(h, name, o)
	}
	return p.err
}

// Widths of the picture of an interval, in terminal columns.
const (
	leastPlot = 21
	mostPlot  = 61
)

func (p *printer) graderHistory(h history.History, name string, o Options) {
	const before = 16 + 2 + 14 + 2 + 8 + 2 + 4 + 2 + 11 + 2
	width := min(mostPlot, max(leastPlot, o.width()-before))
	columns := []column{
		{Title: "started"}, {Title: "revision", Max: 14}, {Title: "contents"}, {Title: "mean", Right: true},
		{Title: "95% interval"}, {Title: scale(width)},
	}
	var rows [][]string
	for i := range h.Runs {
		r := &h.Runs[i]
		row := []string{phrase.Minute(r.Started), r.Prompt, r.Hash[:min(8, len(r.Hash))], phrase.None, phrase.None, ""}
		if g := r.Grader(name); g != nil {
			row[3], row[4] = phrase.Share(g.Mean), phrase.Between(g.CI, false)
			if g.Mean != nil && g.CI != nil {
				row[5] = plot(g.CI[0], g.CI[1], *g.Mean, width)
			}
		}
		rows = append(rows, row)
	}
	p.line("%s", o.paint(bold, line(name)))
	p.table(columns, rows)
}

// scale is the axis from 0 to 1.
func scale(width int) string {
	out := slices.Repeat([]rune{'·'}, width)
	out[0], out[width-1] = '0', '1'
	copy(out[width/2-1:], []rune("0.5"))
	return string(out)
}

// plot draws an interval and the value in it on an axis from 0 to 1.
func plot(low, high, value float64, width int) string {
	at := func(v float64) int { return int(math.Round(v * float64(width-1))) }
	out := []rune(strings.Repeat(" ", width))
	for i := at(low); i <= at(high); i++ {
		out[i] = '─'
	}
	out[at(low)], out[at(high)] = '├', '┤'
	out[at(value)] = '●'
	return string(out)
}

// TraceText says since when a case fails, and shows it in every run.
func TraceText(w io.Writer, t history.Trace, o Options) error {
	p := &printer{w: w, o: o}
	for _, s := range phrase.Since(t) {
		p.prose(bold, line(s))
	}
	p.field("input", t.Input)
	p.sentences("", phrase.LeftOut(t.LeftOut))
	p.blank()
	shown := t.Names()
	if !o.All {
		shown = history.Main(shown)
	}
	columns := []column{
		{Title: "started"}, {Title: "revision", Max: 14}, {Title: "run", Max: 42}, {Title: "said", Max: sideWidth},
		{Title: "fails", Max: 60},
	}
	if o.width() < wideEnough {
		columns = slices.Delete(columns, 2, 3)
	}
	var rows [][]string
	for i := range t.Runs {
		s := &t.Runs[i]
		var fails []string
		for _, g := range shown {
			switch s.States[g] {
			case history.Fails:
				fails = append(fails, g)
			case history.Unscored:
				fails = append(fails, g+" ?")
			}
		}
		said := phrase.Said(s.Said, s.Error)
		row := []string{phrase.Minute(s.Started), s.Prompt, s.Run, said, strings.Join(fails, ", ")}
		if len(columns) < len(row) {
			row = slices.Delete(row, 2, 3)
		}
		rows = append(rows, row)
	}
	p.table(columns, rows)
	return p.err
}
