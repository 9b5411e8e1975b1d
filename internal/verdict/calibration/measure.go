package calibration

import (
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// level is that of every interval.
const level = 0.95

// A Finding is what people and the judge said of one reply by one criterion.
type Finding struct {
	Criterion string
	Reply     label.Reply
	Labels    []label.Label // one of each person at most
	Verdict   graders.Score // as a run would score it
	Again     []graders.Score
	Turned    *graders.Score // with the options in reverse order; nil where not asked
}

// Fill takes the judge's scores out of the trials of one reply: first as a run
// would grade it, then asked again, last with the options reversed. It reports
// false where the criterion does not apply.
func (f *Finding) Fill(trials []runfile.Trial) bool {
	for i := range trials {
		at := slices.IndexFunc(trials[i].Scores, func(s graders.Score) bool { return s.Grader == "rubric/"+f.Criterion })
		if at < 0 || trials[i].Scores[at].NotApplicable != "" {
			return false
		}
		switch s := trials[i].Scores[at]; i {
		case 0:
			f.Verdict = s
		case len(trials) - 1:
			f.Turned = &s
		default:
			f.Again = append(f.Again, s)
		}
	}
	return len(trials) > 0
}

// consensus is the [label.Majority] of the finding's labels.
func (f Finding) consensus() (pass, ok bool) {
	answers := make([]label.Answer, len(f.Labels))
	for i, l := range f.Labels {
		answers[i] = l.Answer
	}
	return label.Majority(answers)
}

// Measure turns the findings of some criteria into figures, in their order, and
// lists where the judge says something else than people do.
func Measure(criteria []graders.Criterion, findings []Finding) ([]Criterion, []Disagreement) {
	out := make([]Criterion, len(criteria))
	disagree := []Disagreement{}
	for i, c := range criteria {
		out[i] = Criterion{Criterion: c.ID, Question: rubric.QuestionHash(c)}
		for _, f := range findings {
			if f.Criterion != c.ID {
				continue
			}
			if d, differs := out[i].add(f); differs {
				disagree = append(disagree, d)
			}
		}
		out[i].sum()
	}
	return out, disagree
}

// add counts one finding.
func (c *Criterion) add(f Finding) (Disagreement, bool) {
	c.repeats(f)
	person, ok := f.consensus()
	if !ok {
		c.Undecided++
		return Disagreement{}, false
	}
	c.Labelled++
	if person {
		c.Yes++
	}
	if f.Verdict.Value == nil {
		c.Unscored++
		return Disagreement{}, false
	}
	c.N++
	switch {
	case person && f.Verdict.Pass:
		c.TP++
		return Disagreement{}, false
	case !person && !f.Verdict.Pass:
		c.TN++
		return Disagreement{}, false
	case f.Verdict.Pass:
		c.FP++
	default:
		c.FN++
	}
	says := label.No
	if person {
		says = label.Yes
	}
	return Disagreement{
		Criterion: f.Criterion, Case: f.Reply.Case, Text: f.Reply.TextHash(), Label: string(says),
		Verdict: f.Verdict.Answer, Reason: f.Verdict.Reason, Input: f.Reply.Input, Reply: f.Reply.Text,
	}, true
}

// repeats counts whether the judge says the same again, and in another order.
func (c *Criterion) repeats(f Finding) {
	if f.Verdict.Answer == "" {
		return
	}
	seen, other := false, false
	for _, s := range f.Again {
		seen = seen || s.Answer != ""
		other = other || s.Answer != "" && s.Answer != f.Verdict.Answer
	}
	if seen {
		c.AskedAgain++
	}
	if other {
		c.Flips++
	}
	if f.Turned == nil || f.Turned.Answer == "" {
		return
	}
	c.Turned++
	if f.Turned.Answer != f.Verdict.Answer {
		c.OrderFlips++
	}
}

// sum works the rates out.
func (c *Criterion) sum() {
	c.BaseRate, c.UnscoredShare = ratio(c.Yes, c.Labelled), ratio(c.Unscored, c.Labelled)
	c.Agreement = ratio(c.TP+c.TN, c.N)
	c.Kappa, c.KappaCI = kappa(c.TP, c.FP, c.FN, c.TN)
	c.Sensitivity, c.SensitivityCI = rate(c.TP, c.TP+c.FN)
	c.Specificity, c.SpecificityCI = rate(c.TN, c.TN+c.FP)
	c.FlipRate, c.OrderRate = ratio(c.Flips, c.AskedAgain), ratio(c.OrderFlips, c.Turned)
}

// Table is the criterion's agreement, as package stats takes it.
func (c Criterion) Table() stats.Agreement {
	return stats.Agreement{TP: c.TP, FP: c.FP, FN: c.FN, TN: c.TN}
}

func ratio(x, n int) *float64 { return summary.Number(float64(x) / float64(n)) }

func rate(x, n int) (*float64, *[2]float64) {
	if n == 0 {
		return nil, nil
	}
	lo, hi := stats.Wilson(x, n, level)
	return ratio(x, n), &[2]float64{lo, hi}
}

func kappa(tp, fp, fn, tn int) (*float64, *[2]float64) {
	k, _, lo, hi := stats.Kappa(tp, fp, fn, tn, level)
	if summary.Number(k) == nil || summary.Number(lo) == nil {
		return nil, nil
	}
	return &k, &[2]float64{lo, hi}
}
