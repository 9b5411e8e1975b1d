package engine

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/model"
)

// Shorter texts than shortest are words such as "none", which stand in for a key. No part of partInMessage bytes of a
// longer one may be in a message. A reply is what is measured: only secrets as long as a real key are taken
// out of it, and parts of partInReply bytes.
const (
	shortest       = 6
	partInMessage  = 8
	longEnoughKeys = 12
	partInReply    = 16
)

// secrets finds the texts that must not leave the client, or parts of them, in any form that a server may echo them in.
type secrets struct {
	messages, replies parts
}

// newSecrets collects the key, the values of variables, and the headers that carry credentials.
func newSecrets(t model.Target) secrets {
	values := slices.Concat([]string{string(t.APIKey)}, t.Secrets, t.Hidden, t.KeysInPath())
	for name, value := range t.Headers {
		if credential(name) {
			values = append(values, value)
		}
	}
	var s secrets
	for _, value := range values {
		if scheme, token, ok := strings.Cut(value, " "); ok && slices.Contains(schemes(), strings.ToLower(scheme)) {
			value = strings.TrimSpace(token)
		}
		if len(value) >= shortest {
			s.messages.add(value, partInMessage)
		}
		if len(value) >= longEnoughKeys {
			s.replies.add(value, partInReply)
		}
	}
	return s
}

// schemes are the words before a secret in a header; they are none themselves.
func schemes() []string { return []string{"bearer", "basic", "token", "apikey", "key"} }

func credential(header string) bool {
	header = strings.ToLower(header)
	return slices.ContainsFunc([]string{"auth", "key", "token", "secret", "cookie", "password", "credential"},
		func(word string) bool { return strings.Contains(header, word) })
}

// maxCleaned is how many bytes of a text are cleaned: many more than a message has.
const maxCleaned = 64 << 10

// clean is [model.Clean] for a text that may hold secrets. They are looked for after control characters are gone and
// before the text is cut: the rest of a key at the end could be too short to be recognised.
func (s *secrets) clean(text string, limit int) string {
	text = text[:min(len(text), maxCleaned)]
	return model.Clean(s.messages.redact(model.Clean(text, math.MaxInt)), limit)
}

// parts are the parts of secrets to look for, in lower case.
type parts struct {
	byLength map[int]map[string]bool
	starts   []bool // by the first two bytes: few places of a text can begin a part
}

// add adds the parts of a value of length bytes, or all of a shorter one: as it is, in hexadecimal digits and in base64
// with whatever precedes it there.
func (p *parts) add(value string, length int) {
	length = min(length, len(value))
	p.addForm(value, length)
	p.addForm(hex.EncodeToString([]byte(value)), 2*length)
	for before := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + value))
		// Of the first and the last character only some bits are the value's.
		encoded = encoded[(before*8+5)/6 : (before+len(value))*8/6]
		p.addForm(encoded, min(len(encoded), length*4/3))
		p.addForm(strings.NewReplacer("+", "-", "/", "_").Replace(encoded), min(len(encoded), length*4/3))
	}
}

func (p *parts) addForm(form string, length int) {
	if p.byLength == nil {
		p.byLength, p.starts = map[int]map[string]bool{}, make([]bool, 1<<16)
	}
	if p.byLength[length] == nil {
		p.byLength[length] = map[string]bool{}
	}
	form = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			r = rune(lower(byte(r)))
		}
		return r
	}, form)
	for i := range len(form) - length + 1 {
		p.byLength[length][form[i:i+length]] = true
		p.starts[int(form[i])<<8|int(form[i+1])] = true
	}
}

// A span is a part of a text, by bytes.
type span struct{ from, to int }

// A long text is searched in pieces, so that views of it stay small. They overlap by more than an escaped part takes.
const (
	piece   = 64 << 10
	overlap = 1 << 10
)

// redact replaces the parts that text has, however they are escaped.
func (p *parts) redact(text string) string {
	if len(p.byLength) == 0 {
		return text
	}
	var found []span
	for from := 0; from < len(text); from += piece {
		found = append(found, p.find(text[from:min(len(text), from+piece+overlap)], from)...)
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	end := 0 // of what is written or replaced
	for i, s := range found {
		if i == 0 || s.from > end {
			b.WriteString(text[end:s.from] + model.Redacted)
		}
		end = max(end, s.to)
	}
	return b.String() + text[end:]
}

// find returns the parts in a piece of a text that begins at start.
func (p *parts) find(text string, start int) (found []span) {
	for v := viewOf(text); v != nil; v = v.unescaped() {
		for i := range len(v.text) - shortest + 1 {
			if !p.starts[int(v.text[i])<<8|int(v.text[i+1])] {
				continue
			}
			for length, set := range p.byLength {
				if end := i + length; end <= len(v.text) && set[string(v.text[i:end])] {
					found = append(found, span{start + v.at[i], start + v.at[end]})
				}
			}
		}
	}
	return found
}
