package project

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"promptbench/graders/reply"
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// A Target is a model that a revision is to run on.
type Target struct {
	Name   string // what the config or the user calls it
	ID     string
	Label  string // of the endpoint, in keys and headers
	Params params.Params
	Price  *params.Price
	API    string // of the config's names; empty for chat

	textOnly   bool
	settings   model.Target
	headersEnv map[string]string // header name to the variable that holds its value
	source     model.KeySource
	getenv     func(string) string
}

// errNoID says that an endpoint on the spot needs the id of a model there.
var errNoID = errors.New("--base-url says where, and --model ID has to say which model there")

// errNoModel says that nothing names a model, and which there are.
func (p *Project) errNoModel() error {
	if names := slices.Sorted(maps.Keys(p.Config.Models)); len(names) > 0 {
		return fmt.Errorf("no model is named: pass --model with one of %s, or set model in promptbench.yaml",
			strings.Join(names, ", "))
	}
	return errors.New("no model is named: pass --model with the id of one at OpenAI or with ENDPOINT:ID, " +
		"or --base-url URL and --model ID for any other, or set model in promptbench.yaml")
}

// TargetFor resolves the model that a revision runs on: the flag over the
// prompt file over the config. It reads no key.
func (p *Project) TargetFor(revision *prompt.Prompt) (Target, error) {
	return p.targetFor(revision, p.Options.Model)
}

// targetFor is [Project.TargetFor] with a model that was named in place of the flag.
func (p *Project) targetFor(revision *prompt.Prompt, named string) (Target, error) {
	name := cmp.Or(named, revision.Model, p.Config.Model)
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
	t.Params.Omit = nil // what is not sent needs no word
	return t, nil
}

// target finds a model by what the user calls it: a name of the config, PRESET:ID, or without models in the config an
// id at OpenAI. With --base-url it is an id there, sent as written.
func (p *Project) target(name string) (Target, error) {
	if base := p.Options.BaseURL; base != "" {
		return p.targetAt(name, base), nil
	}
	if m, ok := p.Config.Models[name]; ok {
		return p.targetOf(m), nil
	}
	endpoint, id, hasColon := strings.Cut(name, ":")
	preset, isEndpoint := config.PresetOf(endpoint)
	wrong := func(message, hint string) (Target, error) {
		return Target{}, problem.List{{Message: message, Hint: hint}}
	}
	switch near := strictyaml.Nearest(endpoint, config.PresetNames()); {
	case isEndpoint && id != "":
		return p.targetOf(preset.Model(id)), nil
	case isEndpoint:
		return wrong(fmt.Sprintf("--model %s names no model there", name), fmt.Sprintf("write %s:ID", endpoint))
	case hasColon && near != "":
		return wrong(fmt.Sprintf("there is no endpoint %q", endpoint), fmt.Sprintf("did you mean %s:%s?", near, id))
	}
	if names := slices.Sorted(maps.Keys(p.Config.Models)); len(names) > 0 {
		hint := fmt.Sprintf("name its endpoint, such as --model %s:%s", config.OpenAI, name)
		if hasColon {
			hint = "name its endpoint before a colon: " + strings.Join(config.PresetNames(), ", ")
		}
		return wrong(fmt.Sprintf("the config has no model %q; %s", name,
			cmp.Or(strictyaml.DidYouMean(name, names), "it has "+wording.List(names))),
			"to use a model that is not in the config, "+hint)
	}
	preset, _ = config.PresetOf(config.OpenAI)
	t := p.targetOf(preset.Model(name))
	t.Name, t.settings.Name = name, name
	return t, nil
}

// targetAt is a model at --base-url. The config gives the id and the API of a name that it has.
func (p *Project) targetAt(name, base string) Target {
	m := p.Config.Models[name]
	base, version := config.SplitAddress(base)
	settings := model.Target{
		Name: name, ID: cmp.Or(m.Model, name), BaseURL: base, API: api.ByName(m.API),
		Endpoint: labelOf(config.Model{BaseURL: base}),
	}
	if version != "" {
		settings.API, settings.APIVersion = api.Azure{API: settings.API}, version
	}
	t := p.newTarget(settings)
	t.API = m.API
	t.source = model.KeySource{BaseURL: base, Typed: true}
	t.Params = m.Params
	return t
}

func (p *Project) newTarget(settings model.Target) Target {
	return Target{Name: settings.Name, ID: settings.ID, Label: settings.Label(), settings: settings, getenv: p.getenv}
}

func (p *Project) targetOf(m config.Model) Target {
	preset, _ := config.PresetOf(m.Endpoint)
	settings := model.Target{
		Name: m.Name, ID: m.Model, Endpoint: labelOf(m), BaseURL: m.BaseURL, Headers: m.Headers,
		API: api.ByName(m.API), APIVersion: m.APIVersion, Renames: preset.Renames, RPM: m.RPM, TPM: m.TPM,
		Thinking: m.Thinking,
	}
	if m.Endpoint == config.Azure || m.APIVersion != "" {
		settings.API = api.Azure{API: settings.API}
	}
	t := p.newTarget(settings)
	t.API, t.Params, t.Price, t.headersEnv = m.API, m.Params, m.Price, m.HeadersEnv
	t.textOnly = m.TextOnly
	t.source = model.KeySource{BaseURL: m.BaseURL, APIKeyEnv: m.APIKeyEnv}
	if m.BaseURL == preset.BaseURL || preset.Owns(m.BaseURL) || model.EndpointLabel("", m.BaseURL) == model.Local {
		t.source.UsualEnv = preset.KeyEnv
	}
	return t
}

// labelOf returns the endpoint as recordings name it, where the config decides that: a base URL that names variables is
// its own label, so that their values stand in no file.
func labelOf(m config.Model) string {
	if m.Endpoint == "" && config.HasVars(m.BaseURL) {
		return strings.TrimRight(m.BaseURL, "/")
	}
	return m.Endpoint
}

// speaks reports whether the API of the target is of a kind, as [model.API] names it.
func (t Target) speaks(kind string) bool {
	return t.settings.API != nil && t.settings.API.Kind() == kind
}

// PriceFor finds the price of the model of a run by its endpoint and id.
func (p *Project) PriceFor(endpoint, id string) *params.Price {
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		m := p.Config.Models[name]
		if m.Model == id && model.EndpointLabel(labelOf(m), m.BaseURL) == endpoint {
			return m.Price
		}
	}
	return nil
}

// ReaderFor returns the reader of the replies of a run's model, with the marks that
// the config gives for its thinking.
func (p *Project) ReaderFor(m runfile.Model) *reply.Reader {
	return p.Reader.WithThinking(p.ThinkingOf(m))
}

// ThinkingOf returns the marks that the config gives for the thinking of a run's model.
func (p *Project) ThinkingOf(of runfile.Model) [][2]string {
	for _, name := range slices.Sorted(maps.Keys(p.Config.Models)) {
		m := p.Config.Models[name]
		if m.Model == of.ID && model.EndpointLabel(labelOf(m), m.BaseURL) == of.Endpoint {
			return m.Thinking
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
	settings := t.Priced(timeout)
	source := t.source
	var err error
	if config.HasVars(settings.BaseURL) {
		if settings.BaseURL, settings.Hidden, err = config.Expand(settings.BaseURL, t.getenv); err != nil {
			return model.Target{}, fmt.Errorf("the base URL of model %s: %w", t.Name, err)
		}
		if u, err := url.Parse(settings.BaseURL); err == nil && u.Host != "" {
			settings.Hidden = append(settings.Hidden, u.Host, u.Hostname()) // what the network says of it
		}
		source.BaseURL = settings.BaseURL
	}
	if settings.Endpoint == config.Azure && settings.APIVersion == "" {
		settings.BaseURL = api.AzureV1(settings.BaseURL) // batches go there, too
	}
	key, env, err := model.APIKey(t.getenv, source)
	if err != nil && len(settings.Hidden) > 0 {
		err = fmt.Errorf("no key for model %s: set %s", t.Name,
			cmp.Or(source.APIKeyEnv, source.UsualEnv, model.DefaultKeyEnv))
	}
	if err != nil {
		return model.Target{}, err
	}
	settings.APIKey, settings.KeyEnv = model.Secret(key), env
	settings.Headers, settings.Secrets, err = t.headers()
	return settings, err
}

// headers returns the headers that the config names, and what their variables hold.
func (t Target) headers() (out map[string]string, secrets []string, err error) {
	out = map[string]string{}
	add := func(name, value string) error {
		expanded, values, err := config.Expand(name, t.getenv)
		out[expanded], secrets = value, append(secrets, values...)
		return err
	}
	for name, value := range t.settings.Headers {
		if err := add(name, value); err != nil {
			return nil, nil, fmt.Errorf("a header of model %s: %w", t.Name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.headersEnv)) {
		value := t.getenv(t.headersEnv[name])
		if value == "" {
			return nil, nil, fmt.Errorf("no value for the header %s: set %s, which the config names under headers_env",
				name, t.headersEnv[name])
		}
		secrets = append(secrets, value)
		if err := add(name, value); err != nil {
			return nil, nil, fmt.Errorf("a header of model %s: %w", t.Name, err)
		}
	}
	return out, secrets, nil
}

// Priced is the target without its secrets.
func (t Target) Priced(timeout time.Duration) model.Target {
	settings := t.settings
	settings.Timeout = timeout
	settings.Price = t.Price
	return settings
}

// checked returns a problem where the API of the target can't ask what the revision says, and so would fail in each
// call.
func (t Target) checked(revision *prompt.Prompt) error {
	r := model.Request{
		Params: t.Params, ResponseFormat: revision.ResponseFormat, JSONSchema: revision.JSONSchema,
		Tools: revision.Tools, ToolChoice: revision.ToolChoice,
	}
	for _, m := range revision.Messages {
		r.Messages = append(r.Messages, model.Message{Role: m.Role, Content: m.Content})
	}
	if _, err := t.settings.Prepare(r); err != nil {
		return problem.List{{File: revision.Path, Message: fmt.Sprintf("model %s can't be asked this: %v", t.Name, err)}}
	}
	return nil
}

// checkAttachments returns a problem where a revision can't be asked on the target about a case with images or files.
func (p *Project) checkAttachments(t Target, revision *prompt.Prompt) error {
	switch {
	case !p.Suite.HasAttachments():
		return nil
	case t.textOnly:
		return problem.List{{
			File: p.Suite.Path, Message: fmt.Sprintf("model %s takes text alone, and some cases have images or files", t.Name),
			Hint: "choose another model, or leave these cases out with --tag; " +
				"if it does take them, set images: true on it in the config",
		}}
	case !slices.ContainsFunc(revision.Messages, func(m prompt.Message) bool { return m.Role == "user" }):
		return problem.List{{
			File:    revision.Path,
			Message: "some cases have images or files, and the prompt has no user message that could have them",
			Hint:    "put {{input}} into a message with role: user",
		}}
	}
	return nil
}

// Unsent says which parameter is not sent, since the API of the target has none, or is empty.
func (t Target) Unsent() string {
	if t.Params.Seed == nil || api.TakesSeed(t.settings.API) {
		return ""
	}
	return fmt.Sprintf("model %s gets no seed: its API has none, so a repeated call may get another reply", t.Name)
}

// RanOn reports whether a run is one of revisions over the project's suite, on a target.
func (p *Project) RanOn(h runfile.Header, t Target) bool {
	return h.OfRevision() && h.Suite.Name == p.Suite.Name && h.Model.ID == t.ID && h.Model.Endpoint == t.Label &&
		h.Model.API == t.API
}
