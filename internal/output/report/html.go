package report

import (
	"io"

	"promptbench/internal/output/page"
)

// pages print one HTML file.
type pages struct{ page *page.Page }

func newPages(w io.Writer) pages { return pages{page.New(w, page.Chrome{})} }

func (p pages) Run(r Run) error { return p.page.Run(r.Summary, r.Run) }

func (p pages) Pair(pair Pair) error { return p.page.Pair(pair.Comparison, pair.Base, pair.Head) }

func (p pages) Close() error { return p.page.Close() }
