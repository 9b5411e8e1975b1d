package report

import (
	"fmt"
	"io"

	"promptbench/internal/output/page"
	"promptbench/internal/verdict/blame"
)

// Blame prints what each hunk of a change does in a format.
func Blame(format string, w io.Writer, r blame.Result, o Options) error {
	switch format {
	case Table:
		return BlameText(w, r, o)
	case JSON:
		return WriteJSON(w, r)
	case Markdown:
		return blameMarkdown(w, r, o)
	case HTML:
		return page.Blame(w, r, nil)
	}
	return fmt.Errorf("unknown format %q", format)
}
