package graders

import (
	"context"
	"encoding/json"
	"fmt"
)

const keyAt = "at"

// takesAt reports whether the grader can look at the reply to another turn than the last. Criteria of a rubric say so
// themselves, and a grader whose keys are types has no room for it.
func (b BuiltIn) takesAt() bool {
	declared := b.params()
	return b.Name != nameRubric && (len(declared) != 1 || declared[0].key != anyKey)
}

func atParam() param {
	return param{
		key: keyAt, text: "The turn of a conversation whose reply is graded, from 1; default: the last.",
		kinds: []string{"integer"}, more: map[string]any{"minimum": 1},
	}
}

// turnAt reads the parameter at; 0 where it is not given.
func (d *decoder) turnAt(v value) int {
	n := d.count(v)
	if n == nil {
		return 0
	}
	if *n < 1 {
		d.add(v.path, "leave it out for the last turn", "at is the number of a turn, from 1, found %d", *n)
	}
	return *n
}

// atTurn is a grader that looks at the reply to one turn.
type atTurn struct {
	Grader
	turn    int
	isNamed bool // by the suite
}

// Spec is that of the grader with the turn, also in the name of the score, unless the suite gives that.
func (g atTurn) Spec() Spec {
	spec := g.Grader.Spec()
	params := map[string]json.RawMessage{}
	_ = json.Unmarshal(spec.Params, &params) // canonical, or absent
	params[keyAt] = canonical(g.turn)
	spec.Params = canonical(params)
	if !g.isNamed {
		spec.Kind, spec.Name = spec.Name, fmt.Sprintf("%s@%d", spec.Name, g.turn)
	}
	return spec
}

// Grade scores the reply to the turn. It does not apply to a conversation without that turn.
func (g atTurn) Grade(ctx context.Context, s Sample) ([]Score, error) {
	name := g.Spec().Name
	of, ok := s.at(g.turn)
	if !ok {
		return []Score{NotApplicable(s.noTurn(g.turn)).withGrader(name)}, nil
	}
	scores, err := g.Grader.Grade(ctx, of)
	for i := range scores {
		scores[i].Grader = name
	}
	return scores, err
}

// at returns the sample of a turn; 0 is this sample.
func (s Sample) at(turn int) (Sample, bool) {
	switch {
	case turn == 0 || turn == 1 && s.turns == nil:
		return s, true
	case turn > len(s.turns):
		return Sample{}, false
	}
	out := s.turns[turn-1]
	out.turns = s.turns
	return out, true
}

func (s Sample) noTurn(turn int) string {
	return fmt.Sprintf("the case has no turn %d, its last is %d", turn, max(1, len(s.turns)))
}
