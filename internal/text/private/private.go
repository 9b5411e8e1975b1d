// Package private finds what must not be shared in texts that users wrote: keys, passwords, addresses, and the
// numbers and names of persons. [Rules] lists the rules; a [Redactor] puts the name of a rule, such as [email], in
// the place of what it finds. Rules look at forms and words alone, so a rare name without a title or a greeting
// stays.
package private

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Rule finds one kind of private text.
type Rule struct {
	Name  string // what is put in its place, in brackets
	Finds string // in words

	find func(text string) [][2]int // from where to where, in order
}

// A Redactor replaces what its rules find. It may be used by one goroutine at a time.
type Redactor struct {
	rules []Rule
	back  *strings.Replacer
}

// New returns a redactor with all [Rules].
func New() *Redactor {
	r := &Redactor{rules: Rules()}
	var marks []string
	for _, rule := range r.rules {
		marks = append(marks, rule.Mark(), " ")
	}
	r.back = strings.NewReplacer(marks...)
	return r
}

// Mark is what is put in the place of what the rule finds.
func (r Rule) Mark() string { return "[" + r.Name + "]" }

// Redact returns the text with a mark in the place of everything private, and how often each rule found something, by
// its name. Found is nil where the text is as it was.
func (r *Redactor) Redact(text string) (redacted string, found map[string]int) {
	for _, rule := range r.rules {
		f := fold(text)
		var b strings.Builder
		last := 0
		for _, span := range rule.find(f.text) {
			from, to := f.at(span[0]), f.at(span[1])
			if from < last || from >= to || r.isMark(text[from:to]) {
				continue
			}
			b.WriteString(text[last:from])
			b.WriteString(rule.Mark())
			last = to
			if found == nil {
				found = map[string]int{}
			}
			found[rule.Name]++
		}
		if last > 0 {
			b.WriteString(text[last:])
			text = b.String()
		}
	}
	return text, found
}

// isMark reports whether a text that a rule found is the mark of an earlier rule. A longer text that has marks in
// it is replaced as a whole.
func (r *Redactor) isMark(text string) bool {
	return slices.ContainsFunc(r.rules, func(rule Rule) bool { return text == rule.Mark() })
}

// Unmarked returns a redacted text without its marks, so that texts are not alike for what was taken out of them.
func (r *Redactor) Unmarked(text string) string { return r.back.Replace(text) }

// folded is a text in which full-width letters and digits, dashes and spaces of all kinds are those of ASCII and
// invisible characters are left out, with where each of its bytes was.
type folded struct {
	text   string
	places []int // nil where nothing was folded
}

func (f folded) at(i int) int {
	if f.places == nil {
		return i
	}
	return f.places[i]
}

func fold(text string) folded {
	if strings.IndexFunc(text, func(r rune) bool { return foldRune(r) != r }) < 0 {
		return folded{text: text}
	}
	var b strings.Builder
	places := make([]int, 0, len(text)+1)
	for i, r := range text {
		to := foldRune(r)
		if to < 0 {
			continue
		}
		n, _ := b.WriteRune(to)
		for range n {
			places = append(places, i)
		}
	}
	return folded{b.String(), append(places, len(text))}
}

func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '\u2010' && r <= '\u2015', r == '\u2212', r == '\uFE63', r == 'ー':
		return '-'
	case r == '\u00A0', r == '\u3000', r >= '\u2000' && r <= '\u200A', r == '\u202F':
		return ' '
	case r >= '\u200B' && r <= '\u200F', r == '\u2060', r == '\uFEFF', r == '\u00AD':
		return -1
	}
	return r
}
