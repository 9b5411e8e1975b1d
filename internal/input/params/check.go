package params

import (
	"fmt"
	"maps"
	"slices"
)

const mostTokens = 1 << 30 // of a reply, more than any model takes

// A Fault is one parameter with a value that no model takes.
type Fault struct {
	Path    []any // keys and indexes below the parameters, as they are spelled in files
	Message string
	Hint    string // may be empty
}

// Check returns every fault of the parameters: temperature outside 0 to 2, topP
// outside 0 to 1, a token limit under 1 or over any model's, an empty stop text, and extra fields
// that would override what promptbench itself sends.
func (p Params) Check() []Fault {
	var out []Fault
	fault := func(message, hint string, path ...any) {
		out = append(out, Fault{Path: path, Message: message, Hint: hint})
	}
	if t := p.Temperature; t != nil && !(*t >= 0 && *t <= 2) {
		fault(fmt.Sprintf("temperature is %v", *t), "it lies between 0 and 2", "temperature")
	}
	if t := p.TopP; t != nil && !(*t >= 0 && *t <= 1) {
		fault(fmt.Sprintf("topP is %v", *t), "it lies between 0 and 1", "topP")
	}
	limit := func(n *int, key string) {
		switch {
		case n != nil && *n < 1:
			fault(fmt.Sprintf("%s is %d", key, *n), "it is at least 1; leave it out for no limit", key)
		case n != nil && *n > mostTokens:
			fault(fmt.Sprintf("%s is %d", key, *n), "no model takes so many; leave it out for no limit", key)
		}
	}
	limit(p.MaxTokens, "maxTokens")
	limit(p.MaxCompletionTokens, "maxCompletionTokens")
	for i, s := range p.Stop {
		if s == "" {
			fault("an empty stop text", "remove it", "stop", i)
		}
	}
	own := map[string]string{
		"model": "", "messages": "", "stream": "", "n": "use --trials", "response_format": "use responseFormat",
		"temperature": "use temperature", "top_p": "use topP", "max_tokens": "use maxTokens",
		"max_completion_tokens": "use maxCompletionTokens", "seed": "use seed", "stop": "use stop",
		"reasoning_effort": "use reasoningEffort",
	}
	for _, key := range slices.Sorted(maps.Keys(p.Extra)) {
		if hint, ok := own[key]; ok {
			fault(fmt.Sprintf("extra must not set %s", key), hint, "extra", key)
		}
	}
	return out
}
