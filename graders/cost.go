package graders

import (
	"fmt"
	"math"
)

const nameCost = "cost"

func costBuiltIn() BuiltIn {
	return BuiltIn{
		Name:   nameCost,
		Text:   "Whether the reply cost no more than this, by the price in the config: {max: 0.002}.",
		Priced: true,
		Counts: true,
		params: func() []param {
			return []param{{
				key: "max", text: "The highest cost of one reply, in the currency of the price.",
				kinds: []string{"number"}, need: isRequired, more: map[string]any{"minimum": 0},
			}}
		},
		build: func(p params) (Grader, error) { return Cost(p.number(p.values["max"], math.NaN())) },
	}
}

// Cost returns the grader "cost": 1 where the reply cost at most so much, else 0.
// Answer is the cost. Where it is unknown, the score is unscored with the reason.
// A negative cost and NaN are each a [ParamError].
func Cost(most float64) (Grader, error) {
	switch {
	case math.IsNaN(most):
		return nil, &ParamError{Path: []any{"max"}, Msg: "the grader needs a highest cost", Hint: "such as {max: 0.002}"}
	case most < 0:
		return nil, &ParamError{Path: []any{"max"}, Msg: fmt.Sprintf("max must not be negative, found %v", most)}
	}
	params := struct {
		Max float64 `json:"max"`
	}{most}
	return newFunction(nameCost, params, func(s Sample) Score {
		if s.Call.Cost == nil {
			return Unscored("the cost is unknown: " + orUnknown(s.Call.NoCost))
		}
		cost := fmt.Sprintf("%.4g", *s.Call.Cost)
		return scoreIf(*s.Call.Cost <= most, cost, fmt.Sprintf("cost %s, expected at most %v", cost, most))
	}), nil
}
