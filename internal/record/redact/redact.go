// Package redact takes the words of users, and of the model that answered them, out of runs, so that their numbers can
// be shared.
//
// A [Redactor] first meets the runs that are to be redacted together: [Redactor.Names] reads what their cases are
// called, and [Redactor.Words] finds out which of these names share words with a text. [Redactor.Header],
// [Redactor.Case], [Redactor.Call] and [Redactor.Trial] then make the records anew. They keep only fields that are
// known to be safe (names of files and models, types, scores, counts, usage, times) and put a marker in the place of
// every text, so that a field they do not know is left out rather than passed on.
package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"promptbench/graders/reply"
)

// Mark is what the marker of a text begins with.
const Mark = "▒"

// Options say what of a run stays.
type Options struct {
	Key        []byte // equal texts get equal markers under one key; empty: a random one that nobody keeps
	KeepPrompt bool   // the messages of the prompt, and of the judge's
	KeepNames  bool   // ids, tags and groups of cases, also where they share words with a text
}

// A Redactor puts markers in the place of texts. Under one key equal texts have equal markers; without the key a marker
// can't even be held against a guess of the text.
type Redactor struct {
	o     Options
	names map[string]bool     // what cases, tags, groups and values of parameters are called; true: to be replaced
	parts map[string][]string // names by the windows that are in them
	types map[string]bool     // that a reply may have
	fixed map[string]bool     // what graders and judges answer by
}

// New makes a redactor.
func New(o Options) *Redactor {
	if len(o.Key) == 0 {
		o.Key = make([]byte, sha256.Size)
		_, _ = rand.Read(o.Key) // never fails since Go 1.24
	}
	r := &Redactor{
		o: o, names: map[string]bool{}, parts: map[string][]string{}, types: map[string]bool{}, fixed: map[string]bool{},
	}
	for _, answer := range []string{
		"unread", string(reply.JSON), string(reply.XML), string(reply.Text), "yes", "no", "unsure", "first", "second", "tie",
	} {
		r.fixed[answer] = true
	}
	return r
}

// KeyID tells two keys apart and says nothing of them: markers of two runs can be held against each other where it is
// equal.
func (r *Redactor) KeyID() string { return r.marker("key", "", 4) }

// Replaced is how many names of cases, tags and groups share words with a text, and are replaced for that.
func (r *Redactor) Replaced() int {
	n := 0
	for _, shared := range r.names {
		if shared {
			n++
		}
	}
	return n
}

// text is the marker of a text; nothing stays nothing.
func (r *Redactor) text(s string) string {
	if s == "" {
		return ""
	}
	return Mark + r.marker("text", s, 4)
}

// each returns what put makes of each text; nil stays nil.
func each(texts []string, put func(string) string) []string {
	out := slices.Clone(texts)
	for i, text := range out {
		out[i] = put(text)
	}
	return out
}

// hash is the marker of a hash over a text. The hash itself would confirm a guess of the text.
func (r *Redactor) hash(s string) string {
	if s == "" {
		return ""
	}
	return r.marker("hash", s, 8)
}

// marker is so many groups of three hexadecimal digits. Digits of one piece would spell words by and by, as cafe;
// groups of three can hold no four letters of a text.
func (r *Redactor) marker(what, s string, groups int) string {
	mac := hmac.New(sha256.New, r.o.Key)
	mac.Write([]byte(what + "\x00" + s))
	digits := hex.EncodeToString(mac.Sum(nil))
	parts := make([]string, groups)
	for i := range parts {
		parts[i] = digits[3*i : 3*i+3]
	}
	return strings.Join(parts, "-")
}
