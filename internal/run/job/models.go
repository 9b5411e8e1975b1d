package job

import (
	"errors"
	"fmt"

	"promptbench/internal/input/problem"
	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A caller is a model, or the reason why none can be called.
type caller struct {
	model model.Model
	why   string
}

// openModels makes one caller for each target, by its name. A missing key only
// matters for a reply that is not recorded: it is an error where isRecorded finds no
// recording at all.
func openModels(
	targets []project.Target, o Options, via Transport, e *engine.Engine,
	isRecorded func(target string) (bool, error),
) (map[string]caller, error) {
	out := map[string]caller{}
	for _, t := range targets {
		if _, ok := out[t.Name]; ok {
			continue
		}
		if o.Offline {
			out[t.Name] = caller{
				why: fmt.Sprintf("no recording of %s (%s) answers this; run without --offline to ask it", t.ID, t.Label),
			}
			continue
		}
		if err := CheckPrice(t, o); err != nil {
			return nil, err
		}
		m, err := via.Model(t, e, o.Timeout)
		if err != nil {
			some, countErr := isRecorded(t.Name)
			if countErr != nil || !some {
				return nil, errors.Join(countErr, err)
			}
			out[t.Name] = caller{why: "no recording answers this, and it can't be asked: " + err.Error()}
			continue
		}
		out[t.Name] = caller{model: m}
	}
	return out, nil
}

// CheckPrice refuses a model whose price is not known, where the options limit the cost.
func CheckPrice(t project.Target, o Options) error {
	if o.MaxCost == nil || t.Price != nil || o.Offline {
		return nil
	}
	return problem.List{{
		Message: fmt.Sprintf("--max-cost needs the price of %s, which the config does not give", t.Name),
		Hint:    "add price: {input: …, output: …}, per million tokens, to the model in the config, or use --max-calls",
	}}
}

// askerFor answers for a target, from recordings where there are any.
func askerFor(t project.Target, c caller, index *runfile.Index) *runner.Asker {
	target := t.Priced(0)
	target.Endpoint = target.Label() // which every call has in its key: found once
	out := &runner.Asker{Target: target, Model: c.model, Offline: c.why}
	if index != nil {
		out.Recorded = index
	}
	return out
}
