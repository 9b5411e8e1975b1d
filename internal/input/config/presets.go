package config

import (
	"net/url"
	"slices"
	"strings"
)

// The names of the model APIs. An empty name is [Chat].
const (
	Chat      = "chat"      // OpenAI's chat completions, which most servers speak
	Responses = "responses" // OpenAI's Responses
	Anthropic = "anthropic" // Anthropic's Messages
	Gemini    = "gemini"    // Google's generateContent
)

// APIs returns the names of the model APIs.
func APIs() []string { return []string{Chat, Responses, Anthropic, Gemini} }

// The endpoints with a rule of their own.
const (
	OpenAI = "openai"
	Azure  = "azure"
)

// OpenAIBaseURL is the base URL of the endpoint [OpenAI].
const OpenAIBaseURL = "https://api.openai.com/v1"

// A Preset is what is known of an endpoint.
type Preset struct {
	Name    string // the endpoint in a config, and the part before the colon of --model PRESET:ID
	BaseURL string // may name variables, see [Expand]
	API     string // of [APIs]
	KeyEnv  string // the variable with the key; empty where none is needed
	// Domain is what hosts end in that belong to the endpoint; empty for the host of BaseURL alone.
	Domain string
	// Renames are the parameters that the endpoint calls otherwise: OpenAI's name to its own.
	Renames map[string]string
	// TextOnly says that its API takes text alone.
	TextOnly bool
}

// Presets returns the known endpoints. Their addresses were checked on 2026-11-30; docs/models.md lists them too.
func Presets() []Preset {
	// Mistral's API has no max_completion_tokens, and its seed has another name.
	mistral := map[string]string{"max_completion_tokens": "max_tokens", "seed": "random_seed"}
	// DeepSeek's max_tokens limits the reasoning as well.
	deepseek := map[string]string{"max_completion_tokens": "max_tokens"}
	return []Preset{
		{Name: OpenAI, BaseURL: OpenAIBaseURL, API: Chat, KeyEnv: "OPENAI_API_KEY"},
		{
			Name: Azure, BaseURL: "${AZURE_OPENAI_ENDPOINT}", API: Chat, KeyEnv: "AZURE_OPENAI_API_KEY",
			Domain: ".azure.com", // NAME.openai.azure.com and the like
		},
		{Name: Anthropic, BaseURL: "https://api.anthropic.com/v1", API: Anthropic, KeyEnv: "ANTHROPIC_API_KEY"},
		{
			Name: Gemini, BaseURL: "https://generativelanguage.googleapis.com/v1beta", API: Gemini,
			KeyEnv: "GEMINI_API_KEY",
		},
		{Name: "openrouter", BaseURL: "https://openrouter.ai/api/v1", API: Chat, KeyEnv: "OPENROUTER_API_KEY"},
		{Name: "groq", BaseURL: "https://api.groq.com/openai/v1", API: Chat, KeyEnv: "GROQ_API_KEY"},
		{
			Name: "mistral", BaseURL: "https://api.mistral.ai/v1", API: Chat, KeyEnv: "MISTRAL_API_KEY",
			Renames: mistral,
		},
		{
			Name: "deepseek", BaseURL: "https://api.deepseek.com", API: Chat, KeyEnv: "DEEPSEEK_API_KEY",
			Renames: deepseek, TextOnly: true,
		},
		{Name: "ollama", BaseURL: "http://127.0.0.1:11434/v1", API: Chat},
		{Name: "vllm", BaseURL: "http://127.0.0.1:8000/v1", API: Chat},
		{Name: "llama.cpp", BaseURL: "http://127.0.0.1:8080/v1", API: Chat},
		{Name: "lmstudio", BaseURL: "http://127.0.0.1:1234/v1", API: Chat},
	}
}

// PresetNames returns the names of the presets.
func PresetNames() []string {
	var out []string
	for _, p := range Presets() {
		out = append(out, p.Name)
	}
	return out
}

// PresetOf returns the preset with a name.
func PresetOf(name string) (Preset, bool) {
	all := Presets()
	if i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name }); i >= 0 {
		return all[i], true
	}
	return Preset{}, false
}

// Owns reports whether base is an address of the endpoint over TLS. Its key goes to no other unasked.
func (p Preset) Owns(base string) bool {
	u, err := url.Parse(base)
	if err != nil || !strings.EqualFold(u.Scheme, "https") {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if p.Domain != "" {
		return strings.HasSuffix(host, p.Domain)
	}
	own, err := url.Parse(p.BaseURL)
	return err == nil && host == own.Hostname()
}

// apiAt returns the API that the endpoint speaks at a base URL.
func (p Preset) apiAt(base string) string {
	if p.Name == Gemini && strings.HasSuffix(strings.TrimRight(base, "/"), "/openai") {
		return Chat // Google's address for clients of OpenAI
	}
	return p.API
}

// Model returns a model of the endpoint that no config describes.
func (p Preset) Model(id string) Model {
	return Model{
		Name:     p.Name + ":" + id,
		Endpoint: p.Name,
		BaseURL:  p.BaseURL,
		API:      p.API,
		Model:    id,
		TextOnly: p.TextOnly,
	}
}
