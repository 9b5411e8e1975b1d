package calibration

import (
	"cmp"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
)

// CompareRaters says how far every two people agree on what both labelled.
func CompareRaters(findings []Finding) []Raters {
	names := Labellers(findings)
	out := []Raters{}
	for i, a := range names {
		for _, b := range names[i+1:] {
			var tp, fp, fn, tn int
			for _, f := range findings {
				x, okA := answerOf(f.Labels, a)
				y, okB := answerOf(f.Labels, b)
				switch {
				case !okA || !okB:
				case x && y:
					tp++
				case x:
					fp++
				case y:
					fn++
				default:
					tn++
				}
			}
			if n := tp + fp + fn + tn; n > 0 {
				r := Raters{A: a, B: b, N: n, Same: tp + tn}
				r.Kappa, r.KappaCI = kappa(tp, fp, fn, tn)
				out = append(out, r)
			}
		}
	}
	return out
}

func answerOf(labels []label.Label, labeller string) (yes, ok bool) {
	for _, l := range labels {
		if l.Labeller == labeller && (l.Answer == label.Yes || l.Answer == label.No) {
			return l.Answer == label.Yes, true
		}
	}
	return false, false
}

// Labellers are the people whose labels stand in the findings, sorted.
func Labellers(findings []Finding) []string {
	out := []string{}
	for _, f := range findings {
		for _, l := range f.Labels {
			if !slices.Contains(out, l.Labeller) {
				out = append(out, l.Labeller)
			}
		}
	}
	slices.Sort(out)
	return out
}

// An Agreement is how far people agree with each other on one criterion.
type Agreement struct {
	Criterion string
	Raters    []Raters
	Differ    []Finding // that one of them passes and another one fails
}

// Agree says how far people agree on each criterion, in their order. Of the labels, the last one of a person on a
// question counts. Replies has what is known of the labelled texts, by the hash of each.
func Agree(criteria []graders.Criterion, replies map[string]label.Reply, labels []label.Label) []Agreement {
	out := make([]Agreement, len(criteria))
	latest := label.Latest(labels)
	for i, c := range criteria {
		question := rubric.QuestionHash(c)
		places := map[string]int{}
		var findings []Finding
		for _, l := range latest {
			if l.Question != question {
				continue
			}
			at, ok := places[l.Text]
			if !ok {
				r, isKnown := replies[l.Text]
				if !isKnown {
					r.Case = l.Case
				}
				at = len(findings)
				places[l.Text] = at
				findings = append(findings, Finding{Criterion: c.ID, Reply: r})
			}
			findings[at].Labels = append(findings[at].Labels, l)
		}
		out[i] = Agreement{Criterion: c.ID, Raters: CompareRaters(findings)}
		out[i].Differ = slices.DeleteFunc(findings, Finding.isUnanimous)
	}
	return out
}

// AgreeOnCases says how far people agree on what each proposed case expects: on each type against all others, in their
// order, then on dropping a case. The cases with different labels follow in an agreement of their own. Of the labels,
// the last one of a person on a case counts.
func AgreeOnCases(types []string, cases []label.Case, labels []label.CaseLabel) []Agreement {
	var all []Finding // with what each person chose in place of yes and no
	latest := label.LatestCases(labels)
	for _, c := range cases {
		f := Finding{Reply: label.Reply{Case: c.ID, Input: c.Input}}
		for _, l := range latest {
			if l.Case == c.ID && l.Text == c.Text() {
				chosen := label.Label{Labeller: l.Labeller, Answer: cmp.Or(label.Answer(l.Type), l.Answer), Note: l.Note}
				f.Labels = append(f.Labels, chosen)
			}
		}
		all = append(all, f)
	}
	var out []Agreement
	for _, one := range append(slices.Clone(types), string(label.Drop)) {
		findings := make([]Finding, len(all))
		for i, f := range all {
			for _, l := range f.Labels {
				l.Answer = map[bool]label.Answer{true: label.Yes, false: label.No}[l.Answer == label.Answer(one)]
				findings[i].Labels = append(findings[i].Labels, l)
			}
		}
		out = append(out, Agreement{Criterion: one, Raters: CompareRaters(findings)})
	}
	return append(out, Agreement{Differ: slices.DeleteFunc(all, func(f Finding) bool {
		return !slices.ContainsFunc(f.Labels, func(l label.Label) bool { return l.Answer != f.Labels[0].Answer })
	})})
}

// isUnanimous reports whether nobody passes what another person fails.
func (f Finding) isUnanimous() bool {
	has := func(a label.Answer) bool {
		return slices.ContainsFunc(f.Labels, func(l label.Label) bool { return l.Answer == a })
	}
	return !has(label.Yes) || !has(label.No)
}
