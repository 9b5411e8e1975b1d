package project

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"promptbench/internal/config"
	"promptbench/internal/model"
	"promptbench/internal/params"
	"promptbench/internal/prompt"
	"promptbench/internal/strictyaml"
	"promptbench/internal/summary"
)

// A Target is a model that a revision is to run on.
type Target struct {
	Name   string // what the config or the user calls it
	ID     string
	Label  string // of the endpoint, as it stands in keys and headers
	Params params.Params
	Price  *summary.Price

	settings model.Target
	source   model.KeySource
}

// errNoModel says that nothing names a model.
var errNoModel = errors.New("no model is named: pass --model NAME, or set model in promptbench.yaml")

// TargetFor resolves the model that a revision runs on: the flag over the
// prompt file over the config. It reads no key.
func (p *Project) TargetFor(revision *prompt.Prompt) (Target, error) {
	name := firstOf(p.Options.Model, revision.Model, p.Config.Model)
	if name == "" {
		return Target{}, errNoModel
	}
	t, err := p.target(name)
	if err != nil {
		return Target{}, err
	}
	t.Params = p.Options.Params.Over(revision.Params.Over(t.Params))
	return t, nil
}

func (p *Project) target(name string) (Target, error) {
	if base := p.Options.BaseURL; base != "" {
		return p.typed(name, base), nil
	}
	if m, ok := p.Config.Models[name]; ok {
		return configured(m)
	}
	if near := strictyaml.Nearest(name, slices.Sorted(maps.Keys(p.Config.Models))); near != "" {
		return Target{}, fmt.Errorf("the config has no model %q; did you mean %s?", name, near)
	}
	// Any other name is an id at OpenAI, so that a key and --model are enough.
	t := Target{Name: name, ID: name}
	t.settings = model.Target{Name: name, ID: name, Endpoint: config.OpenAI, BaseURL: config.OpenAIBaseURL}
	t.source = model.KeySource{BaseURL: config.OpenAIBaseURL}
	t.Label = t.settings.Label()
	return t, nil
}

// typed is an endpoint on the spot. A name of the config stands for its id.
func (p *Project) typed(name, base string) Target {
	t := Target{Name: name, ID: name}
	if m, ok := p.Config.Models[name]; ok {
		t.ID, t.Params = m.Model, m.Params
	}
	t.settings = model.Target{Name: name, ID: t.ID, BaseURL: base}
	t.source = model.KeySource{BaseURL: base, Typed: true}
	t.Label = t.settings.Label()
	return t
}

func configured(m config.Model) (Target, error) {
	t := Target{Name: m.Name, ID: m.Model, Params: m.Params, Price: PriceOf(m)}
	headers := maps.Clone(m.Headers)
	for header, env := range m.HeadersEnv {
		if headers == nil {
			headers = map[string]string{}
		}
		headers[header] = os.Getenv(env)
	}
	t.settings = model.Target{
		Name: m.Name, ID: m.Model, Endpoint: m.Endpoint, BaseURL: m.BaseURL, Headers: headers, APIVersion: m.APIVersion,
	}
	t.source = model.KeySource{BaseURL: m.BaseURL, APIKeyEnv: m.APIKeyEnv}
	t.Label = t.settings.Label()
	return t, nil
}

// PriceOf is the configured price of a model, nil where it is unknown.
func PriceOf(m config.Model) *summary.Price {
	if m.Price == nil {
		return nil
	}
	return &summary.Price{Input: m.Price.Input, Output: m.Price.Output}
}

// PriceFor finds the price of the model of a run by its endpoint and id.
func (p *Project) PriceFor(endpoint, id string) *summary.Price {
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		m := p.Config.Models[name]
		if m.Model == id && model.EndpointLabel(m.Endpoint, m.BaseURL) == endpoint {
			return PriceOf(m)
		}
	}
	return nil
}

// Client makes what calls the target: retrying, and never more than
// concurrency calls at once. The error says that the key is missing, or what
// is wrong with the target.
func (t Target) Client(timeout time.Duration, concurrency int) (model.Model, error) {
	key, env, err := model.APIKey(os.Getenv, t.source)
	if err != nil {
		return nil, err
	}
	settings := t.settings
	settings.APIKey, settings.KeyEnv = model.Secret(key), env
	settings.Timeout, settings.Concurrency = timeout, concurrency
	client, err := model.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", t.Name, err)
	}
	return model.Retry(model.Limit(client, concurrency), model.Policy{}), nil
}
