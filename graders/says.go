package graders

import (
	"encoding/json"

	"promptbench/graders/schema"
)

func saysParam() param {
	return textParam("says", "What a reply does that fails the check, such as repeats an item; reasons hold it in place "+
		"of the expression.")
}

// WithoutSays returns the parameters that a suite gives to the grader of that name
// without the words of [Criterion.Says]: what decides a score, and nothing else.
func WithoutSays(name string, params json.RawMessage) json.RawMessage {
	if name != nameRubric && name != nameExpression {
		return params
	}
	parsed, err := schema.Parse(string(params))
	top, ok := parsed.(map[string]any)
	if err != nil || !ok {
		return params
	}
	delete(top, "says")
	criteria, _ := top["criteria"].([]any)
	for _, c := range criteria {
		if c, ok := c.(map[string]any); ok {
			delete(c, "says")
		}
	}
	return canonical(top)
}

// Expressions returns the expression behind each score that has one, by the name of
// the score, given the specs of a suite or of a run.
func Expressions(specs []Spec) map[string]string {
	out := map[string]string{}
	for _, spec := range specs {
		for _, c := range spec.criteria() {
			if c.Check != "" {
				out[nameRubric+"/"+c.ID] = c.Check
			}
		}
		var params struct {
			Check string `json:"check"`
		}
		if spec.Kind == nameExpression && json.Unmarshal(spec.Params, &params) == nil {
			out[spec.Name] = params.Check
		}
	}
	return out
}
