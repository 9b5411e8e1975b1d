package phrase

import (
	"fmt"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Verdict names a grader's verdict, in parentheses if it does not count towards
// the overall verdict.
func Verdict(g compare.Grader) string {
	switch {
	case g.Verdict == nil && g.Units > 0:
		return "not tested"
	case g.Verdict == nil:
		return "not applicable"
	case !g.Gating:
		return "(" + g.Verdict.Words() + ")"
	}
	return g.Verdict.Words()
}

const noVerdict = "no verdict"

// Overall names the verdict of a comparison.
func Overall(c *compare.Comparison) string {
	switch {
	case c.Noise:
		return "noise"
	case c.Verdict == nil:
		return noVerdict
	}
	return c.Verdict.Words()
}

// VerdictLine says in a line what the verdict of a comparison is, with the types that changed
// if byType is set.
func VerdictLine(c *compare.Comparison, byType bool) string {
	out := fmt.Sprintf("%s against %s: %s", c.Head.Name, c.Base.Name, Overall(c))
	if types := TypesChanged(c); byType && types != "" {
		out += " (" + types + ")"
	}
	if !c.Noise && summary.Missed(c.Gates) {
		out += "; gate missed"
	}
	return out + besideWords(c)
}

// NextStep says what a person does about the verdict of a comparison; empty where it has none.
func NextStep(c *compare.Comparison) string {
	settle := 0
	for _, g := range c.Graders {
		if g.Gating && g.ToSettle != nil {
			settle = max(settle, *g.ToSettle-g.Units)
		}
	}
	switch {
	case c.Noise || c.Verdict == nil:
		return ""
	case *c.Verdict == compare.Regressed:
		return "read the cases that newly fail, change the prompt and run it again."
	case regressedBeside(c):
		return "read what is said of the anchor and the sealed cases; change the prompt, or go back to the earlier one."
	case *c.Verdict == compare.Mixed && summary.Missed(c.Gates):
		return "read the cases that broke, then change the prompt or the gate."
	case summary.Missed(c.Gates):
		return "a gate is missed; change the prompt or the gate."
	case *c.Verdict == compare.Mixed:
		return "read the cases that broke; decide whether what is fixed outweighs them."
	case c.Decided != nil:
		return "this is enough for a gate; run it without --until-decided to measure the difference or to make it a baseline."
	case *c.Verdict != compare.Inconclusive:
		return "nothing speaks against the change; once it is merged, make its run the baseline."
	case c.Base.Status != runfile.Complete || c.Head.Status != runfile.Complete || c.Base.Errors+c.Head.Errors > 0:
		return "run it again to score what is missing."
	case settle > 0:
		return fmt.Sprintf("read the cases that changed and decide, or add %s to settle it.",
			wording.About(settle, "more case"))
	}
	return "read the cases that changed and decide."
}
