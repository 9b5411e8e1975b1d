package project

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
)

// A Target is a model that a revision is to run on.
type Target struct {
	Name   string // what the config or the user calls it
	ID     string
	Label  string // of the endpoint, in keys and headers
	Params params.Params
	Price  *params.Price

	guess      string // why a name that the config lacks is taken for a model of OpenAI; else empty
	settings   model.Target
	headersEnv map[string]string // header name to the variable that holds its value
	source     model.KeySource
}

// errNoID says that an endpoint on the spot needs the id of a model there.
var errNoID = errors.New("--base-url says where, and --model ID has to say which model there")

// errNoModel says that nothing names a model, and which there are.
func (p *Project) errNoModel() error {
	if names := slices.Sorted(maps.Keys(p.Config.Models)); len(names) > 0 {
		return fmt.Errorf("no model is named: pass --model with one of %s, or set model in promptbench.yaml",
			strings.Join(names, ", "))
	}
	return errors.New("no model is named: pass --model with the id of one at OpenAI, " +
		"or --base-url URL and --model ID for any other, or set model in promptbench.yaml")
}

// TargetFor resolves the model that a revision runs on: the flag over the
// prompt file over the config. It reads no key.
func (p *Project) TargetFor(revision *prompt.Prompt) (Target, error) {
	name := cmp.Or(p.Options.Model, revision.Model, p.Config.Model)
	if name == "" && p.Options.BaseURL != "" {
		return Target{}, errNoID
	}
	if name == "" {
		return Target{}, p.errNoModel()
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
		return p.targetAt(name, base), nil
	}
	if m, ok := p.Config.Models[name]; ok {
		return targetOf(m), nil
	}
	if near := strictyaml.Nearest(name, slices.Sorted(maps.Keys(p.Config.Models))); near != "" {
		return Target{}, fmt.Errorf("the config has no model %q; did you mean %s?", name, near)
	}
	// Any other name is an id at OpenAI, so that a key and --model are enough.
	t := newTarget(model.Target{Name: name, ID: name, Endpoint: config.OpenAI, BaseURL: config.OpenAIBaseURL},
		model.KeySource{BaseURL: config.OpenAIBaseURL})
	if names := slices.Sorted(maps.Keys(p.Config.Models)); len(names) > 0 {
		t.guess = fmt.Sprintf(" (%s is none of the config's models, which are %s, and so it was taken for one of OpenAI)",
			name, strings.Join(names, ", "))
	}
	return t, nil
}

// targetAt is a model at --base-url. The config gives the id of a name that it has.
func (p *Project) targetAt(name, base string) Target {
	m := p.Config.Models[name]
	target := model.Target{Name: name, ID: cmp.Or(m.Model, name), BaseURL: base}
	t := newTarget(target, model.KeySource{BaseURL: base, Typed: true})
	t.Params = m.Params
	return t
}

func newTarget(settings model.Target, source model.KeySource) Target {
	settings.API = api.Chat{}
	return Target{Name: settings.Name, ID: settings.ID, Label: settings.Label(), settings: settings, source: source}
}

func targetOf(m config.Model) Target {
	t := newTarget(model.Target{
		Name: m.Name, ID: m.Model, Endpoint: m.Endpoint, BaseURL: m.BaseURL, Headers: m.Headers,
		APIVersion: m.APIVersion, RPM: m.RPM, TPM: m.TPM,
	}, model.KeySource{BaseURL: m.BaseURL, APIKeyEnv: m.APIKeyEnv})
	t.Params, t.Price, t.headersEnv = m.Params, m.Price, m.HeadersEnv
	return t
}

// PriceFor finds the price of the model of a run by its endpoint and id.
func (p *Project) PriceFor(endpoint, id string) *params.Price {
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		m := p.Config.Models[name]
		if m.Model == id && model.EndpointLabel(m.Endpoint, m.BaseURL) == endpoint {
			return m.Price
		}
	}
	return nil
}

// checkHeaderVars names a header's variable that is not set.
func checkHeaderVars(vars map[string]string) error {
	for _, header := range slices.Sorted(maps.Keys(vars)) {
		if os.Getenv(vars[header]) == "" {
			return fmt.Errorf("no value for the header %s: set %s, which the config names under headers_env",
				header, vars[header])
		}
	}
	return nil
}

// Model makes what calls the target, as part of a job's engine. timeout bounds
// one attempt. The error says that a variable is missing, or what is wrong with
// the target.
func (t Target) Model(e *engine.Engine, timeout time.Duration) (model.Model, error) {
	settings, err := t.Open(timeout)
	if err != nil {
		return nil, err
	}
	return e.Model(settings)
}

// Open is the target with what its variables hold.
func (t Target) Open(timeout time.Duration) (model.Target, error) {
	key, env, err := model.APIKey(os.Getenv, t.source)
	if err != nil && t.guess != "" {
		err = fmt.Errorf("%w%s", err, t.guess)
	}
	if err != nil {
		return model.Target{}, err
	}
	if err := checkHeaderVars(t.headersEnv); err != nil {
		return model.Target{}, err
	}
	settings := t.Priced(timeout)
	settings.APIKey, settings.KeyEnv = model.Secret(key), env
	settings.Headers = maps.Clone(settings.Headers)
	for header, name := range t.headersEnv {
		if settings.Headers == nil {
			settings.Headers = map[string]string{}
		}
		settings.Headers[header] = os.Getenv(name)
	}
	return settings, nil
}

// Priced is the target without its secrets.
func (t Target) Priced(timeout time.Duration) model.Target {
	settings := t.settings
	settings.Timeout = timeout
	settings.Price = t.Price
	return settings
}

// Targets are the models that the revisions run on. Revisions that their files
// send to different ones are refused before any call: what comes of it could
// not be compared.
func (p *Project) Targets() ([]Target, error) {
	targets := make([]Target, len(p.Prompts))
	for i, revision := range p.Prompts {
		t, err := p.TargetFor(revision)
		if err != nil {
			return nil, problem.From(err).Err() // what was typed is wrong
		}
		if first := targets[0]; i > 0 && (t.ID != first.ID || t.Label != first.Label) {
			return nil, problem.List{{
				Message: fmt.Sprintf("%s runs on %s (%s) and %s on %s (%s), so the prompt may not be the cause of a difference",
					p.Prompts[0].Name, first.ID, first.Label, revision.Name, t.ID, t.Label),
				Hint: "name one model with --model, or run them one by one and compare with --allow model",
			}}
		}
		targets[i] = t
	}
	return targets, nil
}

// RanOn reports whether a run is one of revisions over the project's suite, on a target.
func (p *Project) RanOn(h runfile.Header, t Target) bool {
	return !h.OfJudge() && h.Suite.Name == p.Suite.Name && h.Model.ID == t.ID && h.Model.Endpoint == t.Label
}
