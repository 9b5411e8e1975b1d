package suite

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxCombinations is how many cases a matrix may make of one.
const maxCombinations = 100

// A matrix makes a case of every combination of variables, which the cases of a group share.
type matrix []combination

// A combination is a value for each variable of a matrix.
type combination struct {
	vars  map[string]string
	names []string // of the values, as ids have them, in the order of the variables' names
	tags  []string // name:value of each
}

// matrix checks the variables and returns their combinations, those of the last variable next to each other. It is
// empty for a suite without one, or with a broken one.
func (l *loader) matrix(values map[string][]string) matrix {
	out, failed := matrix{{vars: map[string]string{}}}, false
	fail := func(message, hint string, path ...any) {
		failed = true
		l.fail(l.at(append([]any{"matrix"}, path...)...), message, hint)
	}
	for _, name := range sortedKeys(values) {
		if message, hint := badVar(name); message != "" {
			failed = true
			l.fail(l.at("matrix").AtKey(name), message, hint)
			continue
		}
		if len(values[name]) == 0 {
			fail("the variable "+name+" has no values", "list them: "+name+": [first, second]", name)
		}
		seen := map[string]bool{}
		var longer matrix
		for i, value := range values[name] {
			word := wordOf(value)
			switch {
			case word == "":
				fail(fmt.Sprintf("no id can be made of the value %q", value), "let it have a letter or a digit", name, i)
			case seen[word]:
				fail(fmt.Sprintf("two values of %s would be %s in the ids of cases", name, word), "change one of them", name, i)
			}
			seen[word] = true
			for _, c := range out {
				vars := maps.Clone(c.vars)
				vars[name] = value
				longer = append(longer, combination{
					vars:  vars,
					names: append(slices.Clone(c.names), word), tags: append(slices.Clone(c.tags), name+":"+word),
				})
			}
		}
		if out = longer; len(out) > maxCombinations {
			fail(fmt.Sprintf("the matrix has more than %d combinations", maxCombinations), "leave out variables or values")
			break
		}
	}
	if failed || len(values) == 0 {
		return nil
	}
	return out
}

// maxWord is how many characters of a value an id has.
const maxWord = 30

// wordOf is a value as an id has it: its letters, digits, - and _, with a - for everything between them.
func wordOf(value string) string {
	words := strings.FieldsFunc(norm.NFC.String(value), func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && r != '-' && r != '_'
	})
	word := []rune(strings.Join(words, "-"))
	return string(word[:min(len(word), maxWord)])
}

// expandAll is expand of records that are all at hand, in NFC.
func (m matrix) expandAll(list []record) []record {
	out := make([]record, 0, len(list)*max(1, len(m)))
	for _, r := range list {
		r.compose()
		out = append(out, m.expand(r)...)
	}
	return out
}

// expand returns the case of a record for each combination, as one group. Only the first has problems of its own.
func (m matrix) expand(r record) []record {
	if len(m) == 0 {
		return []record{r}
	}
	out := make([]record, len(m))
	for i, c := range m {
		one := r
		one.isCopy = i > 0
		one.ID = strings.Join(append([]string{r.ID}, c.names...), ".")
		if r.ID == "" {
			one.ID = "" // the problem that it is
		}
		one.Group = cmp.Or(r.Group, r.ID)
		one.Tags = append(slices.Clone(r.Tags), c.tags...)
		one.Vars = maps.Clone(r.Vars)
		if one.Vars == nil {
			one.Vars = map[string]string{}
		}
		for name, value := range c.vars {
			if _, isSet := r.Vars[name]; isSet && i == 0 {
				one.probs.Add(r.place("vars", name).Problem("the case sets "+name+", which the matrix varies",
					"leave it out of one of them"))
			}
			one.Vars[name] = value
		}
		out[i] = one
	}
	return out
}
