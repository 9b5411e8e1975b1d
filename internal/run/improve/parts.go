package improve

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"promptbench/internal/run/result"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/brief"
)

// findParts reads the newest run that draws variants of a change to the base, if there is one that is older than the
// search. Sealed cases are left out of it: it says no more than the editor may know.
func (s *Search) findParts() error {
	run, err := result.FindBlame(s.Project, s.base.Hash(), s.result.Suite, s.result.Model, s.first)
	if err != nil || run == nil {
		return err
	}
	open, _ := brief.Unsealed(run, s.Project.Suite.IsSealed)
	found, err := result.Blame(s.Project, open)
	if err != nil {
		s.note("%v; the editor does not get it", err)
		return nil
	}
	if s.parts = &found; found.Grader == "" {
		s.parts = nil
	}
	return nil
}

// partText cuts the text of a part to so many characters.
const partText = 60

// writeParts says what so many parts of the prompt do, those that surely do something first.
func writeParts(b *strings.Builder, r *blame.Result, most int) {
	if r == nil || most == 0 {
		return
	}
	of := fmt.Sprintf("of the change from %s", r.Base)
	if r.Parts {
		of = "of the prompt"
	}
	fmt.Fprintf(b, "\nWhat parts %s do to %s, in points, measured with and without them:\n", of, r.Grader)
	hunks := slices.Clone(r.Hunks)
	slices.SortStableFunc(hunks, func(x, y blame.Effect) int { return cmp.Compare(pOf(x), pOf(y)) })
	for _, e := range hunks[:min(most, len(hunks))] {
		if e.Effect == nil || e.CI == nil {
			continue
		}
		fmt.Fprintf(b, "- %s: %+.0f (%+.0f to %+.0f), %s: %s", e.Where, 100**e.Effect, 100*e.CI[0], 100*e.CI[1],
			partVerdict(e), cut(oneLine(e.Text), partText))
		if e.Removable {
			fmt.Fprintf(b, "; it costs %.0f tokens and does nothing measurable", *e.Tokens)
		}
		b.WriteString("\n")
	}
}

func pOf(e blame.Effect) float64 {
	if e.P == nil {
		return math.Inf(1)
	}
	return *e.P
}

func partVerdict(e blame.Effect) string {
	if e.Verdict == blame.Open {
		return "may be chance"
	}
	return "makes it " + string(e.Verdict)
}
