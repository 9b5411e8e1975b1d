package phrase

import (
	"fmt"
	"slices"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/labelled"
	"promptbench/internal/verdict/summary"
)

// Judging says what a judge was asked, apart from the replies.
func Judging(j *summary.Judging) string {
	return fmt.Sprintf("judge %s (%s): %s", j.Model, j.Endpoint, asked(j))
}

// embedding says what a model of embeddings was asked, apart from the replies.
func embedding(e *summary.Embedding) string {
	texts := wording.Count(e.Texts, "text")
	if e.Replayed > 0 {
		texts += fmt.Sprintf(", %d of them replayed", e.Replayed)
	}
	usage := e.Usage
	usage.LatencyP50 = nil
	return fmt.Sprintf("embeddings %s (%s): %s · %s made · %s", e.Model, e.Endpoint, texts,
		wording.Count(e.Calls, "call"), Usage(usage))
}

// judgings says the same of both sides of a comparison.
func judgings(c *compare.Comparison) []string {
	var out []string
	for _, side := range []compare.Side{c.Base, c.Head} {
		if j := side.Judging; j != nil {
			out = append(out, fmt.Sprintf("judge of %s: %s (%s) · %s", side.Prompt, j.Model, j.Endpoint, asked(j)))
		}
	}
	return out
}

// asked lists what a judge answered and what that took. Its latency says little
// about the replies and is left out.
func asked(j *summary.Judging) string {
	answers := wording.Count(j.Answers, "answer")
	if j.Replayed > 0 {
		answers += fmt.Sprintf(", %d of them replayed", j.Replayed)
	}
	usage := j.Usage
	usage.LatencyP50 = nil
	out := fmt.Sprintf("%s · %s made · %s", answers, wording.Count(j.Calls, "call"), Usage(usage))
	if j.Family != "" {
		out += fmt.Sprintf(" · the same family as the model (%s), whose replies it may favour", j.Family)
	}
	return out
}

// unusedLabels says why labels of a run's replies are not used, if so.
func unusedLabels(s summary.Summary) []string {
	if s.LabelsErr == "" {
		return nil
	}
	return []string{"Labels are not used: " + s.LabelsErr}
}

// RunInforming says which judged graders of a run cannot gate, and why, and how many
// labels a rate still needs.
func RunInforming(graders []summary.Grader) []string {
	var d informingGraders
	var few []string
	for _, g := range graders {
		d.add(g.Grader, g.Judged)
		if g.Drawn > 0 && g.Drawn < labelled.Least {
			few = append(few, fmt.Sprintf("%s has %s of this run's replies; a rate from labels needs %d "+
				"(promptbench judge label RUN --sample %[3]d)", g.Grader, wording.Count(g.Drawn, "random label"), labelled.Least))
		}
	}
	return append(few, d.sentences()...)
}

// Informing says which judged graders of a comparison cannot gate, and why.
func Informing(c *compare.Comparison) []string {
	var d informingGraders
	for _, g := range c.Graders {
		d.add(g.Grader, g.Judged)
	}
	return d.sentences()
}

// informingGraders are the graders that cannot gate, by the reason.
type informingGraders struct {
	why    []string
	scores [][]string
}

func (d *informingGraders) add(grader string, b *summary.JudgeReliability) {
	if b == nil || b.Shortfall == "" {
		return
	}
	i := slices.Index(d.why, b.Shortfall)
	if i < 0 {
		i = len(d.why)
		d.why, d.scores = append(d.why, b.Shortfall), append(d.scores, nil)
	}
	d.scores[i] = append(d.scores[i], grader)
}

func (d *informingGraders) sentences() []string {
	var out []string
	for i, why := range d.why {
		out = append(out, fmt.Sprintf("%s cannot gate: %s", wording.List(d.scores[i]), why))
	}
	return out
}

// Pairwise says which replies a judge prefers, the sentence first.
func Pairwise(c *compare.Comparison) []string {
	w := c.Pairwise
	if w == nil {
		return nil
	}
	base, head := c.Base.Name, c.Head.Name
	sign := ""
	if w.P != nil {
		sign = " (sign test, " + compare.P(*w.P) + ")"
	}
	out := []string{fmt.Sprintf("Pairwise, %s prefers %s in %s and %s in %d; %s%s.",
		w.Judging.Model, head, wording.Count(w.Win, "case"), base, w.Loss, wording.Count(w.Tie, "tie"), sign)}
	if w.WinShareCI != nil && w.NetCI != nil {
		out = append(out, fmt.Sprintf("%s wins %s of the decided cases (95%% interval %s); "+
			"net wins are %s of all cases (95%% interval %s)", head,
			Share(w.WinShare), Between(w.WinShareCI, false), Signed(w.Net), Between(w.NetCI, true)))
	}
	if w.PositionBias != nil {
		out = append(out, fmt.Sprintf("position bias %s: of %s judged in both orders, "+
			"the judge chose the first reply twice in %d and the second twice in %d; these count as ties",
			Share(w.PositionBias), wording.Count(w.Asked, "pair"), w.KeptFirst, w.KeptSecond))
	}
	if w.Same+w.Unscored > 0 {
		out = append(out, fmt.Sprintf("%s with the same reply on both sides, counted as ties; %d without a verdict",
			wording.Count(w.Same, "pair"), w.Unscored))
	}
	return append(out, Judging(w.Judging), "Pairwise preferences do not count towards the verdict.")
}
