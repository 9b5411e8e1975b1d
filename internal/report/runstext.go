package report

import (
	"fmt"
	"io"
	"time"

	"promptbench/internal/report/phrase"
	"promptbench/internal/runfile"
)

// RunsText lists run files, of all that there are in a directory.
func RunsText(w io.Writer, dir string, list []runfile.Found, all int, o Options) error {
	p := &printer{w: w, o: o}
	if len(list) == 0 {
		p.line("No run in %s.", line(dir))
		return p.err
	}
	columns := []column{{Title: "run", Max: max(40, o.width()-40)}, {Title: "suite", Max: 12}, {Title: "status"}, {Title: "trials", Right: true}, {Title: "calls", Right: true}, {Title: "errors", Right: true}}
	rows := make([][]string, len(list))
	for i, f := range list {
		rows[i] = []string{f.Header.Run, f.Header.Suite.Name, string(f.Status), phrase.None, phrase.None, phrase.None}
		if e := f.End; e != nil {
			rows[i][3], rows[i][4], rows[i][5] = fmt.Sprint(e.Trials), fmt.Sprint(e.Calls), fmt.Sprint(e.Errors)
		}
	}
	p.table(columns, rows)
	if all > len(list) {
		p.line("and %d older (--last 0)", all-len(list))
	}
	return p.err
}

// A runLine is one run file in JSON.
type runLine struct {
	Run      string         `json:"run"`
	Path     string         `json:"path"`
	Prompt   string         `json:"prompt"`
	Hash     string         `json:"prompt_hash"`
	Suite    string         `json:"suite"`
	Model    string         `json:"model"`
	Endpoint string         `json:"endpoint"`
	Status   runfile.Status `json:"status"`
	Trials   *int           `json:"trials"` // lines written; null where the run was not closed
	Calls    *int           `json:"calls"`
	Replayed *int           `json:"replayed"`
	Errors   *int           `json:"errors"`
	Unscored *int           `json:"unscored"`
	Started  time.Time      `json:"started"`
	Source   string         `json:"regraded_from,omitempty"`
}

// RunsJSON prints a JSON object for each run file, one a line.
func RunsJSON(w io.Writer, list []runfile.Found) error {
	for _, f := range list {
		h := f.Header
		l := runLine{
			Run: h.Run, Path: f.Path, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash, Suite: h.Suite.Name, Model: h.Model.ID, Endpoint: h.Model.Endpoint,
			Status: f.Status, Started: h.Started, Source: h.Source,
		}
		if e := f.End; e != nil {
			l.Trials, l.Calls, l.Replayed, l.Errors, l.Unscored = &e.Trials, &e.Calls, &e.Replayed, &e.Errors, &e.Unscored
		}
		if err := writeJSON(w, l); err != nil {
			return err
		}
	}
	return nil
}
