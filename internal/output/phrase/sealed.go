package phrase

import (
	"fmt"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
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

// Sealed is the verdict on the sealed cases and how often they were opened, or nothing
// if they are not compared.
func Sealed(c *compare.Comparison) []string {
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
