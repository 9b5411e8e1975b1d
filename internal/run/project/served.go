package project

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"promptbench/internal/input/config"
	"promptbench/internal/model"
	"promptbench/internal/model/engine"
)

// Served returns what a worker calls for a model at an endpoint, by its label and the
// kind of its API: the one of the flags, else the config's entry for both, else its only
// entry for the endpoint, else a known endpoint. Timeout bounds one attempt. The address
// and the key never come from the run that asks.
func (p *Project) Served(kind, endpoint, id string, timeout time.Duration) (model.Model, error) {
	t, err := p.findServed(kind, endpoint, id)
	if err != nil {
		return nil, err
	}
	t.ID, t.settings.ID = id, id
	settings, err := t.Open(timeout)
	if err != nil {
		return nil, err
	}
	return engine.NewClient(settings)
}

func (p *Project) findServed(kind, endpoint, id string) (Target, error) {
	if base := p.Options.BaseURL; base != "" {
		t := p.targetAt(cmp.Or(p.Options.Model, id), base)
		if t.Label == endpoint && t.speaks(kind) && (p.Options.Model == "" || t.ID == id) {
			return t, nil
		}
		return Target{}, fmt.Errorf("it serves %s at %s, not %s at %s", cmp.Or(t.ID, "any model"), t.Label, id, endpoint)
	}
	var found []Target
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		t := p.targetOf(p.Config.Models[name])
		switch {
		case t.Label != endpoint || !t.speaks(kind):
		case t.ID == id:
			return t, nil
		default:
			found = append(found, t)
		}
	}
	same := func(t Target) bool {
		return t.settings.BaseURL == found[0].settings.BaseURL && t.source == found[0].source
	}
	switch {
	case len(found) == 0:
		preset, _ := config.PresetOf(endpoint)
		if t := p.targetOf(preset.Model(id)); preset.Name != "" && t.speaks(kind) {
			return t, nil
		}
		return Target{}, fmt.Errorf("its config has no model at %s", endpoint)
	case slices.ContainsFunc(found, func(t Target) bool { return !same(t) }):
		return Target{}, fmt.Errorf("its config has several addresses for %s, and no model %s there", endpoint, id)
	}
	return found[0], nil
}
