package page

import (
	"io"
	"net/url"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

type runLink struct {
	ID, URL                string
	Started, Prompt, Suite string
	Model, Cases, Status   string
	Scores                 []string
	Verdict, Against, Pair string // the verdict, in words with its base, and the page of the comparison
	Base, Head             bool   // chosen to be compared at first
	Hunks                  string // how many of a change are blamed; such a run can't be compared
}

// Index lists runs, the newest first, each with how it did, by path, a link to it and two buttons to choose what to
// compare. It is only of use where it is served: /run takes a run as id, and /compare takes a base and a head.
func Index(w io.Writer, runs []runfile.Found, did map[string]compare.Standing, links []Link) error {
	var rows []runLink
	for _, f := range runs {
		h, s := f.Header, did[f.Path]
		row := runLink{
			ID: h.Run, URL: "run?id=" + url.QueryEscape(h.Run), Started: phrase.Minute(h.Started),
			Prompt: textsafe.Cell(h.Prompt.Name), Suite: textsafe.Cell(h.Suite.Name),
			Model: textsafe.Cell(phrase.Model(h.Model)), Cases: phrase.None, Status: string(f.Status),
			Scores: cells(phrase.Scores(s)),
		}
		if s.Cases > 0 {
			row.Cases = phrase.Extent(h, s)
		}
		if h.Blame != nil {
			row.Hunks = "blame of " + wording.Count(len(h.Blame.Hunks), "hunk")
		}
		if f.Errors > 0 {
			row.Status += ", " + wording.Count(f.Errors, "error")
		}
		if s.Verdict != nil {
			row.Verdict, row.Against = string(*s.Verdict), textsafe.Cell(phrase.Against(s))
			row.Pair = "compare?" + url.Values{"base": {s.Base}, "head": {h.Run}}.Encode()
		}
		rows = append(rows, row)
	}
	if base, head := toCompare(runs); base >= 0 {
		rows[base].Base, rows[head].Head = true, true
	}
	return write(w, "index.tmpl", frame{Title: "Runs", Links: links}, rows)
}

// toCompare returns the newest complete run and the one before it over the same suite on the same model, else on
// another one; -1 if there is no such pair.
func toCompare(runs []runfile.Found) (base, head int) {
	for _, anyModel := range []bool{false, true} {
		for head, newest := range runs {
			for i, f := range runs[head+1:] {
				if newest.IsWhole() && f.IsWhole() && f.Header.Suite.Name == newest.Header.Suite.Name &&
					(anyModel || f.Header.Model.Same(newest.Header.Model)) {
					return head + 1 + i, head
				}
			}
		}
	}
	return -1, -1
}

// Message is a page that says one thing: why there is nothing else.
func Message(w io.Writer, title, text string, links []Link) error {
	body := struct{ Title, Text string }{title, textsafe.Block(text)}
	return write(w, "message.tmpl", frame{Title: title, Links: links}, body)
}
