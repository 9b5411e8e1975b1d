package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/record/runfile"
)

// Names takes in what the cases of a run are called, its tags and groups, and what its graders' parameters say. All
// runs that are redacted together come before the first [Redactor.Words], so that one case has one name in all of them.
func (r *Redactor) Names(run io.Reader) error {
	_, err := runfile.Scan(run, func(h runfile.Header) error {
		for _, t := range h.Reply.Types {
			r.types[t] = true
		}
		for _, c := range graders.Questions(h.Graders) {
			for _, option := range c.Options {
				r.fixed[option] = true
			}
		}
		for _, spec := range h.Graders {
			if _, err := parameters(spec, func(s string) string { r.name(s); return s }); err != nil {
				return err
			}
		}
		if s := h.Selected; s != nil {
			r.name(s.Cases...)
			r.name(s.Tags...)
		}
		return nil
	}, func(l runfile.Line) error {
		if l.Kind != runfile.KindCase {
			return nil
		}
		var c runfile.Case
		if err := l.Decode(&c); err != nil {
			return err
		}
		r.name(c.Case, c.Group)
		r.name(c.Tags...)
		return nil
	})
	return err
}

func (r *Redactor) name(names ...string) {
	for _, name := range names {
		if _, known := r.names[name]; known || name == "" || r.types[name] {
			continue
		}
		r.names[name] = false
		for w := range windows(name) {
			r.parts[w] = append(r.parts[w], name)
		}
	}
}

// Words finds the names that share a word with the texts of a run: its inputs, their variables and expectations, and
// its replies.
func (r *Redactor) Words(run io.Reader) error {
	_, err := runfile.Scan(run, func(runfile.Header) error { return nil }, func(l runfile.Line) error {
		switch l.Kind {
		case runfile.KindCase:
			var c runfile.Case
			if err := l.Decode(&c); err != nil {
				return err
			}
			r.words(c.Input, c.Note, c.Expect.Regex)
			for _, m := range c.Messages {
				r.words(m.Text())
			}
			for _, t := range c.Turns {
				r.words(t.Input, t.Expect.Regex)
				r.words(slices.Concat(t.Expect.Equals, t.Expect.Contains, t.Expect.NotContains)...)
			}
			for _, v := range c.Vars {
				r.words(v)
			}
			r.words(slices.Concat(c.Expect.Equals, c.Expect.Contains, c.Expect.NotContains, c.Expect.Reference)...)
		case runfile.KindCall:
			var c runfile.Call
			if err := l.Decode(&c); err != nil {
				return err
			}
			r.words(c.Reply, c.Thinking)
			for _, call := range c.ToolCalls {
				r.words(call.Arguments, call.Result)
			}
			if c.Error != nil {
				r.words(c.Error.Message)
			}
		case runfile.KindTrial:
			var t runfile.Trial
			if err := l.Decode(&t); err != nil {
				return err
			}
			if t.Read != nil {
				r.words(t.Read.Items...)
				if text := t.Read.Transformed; text != nil {
					r.words(*text)
				}
			}
		}
		return nil
	})
	return err
}

func (r *Redactor) words(texts ...string) {
	for _, text := range texts {
		for w := range windows(text) {
			for _, name := range r.parts[w] {
				r.names[name] = true
			}
			delete(r.parts, w) // all of them are known to be shared now
		}
	}
}

// kept is a name, or its marker where it shares words with a text.
func (r *Redactor) kept(name string) string {
	if shared, known := r.names[name]; !known && name != "" && !r.types[name] || shared && !r.o.KeepNames {
		return r.text(name)
	}
	return name
}

// The lengths of what counts as a shared word: so many letters or digits on end, fewer in scripts in which two are a
// word.
const (
	letters   = 4
	syllables = 2
)

// windows are the words of that length in a text, upper and lower case aside.
func windows(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var run []rune
		for _, c := range strings.ToLower(text) {
			if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) {
				run = run[:0]
				continue
			}
			if len(run) == letters {
				copy(run, run[1:])
				run = run[:letters-1]
			}
			run = append(run, c)
			if len(run) == letters && !yield(string(run)) {
				return
			}
			if n := len(run); n >= syllables && dense(run[n-2]) && dense(run[n-1]) && !yield(string(run[n-syllables:])) {
				return
			}
		}
	}
}

// dense reports whether two of such letters are a word.
func dense(c rune) bool {
	return unicode.In(c, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// parameters are those of a grader with something else in the place of every string. What a rubric asks a judge stays,
// since what its scores mean lies there; of a rubric only what code checks is replaced.
func parameters(spec graders.Spec, put func(string) string) (json.RawMessage, error) {
	if len(spec.Params) == 0 {
		return nil, nil
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(spec.Params))
	dec.UseNumber() // numbers stay as they are written
	if err := dec.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading the parameters of %s: %w", spec.Name, err)
	}
	var walk func(v any, under string) any
	walk = func(v any, under string) any {
		switch v := v.(type) {
		case string:
			if spec.Name != "rubric" || under == "check" {
				return put(v)
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i], under)
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k], k)
			}
		}
		return v
	}
	return strictyaml.Canonical(walk(value, ""))
}
