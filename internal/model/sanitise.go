package model

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// maxMessage is how much of a server's text an error keeps, in user-perceived
// characters: enough for a sentence or two in a terminal.
const maxMessage = 300

// maxClusterBytes bounds what counts as one character, since a server can pile
// any number of combining marks onto one.
const maxClusterBytes = 64

// secrets are strings that must not leave the client.
type secrets []string

// newSecrets collects the key and the headers that carry credentials. Words
// such as "none", which stand in for a key, are left out.
func newSecrets(t Target) secrets {
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

// long returns those that are as long as a real key. Replies are the subject of
// the measurement: a stand-in such as "ollama" must not be cut out of one.
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
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return text
}

// sanitise makes a server's text fit for one line of a terminal: no control or
// direction characters, white space joined, secrets redacted, at most limit
// user-perceived characters. Redacting comes before cutting, since half a key at
// the end would no longer be recognised.
func sanitise(text string, s secrets, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\ufffd"))
	text = s.redact(strings.Join(strings.Fields(text), " "))
	return cut(text, limit)
}

// cut keeps the first limit characters as a reader counts them, so that neither
// a syllable nor a joined emoji is split.
func cut(text string, limit int) string {
	clusters := graphemes.FromString(text)
	for n := 0; clusters.Next(); n++ {
		if n == limit || len(clusters.Value()) > maxClusterBytes {
			return strings.TrimRight(text[:clusters.Start()], " ") + "…"
		}
	}
	return text
}
