package mutation

import (
	"fmt"
	"math"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/stats"
)

const (
	alpha      = 0.05
	fewReplies = 0.02
)

// thin adds that the type which a mutant is about has too few cases to be tested.
func (o *Outcome) thin(base *runfile.Run) {
	if o.Type == "" {
		return
	}
	n := 0
	for i := range base.Cases {
		if base.Cases[i].Expect.Type == o.Type {
			n++
		}
	}
	if n < compare.MinSliceUnits {
		o.Advice = append(o.Advice, fmt.Sprintf("only %s %s the type %s; a type is tested from %d cases on: add cases of it",
			wording.Count(n, "case"), expects(n), o.Type, compare.MinSliceUnits))
	}
}

func expects(n int) string {
	if n == 1 {
		return "expects"
	}
	return "expect"
}

// advise says what would notice a survivor. Usual is the share of replies that change in a repeat of the original.
func (o *Outcome) advise(usual float64, isControlled bool) {
	falls := false
	for _, g := range o.Graders {
		if g.Worse <= g.Better {
			continue
		}
		switch isClear := stats.McNemar(g.Better, g.Worse) < alpha; {
		case !g.Gating && isClear:
			o.Advice = append(o.Advice, fmt.Sprintf("%s falls from %s to %s, but the verdict does not rest on it: "+
				"name it in a regression gate", g.Grader, share(g.Base), share(g.Head)))
			falls = true
		case g.Gating:
			o.Advice = append(o.Advice, g.tooFew(o.Cases))
			falls = true
		}
	}
	if falls {
		return
	}
	replies := fmt.Sprintf("%d of %s change", o.Changed, wording.Count(o.Cases, "reply"))
	if share := o.changedShare(); share <= math.Max(fewReplies, usual) {
		if isControlled && usual > 0 {
			replies += ", no more than in a repeat of the original"
		}
		o.Advice = append(o.Advice, replies+": no case depends on it, or the model does not need it; "+
			"add cases that fail without it, or remove it")
		return
	}
	o.Advice = append(o.Advice, replies+", but no grader scores what changes: add "+o.Rule.grader())
}

// tooFew says that a gating grader falls, but not enough to be sure.
func (g Effect) tooFew(cases int) string {
	s := fmt.Sprintf("%s falls on %s and rises on %d, too few of %d to be sure: ", g.Grader,
		wording.Count(g.Worse, "case"), g.Better, cases)
	if g.ToSettle != nil && *g.ToSettle > cases {
		return s + wording.About(*g.ToSettle-cases, "more case") + " would settle this"
	}
	return s + "add cases like these"
}

// grader names what scores the thing that a rule changes.
func (r Rule) grader() string {
	switch r {
	case DropLength:
		return "`length`, `subtodo_count`, or a criterion on the length"
	case DropFormat:
		return "`format` or `json_schema`"
	case SwapLanguage:
		return "a criterion on the language of the reply"
	case DropThinking:
		return "`contains` or a criterion on the reasoning"
	case Temperature:
		return "trials (--trials), which show how much replies vary"
	case DropRole, DropExamples, SwapLabels, DropBlock, DropRule, DropExample, Reorder, Truncate, Weaken:
	}
	return "a criterion of `rubric` that asks for what this part demands"
}

func share(v *float64) string {
	if v == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", *v)
}
