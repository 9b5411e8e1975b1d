package phrase

import (
	"fmt"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Basis says how many of the replies a run has, whether they were recorded or
// replayed, and when.
func Basis(b summary.Basis, trials int) string {
	s := fmt.Sprintf("%d of %s", b.Replies, wording.Count(trials, "reply"))
	switch {
	case b.Replies == 0:
		return s
	case b.Replayed == 0:
		return s + " recorded " + On(b.First, b.Last)
	case b.Replayed == b.Replies:
		return s + " replayed from " + Days(b.First, b.Last)
	}
	return fmt.Sprintf("%s, %d of them replayed, from %s", s, b.Replayed, Days(b.First, b.Last))
}

// Drawn says how the cases of a run were drawn from the suite; empty where they were not.
func Drawn(d *runfile.Draw, cases int) string {
	if d == nil {
		return ""
	}
	of := wording.Count(d.Of, "case")
	if d.Failed != "" {
		of = fmt.Sprintf("%d of %s, which failed in %s", d.FailedCases, of, d.Failed)
	}
	switch {
	case d.Sample > 0:
		return fmt.Sprintf("sample of %d of %s", cases, of)
	case d.Limit > 0:
		return fmt.Sprintf("the first %d of %s", cases, of)
	}
	return of
}

func withArticle(drawn string) string {
	if strings.HasPrefix(drawn, "sample ") {
		return "a " + drawn
	}
	return drawn
}

// drawnBefore is [Drawn] before what a run rests on.
func drawnBefore(d *runfile.Draw, cases int) string {
	if d == nil {
		return ""
	}
	return Drawn(d, cases) + ": "
}

// ModelAt names a model and where it runs.
func ModelAt(id, endpoint string) string { return fmt.Sprintf("model %s (%s)", id, endpoint) }

// Models names the model of a comparison, or both.
func Models(c *compare.Comparison) string {
	if c.Base.Model == c.Head.Model && c.Base.Endpoint == c.Head.Endpoint {
		return ModelAt(c.Head.Model, c.Head.Endpoint)
	}
	return fmt.Sprintf("models %s (%s) and %s (%s)", c.Base.Model, c.Base.Endpoint, c.Head.Model, c.Head.Endpoint)
}

// Usage lists what is known of tokens, cost and latency.
func Usage(u summary.Usage) string {
	var parts []string
	if u.InputTokens != nil && u.OutputTokens != nil {
		parts = append(parts, fmt.Sprintf("%d tokens in, %d out", *u.InputTokens, *u.OutputTokens))
	}
	cost := "cost unknown"
	if u.Cost != nil {
		cost = fmt.Sprintf("cost %.4f", *u.Cost)
	}
	parts = append(parts, cost)
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

// Replies says which replies a side has, and how its cases were drawn.
func Replies(s compare.Side) string {
	return drawnBefore(s.Draw, s.Cases) + Basis(s.Basis, s.Cases*max(1, s.Trials))
}

// side says what one side of a comparison rests on, its name first; with calls,
// how many were made for it. [Metrics] has the tokens and the latency.
func side(s compare.Side, calls bool) string {
	parts := []string{Replies(s)}
	if calls {
		parts[0] += fmt.Sprintf(", %s made", wording.Count(s.Basis.Calls, "call"))
	}
	if s.Usage.Cost != nil {
		parts = append(parts, fmt.Sprintf("cost %.4f", *s.Usage.Cost))
	}
	if s.Errors > 0 {
		parts = append(parts, wording.Count(s.Errors, "error"))
	}
	if s.Unscored > 0 {
		parts = append(parts, wording.Count(s.Unscored, "score")+" undecided")
	}
	return s.Name + ": " + strings.Join(parts, " · ")
}
