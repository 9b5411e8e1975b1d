package runfile

import (
	"maps"

	"promptbench/internal/input/params"
)

// OfJudge reports whether a run asked only a judge: to calibrate it, or to compare two other runs. Such a run says
// nothing of a revision.
func (h Header) OfJudge() bool {
	return h.Pairwise != nil || h.Judge != nil && h.Judge.PromptHash == h.Prompt.Hash
}

// SameJudge reports whether two runs were judged by the same instrument: the same models with the same parameters,
// asked the same in the same words. Two runs without a judge are alike, too.
func SameJudge(a, b *Judge) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.PromptHash == b.PromptHash && a.RubricHash == b.RubricHash && sameTarget(a.Model, b.Model) &&
		maps.EqualFunc(a.Criteria, b.Criteria, sameTarget)
}

func sameTarget(a, b Model) bool {
	return a.ID == b.ID && a.Endpoint == b.Endpoint && params.Equal(a.Params, b.Params)
}
