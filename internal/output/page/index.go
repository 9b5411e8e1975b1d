package page

import (
	"fmt"
	"io"
	"net/url"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

type runLink struct {
	ID, URL                 string
	Started, Prompt, Suite  string
	Model, Status           string
	Trials, Calls, Problems string
	Whole                   bool
}

// Index lists runs, the newest first, each with a link to it and two buttons to
// choose what to compare. It is only of use where it is served: /run takes a run
// as id, and /compare takes a base and a head.
func Index(w io.Writer, runs []runfile.Found, links []Link) error {
	var rows []runLink
	for _, f := range runs {
		h := f.Header
		row := runLink{
			ID: h.Run, URL: "/run?id=" + url.QueryEscape(h.Run), Started: phrase.Minute(h.Started),
			Prompt: textsafe.Cell(h.Prompt.Name), Suite: textsafe.Cell(h.Suite.Name), Model: textsafe.Cell(h.Model.ID),
			Status: string(f.Status), Trials: phrase.None, Calls: phrase.None,
			Whole: f.Status == runfile.Complete && h.Selected == nil,
		}
		if h.Selected != nil {
			row.Status += ", a part of the suite"
		}
		if e := f.End; e != nil {
			row.Trials, row.Calls = fmt.Sprint(e.Trials), fmt.Sprint(e.Calls)
			if e.Errors > 0 {
				row.Problems = wording.Count(e.Errors, "error")
			}
		}
		rows = append(rows, row)
	}
	return write(w, "index.tmpl", frame{Title: "Runs", Links: links}, rows)
}

// Message is a page that says one thing: why there is nothing else.
func Message(w io.Writer, title, text string, links []Link) error {
	body := struct{ Title, Text string }{title, textsafe.Block(text)}
	return write(w, "message.tmpl", frame{Title: title, Links: links}, body)
}
