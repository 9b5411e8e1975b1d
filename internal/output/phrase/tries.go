package phrase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// LeftSealed says how many cases are sealed, beside so many others.
func LeftSealed(sealed, others int) string {
	return fmt.Sprintf("%d of %s %s sealed and left out", sealed, wording.Count(sealed+others, "case"),
		wording.Verb(sealed, "are"))
}

// sealed says what a run has of the sealed cases of its suite, or nothing if there are none.
func sealed(s *runfile.Sealed, cases int) []string {
	switch {
	case s == nil:
		return nil
	case s.Opened == nil:
		return []string{LeftSealed(s.Cases, cases) + "; run --open-seal scores them"}
	}
	return []string{fmt.Sprintf("%d of %s %s sealed; the seal was opened for this run %s", s.Cases,
		wording.Count(cases, "case"), wording.Verb(s.Cases, "are"), opening(s.Opened))}
}

func opening(o *runfile.Opening) string {
	return fmt.Sprintf("on %s, for the %s time on this suite", o.At.UTC().Format(time.DateOnly), wording.Ordinal(o.Number))
}

// Statements are what a comparison says beside its verdict: those against the anchor and
// on sealed cases, and how many revisions were tried.
func Statements(c *compare.Comparison) []string {
	var out []string
	if a := c.Anchor; a != nil {
		out = append(out, fmt.Sprintf("Against the anchor %s (run %s), the verdict is %s. %s",
			a.Base.Name, a.Base.Run, Overall(a), a.Headline))
	}
	return append(append(out, sealedVerdict(c)...), tries(c.Tries)...)
}

// besideWords names the verdicts beside that of a comparison; empty if there are none.
func besideWords(c *compare.Comparison) (out string) {
	if c.Anchor != nil {
		out += fmt.Sprintf("; against the anchor %s: %s", c.Anchor.Base.Name, Overall(c.Anchor))
	}
	if c.Sealed != nil {
		out += "; on the sealed cases: " + Overall(c.Sealed)
	}
	return out
}

// regressedBeside reports whether a verdict beside that of a comparison is regressed.
func regressedBeside(c *compare.Comparison) bool {
	return slices.ContainsFunc(c.Beside(), func(c *compare.Comparison) bool {
		return c.Verdict != nil && *c.Verdict == compare.Regressed
	})
}

// tries says of many tries how good the best is, and how good where it was not chosen.
func tries(t summary.Tries) []string {
	if t.Count < summary.ManyTries {
		return nil
	}
	out := fmt.Sprintf("best of %s on this suite", wording.Count(t.Count, "try"))
	if len(t.Splits) == 0 {
		return []string{out + "; no split score, as not two of them have a whole run on this model by the suite as it is"}
	}
	parts := make([]string, len(t.Splits))
	name := ""
	for i, s := range t.Splits {
		parts[i] = fmt.Sprintf("%s %.2f (%.2f)", s.Grader, s.Best, s.Score)
		if s.Prompt != name {
			name = s.Prompt
			parts[i] = name + " " + parts[i]
		}
	}
	out += ": " + strings.Join(parts, ", ")
	if n := t.Splits[0].Tries; n < t.Count {
		out += fmt.Sprintf(", over the %d with a whole run on this model by the suite as it is", n)
	}
	return []string{out + "; in parentheses the split score: the best on one half of the cases, scored on the other"}
}

// sealedVerdict is the verdict on the sealed cases and how often they were opened, or nothing
// if they are not compared.
func sealedVerdict(c *compare.Comparison) []string {
	if c.Sealed == nil {
		return nil
	}
	s := c.Sealed
	out := []string{fmt.Sprintf("On the %s alone, the verdict is %s. %s",
		wording.Count(s.Pairs, "sealed case"), Overall(s), s.Headline)}
	opened := "both " + opening(s.Head.Opened)
	if !s.Base.Opened.At.Equal(s.Head.Opened.At) {
		opened = fmt.Sprintf("%s %s, and for %s %s", s.Base.Name, opening(s.Base.Opened), s.Head.Name, opening(s.Head.Opened))
	}
	return append(out, "the seal was opened for "+opened)
}
