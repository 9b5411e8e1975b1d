package report

import (
	"encoding/json"
	"fmt"
	"io"

	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// RunJSON prints the summary of a run as one JSON object on one line.
func RunJSON(w io.Writer, s summary.Summary) error { return writeJSON(w, s) }

// ComparisonJSON prints a comparison as one JSON object on one line.
func ComparisonJSON(w io.Writer, c *compare.Comparison) error { return writeJSON(w, c) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
