package engine

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"promptbench/internal/model"
)

// secrets are strings that must not leave the client.
type secrets []string

// newSecrets collects the key and the headers that carry credentials. Words such as "none", which stand in for a key,
// are left out.
func newSecrets(t model.Target) secrets {
	var s secrets
	add := func(v string) {
		if len(v) >= 6 {
			s = append(s, v)
		}
	}
	add(string(t.APIKey))
	for name, value := range t.Headers {
		if !credential(name) {
			continue
		}
		add(value)
		if _, token, ok := strings.Cut(value, " "); ok { // "Bearer …"
			add(strings.TrimSpace(token))
		}
	}
	// Longest first, so that a secret inside another one does not leave its rest.
	slices.SortFunc(s, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return slices.Compact(s)
}

// long returns those that are as long as a real key. Replies are the subject of the measurement: a stand-in such as
// "ollama" must not be cut out of one.
func (s secrets) long() secrets {
	i := slices.IndexFunc(s, func(secret string) bool { return len(secret) < 12 })
	if i < 0 {
		return s
	}
	return s[:i] // they are sorted, longest first
}

func credential(header string) bool {
	header = strings.ToLower(header)
	return slices.ContainsFunc([]string{"auth", "key", "token", "secret", "cookie", "password", "credential"},
		func(word string) bool { return strings.Contains(header, word) })
}

// redact replaces every secret in text.
func (s secrets) redact(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, model.Redacted)
	}
	return text
}

// clean is [model.Clean] for a text that may hold secrets. They are looked for after control characters are gone and
// before the text is cut: half a key at the end would no longer be recognised.
func (s secrets) clean(text string, limit int) string {
	return model.Clean(s.redact(model.Clean(text, math.MaxInt)), limit)
}
