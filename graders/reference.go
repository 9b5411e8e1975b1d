package graders

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/cases"

	"promptbench/graders/similarity"
)

// A Reference says which texts a reply is held against, and how near it has to be.
type Reference struct {
	To         []string // the texts, besides those that a case expects
	Min        *float64 // the least value that passes, over 0 and up to 1
	Unit       Unit     // what texts are cut into; empty: the grader's own
	IgnoreCase bool     // capitals and small letters are the same
}

// referenceExpectation is what every grader with reference texts reads of a case.
func referenceExpectation() Expectation {
	return Expectation{
		Key: "reference", Text: "Texts that a good reply is like, for the graders similar, rouge, bleu and edit_distance.",
		texts: func(e Expect) []string { return e.Reference },
	}
}

func toParam() param {
	return textsParam("to", "The reference texts, besides those of the case: one, or a list. The nearest one counts.")
}

// leastParam declares the least value that passes.
func leastParam(need string) param {
	p := param{
		key: "min", text: "The least value that passes, over 0 and up to 1.", kinds: []string{"number"},
		more: map[string]any{"exclusiveMinimum": 0, "maximum": 1},
	}
	return p.needed(need)
}

func unitParam(text string) param {
	return choiceParam("unit", text, string(Characters), string(Words))
}

func foldParam() param {
	return flagParam("ignore_case", "true: capitals and small letters are the same.")
}

// choiceParam declares a text that is one of a few.
func choiceParam(key, text string, choices ...string) param {
	p := textParam(key, text)
	enum := make([]any, 0, len(choices)+1)
	for _, c := range choices {
		enum = append(enum, c)
	}
	p.more = map[string]any{"enum": append(enum, nil)}
	return p
}

func (p params) reference() Reference {
	r := Reference{
		To: p.strings(p.values["to"]), Unit: Unit(p.text(p.values["unit"])), IgnoreCase: p.boolean(p.values["ignore_case"]),
	}
	if v := p.values["min"]; v.kind() != kindAbsent {
		r.Min = new(p.number(v, 0))
	}
	return r
}

// check reports mistakes, and fills in the unit.
func (r *Reference) check(m *mistakes, usual Unit) {
	checkNotBlank(m, "to", r.To)
	r.To, r.Unit = slices.Clone(r.To), cmp.Or(r.Unit, usual)
	if r.Min != nil && !(*r.Min > 0 && *r.Min <= 1) {
		m.add([]any{"min"}, "", "min must be over 0 and at most 1, found %v", *r.Min)
	}
	checkChoice(m, "unit", string(r.Unit), string(Characters), string(Words))
}

func (r *Reference) needsLeast(m *mistakes) {
	if r.Min == nil {
		m.add([]any{"min"}, "such as {min: 0.5}", "the grader needs the least value that passes")
	}
}

func checkChoice(m *mistakes, key, word string, choices ...string) {
	if !slices.Contains(choices, word) {
		m.add([]any{key}, suggest(word, choices), "unknown %s %s", key, quote(word))
	}
}

// split cuts a text into what is compared.
func (r *Reference) split(text string, marks bool) []string {
	if r.IgnoreCase {
		text = cases.Fold().String(text)
	}
	if r.Unit == Words {
		return similarity.Words(text, marks)
	}
	return similarity.Characters(text, marks)
}

// A nearness is how near a reply is to its references.
type nearness struct {
	value  float64 // from 0 to 1
	answer string  // what was counted; or empty
	words  string  // of the reason
	passes bool
	why    string // why there is no value; or empty
}

// least is a value that passes from the least one on.
func (r *Reference) least(value float64, words string) nearness {
	return nearness{
		value: value, passes: value >= *r.Min,
		words: fmt.Sprintf("%s %s, expected at least %s", words, decimal(value), decimal(*r.Min)),
	}
}

// newReferenceGrader makes a grader that holds a reply against the reference texts of the suite and of the case.
// measure gets the reply, which is not blank, and at least one text.
func newReferenceGrader(
	name string,
	params any,
	to []string,
	measure func(reply string, texts []string) nearness,
) Grader {
	return newFunction(name, params, func(s Sample) Score {
		texts := slices.Concat(to, s.Expect.Reference)
		if done, ok := withoutMeasure(s, texts); ok {
			return done
		}
		return measure(s.Reply.Text, texts).score()
	})
}

// withoutMeasure returns the score of a sample with nothing to measure, and whether it is such a one.
func withoutMeasure(s Sample, texts []string) (Score, bool) {
	switch {
	case len(texts) == 0:
		return NotApplicable("neither the suite nor the case has a reference text"), true
	case strings.TrimSpace(s.Reply.Text) == "":
		return Scored(0, whyEmpty(s.Reply)), true
	}
	return Score{}, false
}

func (n nearness) score() Score {
	if n.why != "" {
		return Unscored(n.why)
	}
	out := scoreWith(n.value, n.answer, n.words)
	out.Pass = n.passes
	return out
}

// nearestOf measures by one text after the other, and takes the greatest value.
func nearestOf(measure func(reply, text string) nearness) func(reply string, texts []string) nearness {
	return func(reply string, texts []string) nearness {
		best, which := nearness{value: -1}, ""
		for _, text := range texts {
			n := measure(reply, text)
			if n.why != "" {
				return n
			}
			if n.value > best.value {
				best, which = n, text
			}
		}
		if len(texts) > 1 {
			best.words += "; the nearest reference is " + quote(which)
		}
		return best
	}
}

// decimal writes a number for a reason.
func decimal(v float64) string { return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64) }

func tooLong(unit Unit) nearness {
	return nearness{why: fmt.Sprintf("the reply and the reference have too many %s to compare them", unit)}
}
