package graders

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// ByCase returns a grader that scores each case by the grader of its id, and does not apply to other cases. All of them
// have the name of it, and give one score. Its parameters are the SHA-256 of theirs, by case, so that a change of any
// makes it another grader.
func ByCase(name string, cases map[string]Grader) Grader {
	spec := Spec{Name: name}
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for _, id := range slices.Sorted(maps.Keys(cases)) {
		one := cases[id].Spec()
		spec.Says, one.Says = cmp.Or(spec.Says, one.Says), ""
		spec.Kind, spec.Version = one.Kind, max(spec.Version, one.Version)
		one.Params = WithoutSays(one.Builder(), one.Params)
		_ = enc.Encode([]any{id, one}) // a hash takes all, and a spec always encodes
	}
	spec.Params = canonical(struct {
		Cases string `json:"cases"`
	}{hex.EncodeToString(sum.Sum(nil))})
	return byCase{spec, cases}
}

type byCase struct {
	spec  Spec
	cases map[string]Grader
}

func (g byCase) Spec() Spec { return g.spec }

func (g byCase) Grade(ctx context.Context, s Sample) ([]Score, error) {
	if one := g.cases[s.Case]; one != nil {
		return one.Grade(ctx, s)
	}
	out := NotApplicable("the case does not name this grader")
	out.Grader = g.spec.Name
	return []Score{out}, nil
}
