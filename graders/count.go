package graders

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const nameSubtodoCount = "subtodo_count"

func subtodoCountBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameSubtodoCount,
		Text: "Whether the number of items is in the range of the expected type: {answer: {min: 2, max: 5}}.",
		Expect: Expectation{
			Key: "count", Text: "How many items, over the range of the type.",
			words: func(e Expect) string {
				if e.Count == nil {
					return ""
				}
				return e.Count.String()
			},
			check: func(e Expect) error {
				if e.Count == nil {
					return nil
				}
				var m mistakes
				checkRange(&m, []any{"count"}, *e.Count)
				return m.err()
			},
		},
		TypesAt: []string{anyKey},
		Counts:  true,
		params: func() []param {
			return []param{{key: anyKey, more: objectSchema(boundParams(
				"The least number of items of that type, at least 0.",
				"The greatest number of items of that type.",
			))}}
		},
		build: func(p params) (Grader, error) {
			byType := map[string]Range{}
			for _, f := range p.entries(p.all) {
				byType[f.key] = p.bounds(p.object(f.value, "min", "max"))
			}
			return SubtodoCount(byType)
		},
	}
}

// SubtodoCount returns the grader "subtodo_count": 1 where the number of items
// read from the reply lies in the range given for the type the case expects,
// else 0; the case's own count comes before that range. Answer is the number of
// items, or "unread" for a reply that could not be read, which scores 0. It does
// not apply to a case whose type has no range and that expects no count itself.
//
// A range without a bound, a negative bound and a minimum over its maximum are
// each a [ParamError].
func SubtodoCount(byType map[string]Range) (Grader, error) {
	var m mistakes
	for _, t := range slices.Sorted(maps.Keys(byType)) {
		if strings.TrimSpace(t) == "" {
			m.add([]any{t}, "", "a type must have a name")
		}
		checkRange(&m, []any{t}, byType[t])
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	byType = maps.Clone(byType)
	return newFunction(nameSubtodoCount, byType, func(s Sample) Score {
		want, ok := byType[s.Expect.Type]
		whose := s.Expect.Type
		if s.Expect.Count != nil {
			want, ok, whose = *s.Expect.Count, true, "this case"
		}
		switch {
		case !ok && s.Expect.Type == "":
			return NotApplicable("the case expects neither a type nor a count")
		case !ok:
			return NotApplicable("no range is set for " + s.Expect.Type)
		case !s.Reply.Readable():
			return scoreWith(0, unread, whyUnreadable(s.Reply))
		}
		n := len(s.Reply.Items)
		reason := fmt.Sprintf("%s, expected %s for %s", plural(n, "item"), want, whose)
		return scoreIf(want.Has(n), strconv.Itoa(n), reason)
	}), nil
}
