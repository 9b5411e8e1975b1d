package project

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
)

// Served returns what a worker calls for a model at an endpoint, by its label and the
// kind of its API: the one of the flags, else the config's. The address and the key
// never come from the run that asks, and what the worker would not send itself is
// refused. Timeout bounds one attempt.
func (p *Project) Served(kind, endpoint, id string, timeout time.Duration) (model.Model, error) {
	t, err := p.findServed(kind, endpoint, id)
	if err != nil {
		return nil, err
	}
	settings, err := t.Open(timeout)
	if err != nil {
		return nil, err
	}
	client, err := engine.NewClient(settings)
	if err != nil {
		return nil, err
	}
	more := slices.Concat(slices.Collect(maps.Keys(t.Params.Extra)), slices.Collect(maps.Values(settings.Renames)))
	return served{client, kind, id, more}, nil
}

// A served is a model whose requests come from elsewhere.
type served struct {
	model.Model

	kind, id string
	more     []string // fields of a body that the config knows
}

// Complete makes a call if it asks for no more than a run of this program would.
func (s served) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	if err := api.CheckBody(s.kind, s.id, r.Body, s.more); err != nil {
		return model.Response{}, &model.Error{Kind: model.KindRefused, Message: fmt.Sprintf(
			"a worker refuses a call: %v; a field that it may send belongs under params.extra of the model in its config",
			err)}
	}
	return s.Model.Complete(ctx, r)
}

func (p *Project) findServed(kind, endpoint, id string) (Target, error) {
	if base, named := p.Options.BaseURL, p.Options.Model; base != "" || named != "" {
		t := p.targetAt(cmp.Or(named, id), base)
		if base == "" {
			var err error
			if t, err = p.target(named); err != nil {
				return Target{}, err
			}
		}
		if t.Label == endpoint && t.speaks(kind) && t.ID == id {
			return t, nil
		}
		return Target{}, fmt.Errorf("it serves %s at %s, not %s at %s", cmp.Or(named, "any model"), t.Label, id, endpoint)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		t := p.targetOf(p.Config.Models[name])
		if t.Label == endpoint && t.speaks(kind) && t.ID == id {
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("its config has no model %s at %s", id, endpoint)
}
