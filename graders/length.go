package graders

import (
	"fmt"
	"strconv"
	"strings"
)

const nameLength = "length"

func lengthBuiltIn() BuiltIn {
	return BuiltIn{
		Name:   nameLength,
		Text:   "Whether the reply's length is in a range: {min: 1, max: 80, unit: words}.",
		Counts: true,
		params: func() []param {
			unit := textParam("unit", "What is counted: characters or words; characters without it.")
			unit.more = map[string]any{"enum": []any{Characters, Words, nil}}
			return append(boundParams("The least length, at least 0.", "The greatest length."), unit)
		},
		build: func(p params) (Grader, error) { return Length(p.bounds(p.values), Unit(p.text(p.values["unit"]))) },
	}
}

// Unit is what [Length] counts.
type Unit string

// The units of a length.
const (
	Characters Unit = "characters" // grapheme clusters (UAX #29): 👨‍👩‍👧 is one, a Hangul syllable is one
	Words      Unit = "words"      // runs of text between white space, in Korean the eojeol
)

// Length returns the grader "length": 1 where the length of the reply without
// its thinking lies in the range, else 0. An empty unit means [Characters].
// Answer is the length. An empty reply scores 0 whatever the range. A range with
// no bound, a negative or reversed bound and an unknown unit are each a
// [ParamError].
func Length(r Range, unit Unit) (Grader, error) {
	var m mistakes
	if unit == "" {
		unit = Characters
	}
	if unit != Characters && unit != Words {
		hint := suggest(string(unit), []string{string(Characters), string(Words)})
		m.add([]any{"unit"}, hint, "unknown unit %s", quote(string(unit)))
	}
	checkRange(&m, nil, r)
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		Range
		Unit Unit `json:"unit"`
	}{r, unit}
	return newFunction(nameLength, params, func(s Sample) Score {
		text := strings.TrimSpace(s.Reply.Text)
		if text == "" {
			return scoreWith(0, "0", whyEmpty(s.Reply))
		}
		n := chars(text)
		if unit == Words {
			n = len(strings.Fields(text))
		}
		return scoreIf(r.Has(n), strconv.Itoa(n), fmt.Sprintf("%d %s, expected %s", n, unit, r))
	}), nil
}
