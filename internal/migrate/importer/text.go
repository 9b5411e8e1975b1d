package importer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
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

// unique makes a name that is not in use, and takes it.
func unique(used map[string]bool, name string) string {
	out := name
	for i := 2; used[out]; i++ {
		out = name + "-" + strconv.Itoa(i)
	}
	used[out] = true
	return out
}

// varName makes a name that a template can hold.
func varName(s string) string {
	if prompt.IsName(s) && s != prompt.InputName {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	out := strings.Trim(b.String(), "_")
	switch out {
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
