package page

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/history"
)

type pastView struct {
	Others      []Link // other histories
	Title, Lead string
	Notes       []string
	Legend      []series
	Charts      []chart
	Rows        []pastRow
	Graders     []string
}

// A series is one revision; Color numbers it.
type series struct {
	Name  string
	Color int
}

// A chart draws how one grader scored, run by run. Places are percentages of its width, heights are pixels from its
// top.
type chart struct {
	Grader string
	From   string // the day of the first run
	To     string // and of the last; empty where it is the same day
	Levels []level
	Lines  []segment
	Points []point
}

type level struct {
	Y     string
	Label string
}

// A segment joins two runs of one revision.
type segment struct {
	X1, X2, Y1, Y2 string
	Color          int
}

type point struct {
	X, Y, Low, High string
	Color           int
	Title           string
}

type pastRow struct {
	Started, Prompt, Contents, Run, URL string
	Calls                               string
	Color                               int
	Values                              []string
}

// colors is how many revisions have a colour of their own.
const colors = 6

// Heights of a chart, in pixels.
const (
	chartTop    = 8
	chartHeight = 150
)

// History writes the scores of the revisions over time as one file: a chart for each of the graders, and the numbers.
// Where it is served, runs are links, and so are other histories.
func History(w io.Writer, h history.History, graders []string, links, others []Link) error {
	v := pastView{
		Title:   textsafe.Cell("History of " + h.Suite),
		Notes:   cells(slices.Concat(phrase.LeftOut(h.LeftOut), phrase.Failed(h), phrase.Judges(h))),
		Graders: cells(graders), Others: others,
		Lead: textsafe.Cell(
			fmt.Sprintf("%s · %s", phrase.ModelAt(h.Model, h.Endpoint), wording.Count(len(h.Runs), "run")),
		),
	}
	color := map[string]int{}
	for i, name := range slices.Sorted(slices.Values(h.Prompts())) {
		color[name] = i % colors
		v.Legend = append(v.Legend, series{textsafe.Cell(name), i % colors})
	}
	for _, g := range graders {
		v.Charts = append(v.Charts, chartOf(h, g, color))
	}
	for i := len(h.Runs) - 1; i >= 0; i-- {
		v.Rows = append(v.Rows, rowOf(&h.Runs[i], graders, color, len(links) > 0))
	}
	return write(w, "history.tmpl", frame{Title: v.Title, Links: links}, v)
}

func rowOf(r *history.Run, graders []string, color map[string]int, served bool) pastRow {
	row := pastRow{
		Started: phrase.Minute(r.Started), Prompt: textsafe.Cell(r.Prompt),
		Contents: textsafe.Cell(r.Hash[:min(8, len(r.Hash))]),
		Run:      textsafe.Cell(r.ID), Color: color[r.Prompt], Calls: fmt.Sprintf("%d new of %d", r.Calls, r.Cases*r.Trials),
	}
	if served {
		row.URL = "run?id=" + url.QueryEscape(r.ID)
	}
	for _, name := range graders {
		value := phrase.None
		if g := r.Grader(name); g != nil && g.Mean != nil {
			value = fmt.Sprintf("%s  %s", phrase.Share(g.Mean), phrase.Between(g.CI, false))
		}
		row.Values = append(row.Values, value)
	}
	return row
}

func chartOf(h history.History, grader string, color map[string]int) chart {
	c := chart{Grader: textsafe.Cell(grader)}
	height := func(v float64) string { return fmt.Sprintf("%.1f", chartTop+(1-v)*chartHeight) }
	place := func(i int) string { return fmt.Sprintf("%.2f%%", 100*(float64(i)+0.5)/float64(len(h.Runs))) }
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		c.Levels = append(c.Levels, level{height(v), fmt.Sprint(v)})
	}
	c.From, c.To = h.Runs[0].Started.UTC().Format(time.DateOnly), h.Runs[len(h.Runs)-1].Started.UTC().Format(time.DateOnly)
	if c.To == c.From {
		c.To = ""
	}
	last := map[string]point{} // by revision
	for i := range h.Runs {
		r := &h.Runs[i]
		g := r.Grader(grader)
		if g == nil || g.Mean == nil || g.CI == nil {
			continue
		}
		p := point{
			X: place(i), Y: height(*g.Mean), Low: height(g.CI[0]), High: height(g.CI[1]), Color: color[r.Prompt],
			Title: textsafe.Cell(fmt.Sprintf("%s, %s: %s, 95%% interval %s",
				r.Prompt, phrase.Minute(r.Started), phrase.Share(g.Mean), phrase.Between(g.CI, false))),
		}
		if before, ok := last[r.Prompt]; ok {
			c.Lines = append(c.Lines, segment{before.X, p.X, before.Y, p.Y, p.Color})
		}
		last[r.Prompt] = p
		c.Points = append(c.Points, p)
	}
	return c
}
