package page

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

var (
	//go:embed assets/*.tmpl
	assets embed.FS
	//go:embed assets/page.css
	style string
	//go:embed assets/page.js
	script string
	//go:embed assets/label.js
	labelScript string
	//go:embed assets/label.css
	labelStyle string
)

// A Page gathers results and writes them as one file, one below the other.
type Page struct {
	w        io.Writer
	sections []section
	links    []Link
}

// A Link leads to another page of the same server.
type Link struct{ Text, URL string }

// New returns a page that is written to w when it is closed. A page that is served
// has links to the other pages.
func New(w io.Writer, links []Link) *Page { return &Page{w: w, links: links} }

// Run adds a run. It must be loaded in full.
func (p *Page) Run(s summary.Summary, run *runfile.Run) error {
	sec, err := runSection(s, run)
	return p.add(sec, err)
}

// Pair adds a comparison of two runs. They must be loaded in full.
func (p *Page) Pair(c *compare.Comparison, base, head *runfile.Run) error {
	sec, err := pairSection(c, base, head)
	return p.add(sec, err)
}

// Variants adds an overview of variants, ahead of their comparisons.
func (p *Page) Variants(v compare.Variants) error { return p.add(variantsSection(v), nil) }

func (p *Page) add(sec section, err error) error {
	sec.ID = fmt.Sprintf("result-%d", len(p.sections)+1)
	p.sections = append(p.sections, sec)
	return err
}

// Close writes the page.
func (p *Page) Close() error {
	titles := make([]string, len(p.sections))
	for i, s := range p.sections {
		titles[i] = s.Title
	}
	f := frame{Title: strings.Join(titles, ", "), Script: script, Links: p.links}
	return write(p.w, "report.tmpl", f, p.sections)
}

// A frame is what every page has.
type frame struct {
	Title    string
	Script   string // its own
	Links    []Link
	Here     string   // the link that leads to the page itself; may be empty
	Language Language // by default English
	Writes   bool     // the page sends what a person enters to its server

	Policy template.HTMLAttr
	Style  template.CSS
	Code   template.JS
	Body   any
}

// write renders a template of the assets in the common frame.
func write(w io.Writer, name string, f frame, body any) error {
	t, err := template.New("frame.tmpl").Funcs(functions()).
		ParseFS(assets, "assets/frame.tmpl", "assets/parts.tmpl", "assets/"+name)
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	f.Language = cmp.Or(f.Language, English)
	look := style
	if f.Writes {
		look += labelStyle
	}
	f.Style, f.Code, f.Body = template.CSS(look), template.JS(f.Script), body //nolint:gosec // our own files
	policy := Policy(look, f.Script, len(f.Links) > 0)
	if f.Writes {
		policy += "; connect-src 'self'"
	}
	f.Policy = template.HTMLAttr(`content="` + policy + `"`) //nolint:gosec // made of hashes
	if err := t.Execute(w, f); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

func functions() template.FuncMap {
	return template.FuncMap{
		"plot": func(describe string, bar *Bar, ticks []Tick, zero string) any {
			return struct {
				Describe string
				Bar      *Bar
				Ticks    []Tick
				Zero     string
			}{describe, bar, ticks, zero}
		},
	}
}
