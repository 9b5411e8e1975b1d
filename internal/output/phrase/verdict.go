package phrase

import (
	"fmt"
	"slices"
	"strings"

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

// StarredVerdict is [Verdict], with a star that [Legend] explains where the interval
// excludes 0 and the verdict does not.
func StarredVerdict(g compare.Grader) string {
	if g.IntervalMisleads() {
		return Verdict(g) + "*"
	}
	return Verdict(g)
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

// VerdictLine says in a line what the verdict of a comparison is.
func VerdictLine(c *compare.Comparison) string {
	out := fmt.Sprintf("%s against %s: %s", c.Head.Name, c.Base.Name, Overall(c))
	if d := c.Head.Draw; d != nil {
		out += ", on " + withArticle(Drawn(d, c.Head.Cases))
	}
	if !c.Noise && summary.Missed(c.Gates) {
		out += "; gate missed"
	}
	return out + besideWords(c)
}

// Commands are what a person may type after a comparison; empty where they are not known.
type Commands struct {
	Compare     string // compares the sides again
	SetBaseline string // makes the head's run the baseline
}

// NextStep says what a person does about the verdict of a comparison, empty where it has
// none, and with which command if one is known. ID is of the case to read first.
func NextStep(c *compare.Comparison, known Commands, id string) (step, command string) {
	read := ""
	if known.Compare != "" && id != "" {
		read = known.Compare + " --case " + id
	}
	switch {
	case c.Noise || c.Verdict == nil:
		return "", ""
	case *c.Verdict == compare.Regressed:
		return "read the cases that newly fail, change the prompt and run it again.", read
	case regressedBeside(c):
		return "read what is said of the anchor and the sealed cases; change the prompt, or go back to the earlier one.", ""
	case *c.Verdict == compare.Mixed && summary.Missed(c.Gates):
		return "read the cases that broke, then change the prompt or the gate.", read
	case summary.Missed(c.Gates):
		return "a gate is missed; change the prompt or the gate.", ""
	case *c.Verdict == compare.Mixed:
		return "read the cases that broke; decide whether what is fixed outweighs them.", read
	case c.Decided != nil:
		return "this is enough for a gate; run it without --until-decided to measure the difference " +
			"or to make it a baseline.", ""
	case c.Head.Draw != nil:
		return "run all cases before you decide; these are only some of them.", ""
	case *c.Verdict != compare.Inconclusive:
		return "you can merge the change; then make its run the baseline.", known.SetBaseline
	case c.Base.Status != runfile.Complete || c.Head.Status != runfile.Complete || c.Base.Errors+c.Head.Errors > 0:
		return "run it again to score what is missing.", ""
	}
	return "read the cases that changed and decide" + orSettle(c) + ".", read
}

// orSettle names the alternative to a decision: so many more cases, and what they settle.
func orSettle(c *compare.Comparison) string {
	more, open := 0, []string{}
	for _, g := range c.Graders {
		if g.Gating && g.ToSettle != nil {
			more, open = max(more, *g.ToSettle-g.Units), append(open, g.Grader)
		}
	}
	if more == 0 {
		return ""
	}
	return fmt.Sprintf(", or add %s to settle %s", wording.About(more, "more case"), wording.List(open))
}

// Essentials says in a line which model a comparison is of, and what changed besides scores.
func Essentials(c *compare.Comparison) string {
	model := c.Head.Model
	if c.Base.Model != model {
		model = c.Base.Model + " against " + model
	}
	parts := []string{"model " + model}
	for _, m := range c.Metrics {
		if m.Change != nil {
			parts = append(parts, m.Metric+" "+summary.Percent(*m.Change))
		}
	}
	var names []string
	for _, other := range c.OtherParams {
		name, _, _ := strings.Cut(other, " ")
		names = append(names, name)
	}
	if len(names) > 0 {
		parts = append(parts, strings.Join(names, ", ")+" "+wording.Verb(len(names), "differ"))
	}
	return strings.Join(parts, " · ")
}

// Legend explains the verdicts of a table of graders that need it.
func Legend(c *compare.Comparison) []string {
	var out []string
	var margins []float64
	informs, misleads := false, false
	for _, g := range c.Graders {
		if g.Verdict != nil && *g.Verdict == compare.NoWorse && !slices.Contains(margins, g.Margin) {
			margins = append(margins, g.Margin)
		}
		informs = informs || !g.Gating
		misleads = misleads || g.IntervalMisleads()
	}
	if len(margins) > 0 {
		points := make([]string, len(margins))
		for i, m := range margins {
			points[i] = compare.Points(m)
		}
		out = append(out, "no worse: the interval rules out a drop of more than "+strings.Join(points, " or ")+".")
	}
	if misleads {
		out = append(out, "* may be chance: the interval is for one test, p is corrected for several.")
	}
	if informs {
		out = append(out, "Verdicts in parentheses do not count towards the result.")
	}
	return out
}
