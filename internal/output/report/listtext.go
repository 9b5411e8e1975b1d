package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
)

// A Listing is what a project has: what the commands can be asked about. Files with errors are in Unreadable alone.
type Listing struct {
	Schema     int            `json:"schema"`
	Prompts    []ListedPrompt `json:"prompts"`
	Suites     []ListedSuite  `json:"suites"`
	Models     []ListedModel  `json:"models"`
	Model      string         `json:"model,omitempty"`  // that calls go to by default, by name
	Judge      string         `json:"judge,omitempty"`  // likewise
	Editor     string         `json:"editor,omitempty"` // likewise
	Baselines  []string       `json:"baselines"`        // run files that are there
	Unreadable []string       `json:"unreadable"`       // files; validate says why
}

// A ListedPrompt is one prompt file.
type ListedPrompt struct {
	Name        string `json:"name"`
	Path        string `json:"path"`
	Hash        string `json:"hash"` // of what it sends
	Description string `json:"description,omitempty"`
	Model       string `json:"model,omitempty"` // the id that the file suggests
	ReplyFormat string `json:"reply_format,omitempty"`
}

// A ListedSuite is one suite. Of its sealed cases only the number is told.
type ListedSuite struct {
	Name        string   `json:"name"`
	Path        string   `json:"path"`
	Default     bool     `json:"default"` // without --suite
	Description string   `json:"description,omitempty"`
	Cases       int      `json:"cases"` // that are not sealed
	Sealed      int      `json:"sealed"`
	Types       []string `json:"types"`
	Tags        []string `json:"tags"`
	Graders     []string `json:"graders"` // the names of the scores
	Programs    bool     `json:"programs"`
}

// A ListedModel is one model of the config. Neither keys nor addresses are told.
type ListedModel struct {
	Name     string `json:"name"`
	ID       string `json:"id"`
	Endpoint string `json:"endpoint,omitempty"`
	Priced   bool   `json:"priced"`
}

// ListText prints a listing as tables.
func ListText(w io.Writer, l Listing, o Options) error {
	p := &printer{w: w, o: o}
	var prompts [][]string
	for _, f := range l.Prompts {
		prompts = append(prompts, []string{line(f.Path), line(f.Description)})
	}
	p.section([]column{{Title: "prompt"}, {Title: "description", Max: 80}}, prompts, "No prompt in prompts.")
	var suites [][]string
	for _, s := range l.Suites {
		cases := fmt.Sprint(s.Cases)
		if s.Sealed > 0 {
			cases += fmt.Sprintf(" + %d sealed", s.Sealed)
		}
		path := line(s.Path)
		if s.Default {
			path += " (default)"
		}
		suites = append(suites, []string{path, cases, line(strings.Join(s.Types, ", ")), line(strings.Join(s.Graders, ", "))})
	}
	p.section([]column{
		{Title: "suite"}, {Title: "cases", Right: true}, {Title: "types", Max: 40}, {Title: "scores", Max: 60},
	}, suites, "No suite in cases.")
	var models [][]string
	for _, m := range l.Models {
		var roles []string
		for _, role := range []struct{ name, of string }{{l.Model, "default"}, {l.Judge, "judge"}, {l.Editor, "editor"}} {
			if role.name == m.Name {
				roles = append(roles, role.of)
			}
		}
		models = append(models, []string{
			line(m.Name), line(m.ID), line(m.Endpoint), cmp.Or(strings.Join(roles, ", "), phrase.None),
		})
	}
	p.section([]column{{Title: "model"}, {Title: "id"}, {Title: "endpoint"}, {Title: "role"}},
		models, "No model in the config.")
	for _, path := range l.Baselines {
		p.line("baseline: %s", line(path))
	}
	if n := len(l.Unreadable); n > 0 {
		p.line("%s %s errors: %s; see promptbench validate", wording.Count(n, "file"), wording.Verb(n, "have"),
			line(strings.Join(l.Unreadable, ", ")))
	}
	return p.err
}

// section prints a table and a blank line, or what to say where it has no row.
func (p *printer) section(columns []column, rows [][]string, none string) {
	if len(rows) == 0 {
		p.line("%s", none)
	} else {
		p.table(columns, rows)
	}
	p.blank()
}
