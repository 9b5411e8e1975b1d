package compare

import (
	"fmt"
	"strings"
	"time"
)

// headline is the sentence that a busy person can act on.
func headline(c *Comparison) string {
	b, h := c.Base.Prompt, c.Head.Prompt
	switch {
	case c.Noise:
		return noise(c)
	case c.Base.Hash == c.Head.Hash:
		b = earlier(c)
	}
	if c.Verdict == nil && restsOnJudge(c.Graders) {
		return fmt.Sprintf("%s is not held against %s: all that was to decide rests on a judge that may not.", h, c.Base.Prompt)
	}
	if c.Verdict == nil || unscored(c.Graders) {
		return fmt.Sprintf("%s can't be held against %s: no grader scored a case on both sides.", h, c.Base.Prompt)
	}
	switch *c.Verdict {
	case Regressed:
		return fmt.Sprintf("%s is worse than %s at %s%s: %s.", h, b, names(c.Graders, Regressed), also(c), moved(c))
	case Improved:
		elsewhere := ""
		if names(c.Graders, NoWorse) != "" {
			elsewhere = ", and no worse elsewhere"
		}
		return fmt.Sprintf("%s is better than %s at %s%s: %s.", h, b, names(c.Graders, Improved), elsewhere, moved(c))
	case NoWorse:
		return fmt.Sprintf("%s is no worse than %s: %s.", h, b, moved(c))
	default:
		return fmt.Sprintf("It is open whether %s is worse than %s at %s%s: %s.", h, b, names(c.Graders, Inconclusive), also(c), moved(c))
	}
}

// restsOnJudge reports whether a judge that cannot gate scored anything.
func restsOnJudge(list []Grader) bool {
	for i := range list {
		if list[i].Units > 0 && list[i].shortfall() != "" {
			return true
		}
	}
	return false
}

// earlier names the base where both sides are runs of one prompt.
func earlier(c *Comparison) string {
	b, h := c.Base.Basis.Last.UTC().Format(time.DateOnly), c.Head.Basis.Last.UTC().Format(time.DateOnly)
	if b == h || c.Base.Basis.Last.IsZero() {
		return "in run " + c.Base.Run
	}
	return "on " + b
}

// unscored holds where no grader has a value on both sides of any case.
func unscored(list []Grader) bool {
	for _, g := range list {
		if g.Units > 0 {
			return false
		}
	}
	return true
}

// also names what got better although the verdict is about something else.
func also(c *Comparison) string {
	if better := names(c.Graders, Improved); better != "" {
		return " (and better at " + better + ")"
	}
	return ""
}

// noise says how many cases flip with nothing changed.
func noise(c *Comparison) string {
	flipped := map[string]bool{}
	for _, f := range c.Flips {
		flipped[f.Case] = true
	}
	return fmt.Sprintf("%s against itself: %d of %s flip a grader with nothing changed.", c.Head.Prompt, len(flipped), count(c.Pairs, "case"))
}

// names lists the gating graders with a verdict.
func names(list []Grader, v Verdict) string {
	var out []string
	for _, g := range list {
		if g.Gating && g.Verdict != nil && *g.Verdict == v {
			out = append(out, g.Grader)
		}
	}
	return strings.Join(out, ", ")
}

// moved counts the flips of the first grader that the verdict is about, or says
// how its mean moved where nothing flipped.
func moved(c *Comparison) string {
	var still *Grader
	for i := range c.Graders {
		g := &c.Graders[i]
		if !g.Gating || g.Verdict == nil || *g.Verdict != *c.Verdict {
			continue
		}
		if g.NewlyFail+g.NewlyPass > 0 {
			return fmt.Sprintf("%d of %s newly fail, %d newly pass%s", g.NewlyFail, count(g.Cases, "case"), g.NewlyPass, inBrackets(g))
		}
		if still == nil && g.Delta != nil && *g.Delta != 0 {
			still = g
		}
	}
	if still != nil {
		return fmt.Sprintf("no case of %d flipped, and the mean went from %.2f to %.2f%s", still.Cases, *still.BaseMean, *still.HeadMean, inBrackets(still))
	}
	return fmt.Sprintf("no case of %d flipped", c.Pairs)
}

func inBrackets(g *Grader) string {
	if g.PAdjusted == nil {
		return fmt.Sprintf(" (%s)", g.Grader)
	}
	return fmt.Sprintf(" (%s, %s)", g.Grader, P(*g.PAdjusted))
}

// P renders a p-value the way statistics are printed: "p = .035", "p < .001".
func P(p float64) string {
	switch {
	case p < 0.001:
		return "p < .001"
	case p > 0.995:
		return "p = 1"
	case p < 0.1:
		return "p = " + strings.TrimPrefix(fmt.Sprintf("%.3f", p), "0")
	}
	return "p = " + strings.TrimPrefix(fmt.Sprintf("%.2f", p), "0")
}
