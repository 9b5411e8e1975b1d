package report

import (
	"fmt"
	"strings"

	"promptbench/internal/summary"
)

// basis says what the replies of a run are: asked for now, or replayed, and
// from when.
func basis(b summary.Basis, trials int) string {
	var s string
	switch {
	case b.Replies == 0:
		s = fmt.Sprintf("0 of %s", replies(trials))
	case b.Replayed == 0:
		s = fmt.Sprintf("%d of %s recorded %s", b.Replies, replies(trials), on(b.First, b.Last))
	case b.Replayed == b.Replies:
		s = fmt.Sprintf("%d of %s replayed from %s", b.Replies, replies(trials), days(b.First, b.Last))
	default:
		s = fmt.Sprintf("%d of %s, %d of them replayed, from %s", b.Replies, replies(trials), b.Replayed, days(b.First, b.Last))
	}
	return s
}

// modelAt names a model and where it runs.
func modelAt(id, endpoint string) string { return fmt.Sprintf("model %s (%s)", id, endpoint) }

// usage lists what is known of tokens, cost and latency.
func usage(u summary.Usage) string {
	var parts []string
	if u.InputTokens != nil && u.OutputTokens != nil {
		parts = append(parts, fmt.Sprintf("%d tokens in, %d out", *u.InputTokens, *u.OutputTokens))
	}
	if u.Cost != nil {
		parts = append(parts, fmt.Sprintf("cost %.4f", *u.Cost))
	} else {
		parts = append(parts, "cost unknown")
	}
	if u.LatencyP50 != nil {
		parts = append(parts, fmt.Sprintf("median latency %.0f ms", *u.LatencyP50))
	}
	return strings.Join(parts, " · ")
}
