// Package params holds the sampling parameters of a model call. Prompt files,
// the config and the command line all set them; [Params.Over] merges the
// three, flag over prompt file over config.
package params

import (
	"cmp"
	"maps"
	"slices"
)

// Params are the parameters of one call. A nil or empty field is not sent, so
// that the server's default applies; a set one is sent as it is, zero included.
type Params struct {
	Temperature         *float64       `json:"temperature,omitempty" yaml:"temperature"`
	TopP                *float64       `json:"top_p,omitempty" yaml:"topP"`
	MaxTokens           *int           `json:"max_tokens,omitempty" yaml:"maxTokens"`
	MaxCompletionTokens *int           `json:"max_completion_tokens,omitempty" yaml:"maxCompletionTokens"`
	Seed                *int           `json:"seed,omitempty" yaml:"seed"`
	Stop                []string       `json:"stop,omitempty" yaml:"stop"`
	ReasoningEffort     string         `json:"reasoning_effort,omitempty" yaml:"reasoningEffort"`
	Extra               map[string]any `json:"extra,omitempty" yaml:"extra"` // more top-level fields of the request body
	// Omit names the parameters that a file sets to null, as files spell them: they are left out, whatever lies below.
	Omit []string `json:"omit,omitempty" yaml:"-" nulls:"true"`
}

// Over returns p laid over base: every field that p sets wins, one that p omits is
// not sent, and the extra fields of both are joined.
func (p Params) Over(base Params) Params {
	base = base.without(p.Omit)
	out := Params{
		Temperature:         cmp.Or(p.Temperature, base.Temperature),
		TopP:                cmp.Or(p.TopP, base.TopP),
		MaxTokens:           cmp.Or(p.MaxTokens, base.MaxTokens),
		MaxCompletionTokens: cmp.Or(p.MaxCompletionTokens, base.MaxCompletionTokens),
		Seed:                cmp.Or(p.Seed, base.Seed),
		Stop:                base.Stop,
		ReasoningEffort:     cmp.Or(p.ReasoningEffort, base.ReasoningEffort),
		Extra:               base.Extra,
	}
	if p.Stop != nil {
		out.Stop = p.Stop
	}
	if len(p.Extra) > 0 {
		out.Extra = map[string]any{}
		maps.Copy(out.Extra, base.Extra)
		maps.Copy(out.Extra, p.Extra)
	}
	for _, name := range append(slices.Clone(base.Omit), p.Omit...) {
		if !out.isSet(name) && !slices.Contains(out.Omit, name) {
			out.Omit = append(out.Omit, name)
		}
	}
	return out
}

// The names of parameters in files.
const (
	Temperature         = "temperature"
	topP                = "topP"
	maxTokens           = "maxTokens"
	maxCompletionTokens = "maxCompletionTokens"
	seed                = "seed"
	stop                = "stop"
	reasoningEffort     = "reasoningEffort"
	extra               = "extra"
)

// without returns p without the parameters of these names.
func (p Params) without(names []string) Params {
	for _, name := range names {
		switch name {
		case Temperature:
			p.Temperature = nil
		case topP:
			p.TopP = nil
		case maxTokens:
			p.MaxTokens = nil
		case maxCompletionTokens:
			p.MaxCompletionTokens = nil
		case seed:
			p.Seed = nil
		case stop:
			p.Stop = nil
		case reasoningEffort:
			p.ReasoningEffort = ""
		case extra:
			p.Extra = nil
		}
	}
	return p
}

// isSet reports whether p sets the parameter of this name.
func (p Params) isSet(name string) bool { return !Equal(p, p.without([]string{name})) }
