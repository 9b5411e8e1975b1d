package importer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// slug makes a name of a text: letters and digits, hyphens between them, at most
// 60 characters; other where nothing is left.
func slug(s, other string) string {
	const longest = 60
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case n == longest:
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_.", r) && b.Len() > 0:
			b.WriteRune(unicode.ToLower(r))
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	out := strings.Trim(b.String(), "-.")
	return cmp.Or(out, other)
}

// names are those in use, with the number that the last one like it got.
type names map[string]int

// unique makes a name that is not in use, and takes it.
func (n names) unique(name string) string { return n.numbered(name, "-") }

// numbered is [names.unique] with what is before the number.
func (n names) numbered(name, before string) string {
	out := name
	for i := n[name] + 1; n[out] > 0; i++ {
		out = name + before + strconv.Itoa(i)
		n[name] = i
	}
	n[out] = max(n[out], 1)
	return out
}

// nameCases gives each case an id that stays when other cases are added: its own,
// else one made of its title or its input, with a hash where another has that already.
func (d *draft) nameCases() {
	used := names{}
	for i := range d.cases {
		if c := &d.cases[i]; c.ID != "" {
			own := d.word("id", c.ID, c.place)
			if c.ID = used.unique(own); c.ID != own {
				d.note(c.place, "the id %s is there already, so this case is %s", own, c.ID)
			}
		}
	}
	for i := range d.cases {
		c := &d.cases[i]
		if c.ID != "" {
			continue
		}
		c.ID = slug(cmp.Or(slug(c.title, ""), fmt.Sprintf("%.40s", c.Input)), "case")
		if c.ID == "case" || used[c.ID] > 0 {
			sum := sha256.Sum256([]byte(asJSON([]any{c.Input, c.Vars})))
			c.ID += "-" + hex.EncodeToString(sum[:3])
		}
		c.ID = used.unique(c.ID)
	}
}

// word makes a text an id or a tag: as it is where it can be, else a name of it, which is said.
func (d *draft) word(what, s string, at problem.Problem) string {
	if suite.IsWord(s) {
		return s
	}
	out := slug(s, what)
	d.note(at, "the %s %q is %s", what, s, out)
	return out
}

// varName makes a name that a template can hold.
func varName(s string) string {
	if prompt.IsName(s) && s != prompt.InputName {
		return s
	}
	var out string
	for _, r := range fmt.Sprintf("%.100s", s) {
		switch {
		case prompt.IsName(out + string(r)):
			out += string(r)
		case out != "" && !strings.HasSuffix(out, "_"):
			out += "_"
		}
	}
	switch out = strings.Trim(out, "_"); out {
	case "":
		return "var"
	case prompt.InputName:
		return "input_text"
	}
	return out
}

// asText is a value as a template shows it: text as it is, lists and mappings as
// JSON.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool, int, int64, json.Number:
		return fmt.Sprint(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return asJSON(v)
}

func asJSON(v any) string {
	raw, err := strictyaml.Canonical(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// position is the line and the column, in characters, of an offset.
func position(text string, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}
