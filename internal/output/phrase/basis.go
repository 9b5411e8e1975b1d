package phrase

import (
	"fmt"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Basis says what the replies of a run are: asked for now, or replayed, and
// from when.
func Basis(b summary.Basis, trials int) string {
	var s string
	switch {
	case b.Replies == 0:
		s = fmt.Sprintf("0 of %s", wording.Count(trials, "reply"))
	case b.Replayed == 0:
		s = fmt.Sprintf("%d of %s recorded %s", b.Replies, wording.Count(trials, "reply"), On(b.First, b.Last))
	case b.Replayed == b.Replies:
		s = fmt.Sprintf("%d of %s replayed from %s", b.Replies, wording.Count(trials, "reply"), Days(b.First, b.Last))
	default:
		s = fmt.Sprintf("%d of %s, %d of them replayed, from %s", b.Replies, wording.Count(trials, "reply"), b.Replayed, Days(b.First, b.Last))
	}
	return s
}

// ModelAt names a model and where it runs.
func ModelAt(id, endpoint string) string { return fmt.Sprintf("model %s (%s)", id, endpoint) }

// Usage lists what is known of tokens, cost and latency.
func Usage(u summary.Usage) string {
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

// CasesAndTrials is the size of a run.
func CasesAndTrials(cases, trials int) string {
	if trials <= 1 {
		return wording.Count(cases, "case")
	}
	return fmt.Sprintf("%s × %s", wording.Count(cases, "case"), wording.Count(trials, "trial"))
}

// side says what one side of a comparison rests on, its prompt first.
func side(s compare.Side) string {
	parts := []string{fmt.Sprintf("%s, %s made", Basis(s.Basis, s.Cases*max(1, s.Trials)), wording.Count(s.Basis.Calls, "call"))}
	if s.Usage.TokensACase != nil {
		parts = append(parts, fmt.Sprintf("%.0f tokens a reply", *s.Usage.TokensACase))
	}
	if s.Usage.Cost != nil {
		parts = append(parts, fmt.Sprintf("cost %.4f", *s.Usage.Cost))
	}
	if s.Usage.LatencyP50 != nil {
		parts = append(parts, fmt.Sprintf("%.0f ms", *s.Usage.LatencyP50))
	}
	if s.Errors > 0 {
		parts = append(parts, wording.Count(s.Errors, "error"))
	}
	if s.Unscored > 0 {
		parts = append(parts, wording.Count(s.Unscored, "score")+" undecided")
	}
	return s.Prompt + ": " + strings.Join(parts, " · ")
}
