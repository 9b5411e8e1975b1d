package model

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultKeyEnv is the variable that holds the key where the config names none.
const DefaultKeyEnv = "OPENAI_API_KEY"

// A KeySource is what decides which key an endpoint gets.
type KeySource struct {
	BaseURL   string // empty for OpenAI's
	APIKeyEnv string // the variable that the config names for this model; may be empty
	UsualEnv  string // the variable of a known endpoint, where BaseURL is its own or on this machine; may be empty
	Typed     bool   // the user typed the base URL on the command line
}

// APIKey returns the key for an endpoint and the variable that it came from, both empty where none is sent.
//
// A variable that the config names is that endpoint's key. Otherwise the key in [DefaultKeyEnv] goes to
// https://api.openai.com and to a host that the user typed, and the usual key of a known endpoint to that. A host that
// only a config file names never gets it, since the author of the file would get it too. A missing key is an error that
// names the variable to set, but for an endpoint on this machine, which needs none, and for a host without a variable
// of its own, which says itself whether it wants one.
func APIKey(getenv func(string) string, t KeySource) (key, env string, err error) {
	env = strings.TrimSpace(t.APIKeyEnv)
	if env == "" && (t.Typed || isOpenAI(t.BaseURL)) {
		env = DefaultKeyEnv
	}
	env = cmp.Or(env, t.UsualEnv)
	if env == "" {
		return "", "", nil
	}
	if key = cleanKey(getenv(env)); key != "" {
		return key, env, nil
	}
	switch {
	case onLoopback(t.BaseURL):
		return "", "", nil
	case t.APIKeyEnv != "":
		env += ", which the config names as its api_key_env"
	case t.UsualEnv == "" && !isOpenAI(t.BaseURL):
		env += " (to any word, if this server wants none)"
	}
	return "", "", fmt.Errorf("no key for %s: set %s", EndpointLabel("", cmp.Or(t.BaseURL, defaultBaseURL)), env)
}

// cleanKey takes off what a key gets when it is copied: white space, characters without a width such as a byte order
// mark, quotes, and the word Bearer, which is sent anyway.
func cleanKey(key string) string {
	key = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, key)
	for {
		before := key
		key = strings.TrimSpace(key)
		if word, rest, ok := strings.Cut(key, " "); ok && strings.EqualFold(word, "Bearer") {
			key = rest
		}
		for _, quotes := range []string{`""`, "''", "``", "“”", "‘’"} {
			left, size := utf8.DecodeRuneInString(quotes)
			if inner, ok := strings.CutPrefix(key, string(left)); ok && strings.HasSuffix(inner, quotes[size:]) {
				key = strings.TrimSuffix(inner, quotes[size:])
			}
		}
		if key == before {
			return key
		}
	}
}

// isOpenAI reports whether base is OpenAI's API over TLS; over plain HTTP the key could be read on the way.
func isOpenAI(base string) bool {
	u, err := url.Parse(cmp.Or(base, defaultBaseURL))
	return err == nil && strings.EqualFold(u.Scheme, "https") && strings.EqualFold(u.Hostname(), "api.openai.com")
}
