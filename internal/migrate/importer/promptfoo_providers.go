package importer

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/strictyaml"
)

// endpointOf returns the endpoint of a provider of promptfoo: one that the config knows, or
// another that speaks OpenAI's API.
func endpointOf(provider string) (config.Preset, bool) {
	others := map[string]string{"google": config.Gemini, "llama": "llama.cpp", "azureopenai": config.Azure}
	if p, ok := config.PresetOf(cmp.Or(others[provider], provider)); ok {
		return p, true
	}
	for _, p := range []config.Preset{
		{Name: "xai", BaseURL: "https://api.x.ai/v1", KeyEnv: "XAI_API_KEY"},
		{Name: "perplexity", BaseURL: "https://api.perplexity.ai", KeyEnv: "PERPLEXITY_API_KEY"},
		{Name: "cerebras", BaseURL: "https://api.cerebras.ai/v1", KeyEnv: "CEREBRAS_API_KEY"},
		{Name: "togetherai", BaseURL: "https://api.together.xyz/v1", KeyEnv: "TOGETHER_API_KEY"},
		{Name: "fireworks", BaseURL: "https://api.fireworks.ai/inference/v1", KeyEnv: "FIREWORKS_API_KEY"},
		{Name: "hyperbolic", BaseURL: "https://api.hyperbolic.xyz/v1", KeyEnv: "HYPERBOLIC_API_KEY"},
		{Name: "lambdalabs", BaseURL: "https://api.lambda.ai/v1", KeyEnv: "LAMBDA_API_KEY"},
		{Name: "cohere", BaseURL: "https://api.cohere.ai/compatibility/v1", KeyEnv: "COHERE_API_KEY"},
		{Name: "litellm", BaseURL: "http://127.0.0.1:4000/v1", KeyEnv: "LITELLM_API_KEY"},
		{Name: "localai", BaseURL: "http://127.0.0.1:8080/v1"},
		{Name: "nscale", BaseURL: "https://inference.api.nscale.com/v1", KeyEnv: "NSCALE_SERVICE_TOKEN"},
		{Name: "aimlapi", BaseURL: "https://api.aimlapi.com/v1", KeyEnv: "AIML_API_KEY"},
	} {
		if p.Name == provider {
			return p, true
		}
	}
	return config.Preset{}, false
}

// modelAt is a model of an endpoint.
func modelAt(p config.Preset, id string) Model {
	m := Model{ID: id, APIKeyEnv: p.KeyEnv, API: p.API}
	if _, known := config.PresetOf(p.Name); known {
		m.Endpoint = p.Name
	} else {
		m.BaseURL = p.BaseURL
	}
	return m
}

// providers adds a model for each provider that has a counterpart, also of the files that name some.
func (f *promptfooConfig) providers(n strictyaml.Node, depth int) {
	for _, item := range items(n) {
		item = f.deref(item)
		if name, ok := reference(item); ok && !isProgram(name) && depth < maxNamed {
			for _, root := range f.followAll(item, "provider") {
				f.providers(root, depth+1)
			}
		} else if m, ok := f.model(item, false); ok {
			f.addModel(m)
		}
	}
}

func number(v any) (n float64, ok bool) {
	if whole, isInt := v.(int); isInt {
		return float64(whole), true
	}
	n, ok = v.(float64)
	return n, ok
}

// targetOf tells models apart.
func targetOf(m Model) string {
	return asJSON([]any{m.ID, m.Endpoint, m.API, m.BaseURL, m.APIKeyEnv, m.Headers})
}

func (d *draft) addModel(m Model) string {
	used := names{}
	for _, o := range d.Models {
		if targetOf(o) == targetOf(m) && sameObject(o.Params, m.Params) {
			return o.Name
		}
		used.unique(o.Name)
	}
	m.Name = used.unique(m.Name)
	d.Models = append(d.Models, m)
	return m.Name
}

func sameObject(a, b strictyaml.Object) bool {
	x, errX := strictyaml.Write(a)
	y, errY := strictyaml.Write(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// model is what a provider comes to, a model of chats or of embeddings.
func (f *promptfooConfig) model(n strictyaml.Node, embeds bool) (Model, bool) {
	id, label, settings := n, "", strictyaml.Node{}
	if n.Kind() == strictyaml.Mapping {
		id, settings = n.Get("id"), n.Get("config")
		label = n.Get("label").Text()
		entries := n.Entries()
		if id.Kind() == strictyaml.None && len(entries) == 1 { // id: {config: …}
			id, settings = entries[0].Key, entries[0].Value.Get("config")
			n = entries[0].Value
			label = n.Get("label").Text()
		}
		f.loseOthers(n, "a provider", "id", "label", "config", "transform")
		if n.Has("transform") {
			f.transforms = append(f.transforms, n.Get("transform"))
		}
	}
	kind, rest, _ := strings.Cut(id.Text(), ":")
	for _, key := range []string{"tools", "functions"} {
		if settings.Has(key) && f.calls == "" {
			f.calls, f.declared = callsOf(kind, key), f.readTools(settings)
		}
	}
	if id.Kind() != strictyaml.Text {
		f.lost(n, "the provider has no id")
		return Model{}, false
	}
	text := id.Text()
	if strings.HasPrefix(text, "file://") {
		f.lost(id, "the provider %s is code, which is not carried over", text)
		return Model{}, false
	}
	if kind == "github" {
		m := f.githubModel(id, rest)
		return f.namedModel(m, id, label, settings), true
	}
	preset, ok := endpointOf(kind)
	sub, name, cut := strings.Cut(rest, ":")
	isChat := slices.Contains([]string{"chat", "messages", "responses"}, sub) ||
		sub == "completion" && kind != config.OpenAI
	switch isEmbedding := sub == "embedding" || sub == "embeddings"; {
	case !ok:
		f.lost(id, "the provider %s is not carried over: no endpoint is known for it", text)
		return Model{}, false
	case embeds && (!isEmbedding || preset.API == config.Anthropic):
		f.lost(id, "the provider %s is not carried over: it has no embeddings at an API that promptbench knows", text)
		return Model{}, false
	case embeds:
	case kind == "llama":
		name = "llama"
	case !cut && isChat: // openai:chat, its model in the config
		name = settings.Get("model").Text()
	case !isChat:
		switch sub {
		case "completion", "embedding", "embeddings", "image", "realtime", "assistant", "moderation", "agents", "chatkit",
			"transcription", "video", "live", "codex-sdk":
			f.lost(id, "the provider %s is no chat", text)
			return Model{}, false
		}
		name = rest
	}
	if name == "" {
		f.lost(id, "the provider %s names no model", text)
		return Model{}, false
	}
	m := modelAt(preset, name)
	if sub == config.Responses {
		m.API = config.Responses
	}
	return f.namedModel(m, id, label, settings), true
}

// namedModel gives a model its name and its settings.
func (f *promptfooConfig) namedModel(m Model, id strictyaml.Node, label string, settings strictyaml.Node) Model {
	m.Name = slug(label, slug(path.Base(m.ID), "model"))
	if label != "" && m.Name != label {
		f.note(id.Problem("", ""), "the provider %q is the model %s", label, m.Name)
	}
	m.APIVersion = settings.Get("apiVersion").Text()
	f.settings(&m, settings)
	f.fit(&m, id)
	return m
}

// fit leaves out what the API of a model does not take.
func (f *promptfooConfig) fit(m *Model, id strictyaml.Node) {
	m.Params = slices.DeleteFunc(m.Params, func(p strictyaml.Field) bool {
		n, _ := number(p.Value)
		bad := m.API == config.Responses && p.Key == "stop" || m.API == config.Anthropic && p.Key == "temperature" && n > 1
		if bad {
			f.lost(id, "%s of the provider is not carried over: its API does not take it", p.Key)
		}
		return bad
	})
	if m.API == config.Anthropic && m.response.format == "json_object" {
		f.lost(id, "the response format json_object is not carried over: the API of the provider does not take it")
		m.response = response{}
	}
}

func (f *promptfooConfig) settings(m *Model, n strictyaml.Node) {
	var extra strictyaml.Object
	for _, e := range n.Entries() {
		key, v := e.Key.Text(), e.Value
		name, isParam := map[string]string{
			"temperature": "temperature", "top_p": "topP", "max_tokens": "maxTokens",
			"max_completion_tokens": "maxCompletionTokens",
			"max_output_tokens":     "maxTokens", "maxOutputTokens": "maxTokens", "topP": "topP",
			"seed": "seed", "stop": "stop", "reasoning_effort": "reasoningEffort",
		}[key]
		switch {
		case isParam:
			f.param(m, name, key, v)
		case key == "presence_penalty" || key == "frequency_penalty" || key == "top_k" || key == "min_p" ||
			key == "verbosity" || key == "service_tier" || key == "dimensions":
			if m.API == config.Gemini || m.API == config.Anthropic && key != "top_k" {
				f.lost(e.Key, "%s of the provider is not carried over: its API does not take it", key)
				continue
			}
			extra = append(extra, strictyaml.Field{Key: key, Value: plain(v)})
		case key == "reasoning" && v.Get("effort").Kind() == strictyaml.Text:
			f.param(m, "reasoningEffort", key, v.Get("effort"))
		case key == "apiBaseUrl" || key == "apiBaseURL" || key == "baseUrl" || key == "apiHost":
			f.baseURL(m, key, v)
		case key == "apiKeyEnvar":
			m.APIKeyEnv = v.Text()
		case key == "headers":
			f.headers(m, v)
		case key == "response_format":
			f.response(m, v)
		case key == "tools" || key == "functions":
			m.tools = f.readTools(n)
		case key == "tool_choice" || key == "function_call" || key == "toolChoice":
		case key == "model" || key == "apiVersion":
		case key == "apiKey":
			f.lost(
				e.Key, "a key never stands in a file, so apiKey is not carried over; %s names the variable that holds it",
				"api_key_env")
		default:
			f.lost(e.Key, "%s of a provider is not carried over", key)
		}
	}
	if len(extra) > 0 {
		m.Params = append(m.Params, strictyaml.Field{Key: "extra", Value: extra})
	}
}

// param takes a parameter over where its value is of the right kind.
func (f *promptfooConfig) param(m *Model, name, key string, v strictyaml.Node) {
	value := plain(v)
	var ok bool
	switch name {
	case "temperature", "topP":
		n, isNumber := number(value)
		ok = isNumber && n >= 0 && n <= map[string]float64{"temperature": 2, "topP": 1}[name]
	case "stop":
		if one, isText := value.(string); isText {
			value = []any{one}
		}
		list, isList := value.([]any)
		ok = isList && len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool {
			s, isText := v.(string)
			return !isText || s == ""
		})
	case "reasoningEffort":
		_, ok = value.(string)
	default:
		n, isInt := value.(int)
		ok = isInt && (n > 0 || name == "seed")
	}
	if !ok {
		f.lost(v, "%s: %s is not carried over", key, v.Describe())
		return
	}
	if slices.ContainsFunc(m.Params, func(p strictyaml.Field) bool { return p.Key == name }) {
		f.lost(v, "%s: %s is not carried over beside the other one", key, v.Describe())
		return
	}
	m.Params = append(m.Params, strictyaml.Field{Key: name, Value: value})
}

func (f *promptfooConfig) baseURL(m *Model, key string, v strictyaml.Node) {
	base := v.Text()
	if key == "apiHost" {
		base = "https://" + base
		if m.Endpoint != config.Azure {
			base += "/v1"
		}
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" ||
		u.Fragment != "" {
		f.lost(v, "%s %s is no plain http or https address", key, v.Describe())
		return
	}
	m.BaseURL = base
}

func (f *promptfooConfig) headers(m *Model, n strictyaml.Node) {
	for _, e := range n.Entries() {
		if config.SecretHeader(e.Key.Text()) || strings.Contains(e.Value.Text(), "{{") ||
			strings.ContainsAny(e.Value.Text(), "\r\n") {
			f.lost(e.Key, "the header %s is not carried over; headers_env names the variable that holds its value", e.Key.Text())
			continue
		}
		if m.Headers == nil {
			m.Headers = map[string]string{}
		}
		m.Headers[e.Key.Text()] = e.Value.Text()
	}
}

func (f *promptfooConfig) response(m *Model, n strictyaml.Node) {
	n, ok := f.follow(n)
	if !ok {
		return
	}
	switch kind := n.Get("type").Text(); kind {
	case "text", "json_object":
		m.response = response{format: kind}
	case "json_schema":
		schema := n.Get("json_schema")
		if schema.Kind() == strictyaml.None && n.Get("schema").Kind() != strictyaml.None {
			schema = n
		}
		value, _ := plain(schema).(map[string]any)
		if value == nil || value["schema"] == nil {
			f.lost(n, "the response format has no schema that stands in it")
			return
		}
		delete(value, "type")
		if value["name"] == nil {
			value["name"] = "reply"
		}
		if err := schemaFault(value); err != nil {
			f.lost(n, "the response format is not carried over: %s", err)
			return
		}
		m.response = response{format: kind, schema: value}
	default:
		f.lost(n, "the response format %q is not carried over", kind)
	}
}
