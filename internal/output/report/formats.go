package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"promptbench/internal/output/page"
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A Run is a run and what it comes to.
type Run struct {
	Summary summary.Summary
	Run     *runfile.Run // as the [Detail] of the format says
}

// A Pair is a comparison and the two runs that it holds against each other.
type Pair struct {
	Comparison *compare.Comparison
	Base, Head *runfile.Run // as the [Detail] of the format says

	Next phrase.Commands // to go on with; may be empty
}

// Variants are several variants, and the pairs that hold each but the first against
// it.
type Variants struct {
	compare.Variants

	Pairs []Pair
}

// A Renderer prints results in one format, in the order in which they come.
// What it was given is printed for sure once Close has returned without an
// error.
type Renderer interface {
	// Run prints the result of one run.
	Run(r Run) error
	// Pair prints a comparison.
	Pair(p Pair) error
	// Variants prints variants: an overview if there are more than two, and the pairs.
	Variants(v Variants) error
	// Close prints what was held back until all was there.
	Close() error
}

// The formats.
const (
	Table    = "table"    // for a terminal
	Markdown = "markdown" // for a job summary or a comment on a pull request
	JSON     = "json"     // an object for each result, one a line
	JUnit    = "junit"    // for what shows test results
	HTML     = "html"     // a page that needs nothing else
	CSV      = "csv"      // for a spreadsheet
	YAML     = "yaml"     // of proposed cases
)

// Formats lists the formats of [New].
func Formats() []string { return []string{Table, Markdown, JSON, JUnit, HTML, CSV} }

// FormatOf returns the format that a file's ending stands for, empty if it says
// none.
func FormatOf(file string) string {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".md", ".markdown":
		return Markdown
	case ".json", ".jsonl", ".ndjson":
		return JSON
	case ".xml":
		return JUnit
	case ".html", ".htm":
		return HTML
	case ".csv":
		return CSV
	case ".yaml", ".yml":
		return YAML
	}
	return ""
}

// Detail is how much of a run a format needs.
func Detail(format string) runfile.Detail {
	switch format {
	case Table, JSON:
		return runfile.Scores
	case Markdown:
		return runfile.Replies
	}
	return runfile.Full
}

// New returns what prints results to w in a format.
func New(format string, w io.Writer, o Options) (Renderer, error) {
	switch format {
	case Table:
		return &tables{w: w, o: o}, nil
	case Markdown:
		return &markdown{w: w, o: o}, nil
	case JSON:
		return objects{w}, nil
	case JUnit:
		return &junit{w: w}, nil
	case HTML:
		return pages{page.New(w, nil)}, nil
	case CSV:
		return &sheet{w: w}, nil
	}
	return nil, fmt.Errorf("unknown format %q", format)
}

// tables print for a terminal, a blank line between two results.
type tables struct {
	w       io.Writer
	o       Options
	further bool
}

func (t *tables) Run(r Run) error {
	if err := t.next(); err != nil {
		return err
	}
	return RunText(t.w, r.Summary, t.o)
}

func (t *tables) Pair(p Pair) error {
	if err := t.next(); err != nil {
		return err
	}
	return ComparisonText(t.w, p.Comparison, p.Next, t.o)
}

func (t *tables) Variants(v Variants) error {
	if len(v.Pairs) > 1 {
		if err := t.next(); err != nil {
			return err
		}
		if err := VariantsText(t.w, v.Variants, t.o); err != nil {
			return err
		}
	}
	return eachPair(v, t.Pair)
}

func (t *tables) next() error {
	if !t.further {
		t.further = true
		return nil
	}
	_, err := fmt.Fprintln(t.w)
	return err
}

func (t *tables) Close() error { return nil }

// objects print one JSON object a line.
type objects struct{ w io.Writer }

func (o objects) Run(r Run) error { return WriteJSON(o.w, r.Summary) }

func (o objects) Pair(p Pair) error { return WriteJSON(o.w, p.Comparison) }

func (o objects) Variants(v Variants) error { return WriteJSON(o.w, v.Variants) }

func (o objects) Close() error { return nil }

// pages print one HTML file.
type pages struct{ page *page.Page }

func (p pages) Run(r Run) error { return p.page.Run(r.Summary, r.Run) }

func (p pages) Pair(pair Pair) error { return p.page.Pair(pair.Comparison, pair.Base, pair.Head) }

func (p pages) Variants(v Variants) error {
	if len(v.Pairs) > 1 {
		if err := p.page.Variants(v.Variants); err != nil {
			return err
		}
	}
	return eachPair(v, p.Pair)
}

func (p pages) Close() error { return p.page.Close() }

func eachPair(v Variants, do func(Pair) error) error {
	for _, p := range v.Pairs {
		if err := do(p); err != nil {
			return err
		}
	}
	return nil
}
