package graders

import (
	"cmp"
	"fmt"
	"strconv"

	"promptbench/graders/similarity"
)

const (
	nameRouge        = "rouge"
	nameBleu         = "bleu"
	nameEditDistance = "edit_distance"
)

func rougeBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameRouge, Text: "How much the reply has in common with a reference text (ROUGE): {min: 0.5}.",
		Expect: referenceExpectation(),
		params: func() []param {
			return []param{
				toParam(), leastParam(isRequired),
				unitParam("What is compared: characters or words; words without it."),
				choiceParam("measure", "What counts as common: rouge-1 (words), rouge-2 (pairs of words) or rouge-l (the longest "+
					"common subsequence); rouge-l without it.", rougeMeasures()...),
				choiceParam("of", "f1, precision (the share of the reply) or recall (the share of the reference); f1 without it.",
					rougeShares()...),
			}
		},
		build: func(p params) (Grader, error) {
			return Rouge(p.reference(), p.text(p.values["measure"]), p.text(p.values["of"]))
		},
	}
}

func rougeMeasures() []string { return []string{"rouge-1", "rouge-2", "rouge-l"} }

func rougeShares() []string { return []string{"f1", "precision", "recall"} }

// Rouge returns the grader "rouge": how much the reply without its thinking has in common with the nearest reference
// text, from 0 to 1, see [similarity.RougeN] and [similarity.RougeL]. The measure is rouge-1, rouge-2 or rouge-l, which
// the empty one means; of is f1, which the empty one means, precision or recall. Neither capitals nor punctuation
// count. It passes from r.Min on, which it needs. Without r.To it applies only to cases that have a reference. An empty
// reply scores 0. Mistakes are each a [ParamError], joined.
func Rouge(r Reference, measure, of string) (Grader, error) {
	var m mistakes
	r.check(&m, Words)
	r.needsLeast(&m)
	measure, of = cmp.Or(measure, "rouge-l"), cmp.Or(of, "f1")
	checkChoice(&m, "measure", measure, rougeMeasures()...)
	checkChoice(&m, "of", of, rougeShares()...)
	if err := m.err(); err != nil {
		return nil, err
	}
	r.IgnoreCase = true
	params := struct {
		To      []string `json:"to,omitempty"`
		Min     *float64 `json:"min"`
		Unit    Unit     `json:"unit"`
		Measure string   `json:"measure"`
		Of      string   `json:"of"`
	}{r.To, r.Min, r.Unit, measure, of}
	return newReferenceGrader(nameRouge, params, r.To, nearestOf(func(reply, text string) nearness {
		overlap, ok := rouge(r.split(reply, false), r.split(text, false), measure)
		if !ok {
			return tooLong(r.Unit)
		}
		value := overlap.F1
		switch of {
		case "precision":
			value = overlap.Precision
		case "recall":
			value = overlap.Recall
		}
		return r.least(value, measure+" "+of)
	})), nil
}

func rouge(reply, text []string, measure string) (similarity.Overlap, bool) {
	switch measure {
	case "rouge-1":
		return similarity.RougeN(reply, text, 1), true
	case "rouge-2":
		return similarity.RougeN(reply, text, 2), true
	}
	return similarity.RougeL(reply, text)
}

func bleuBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameBleu, Text: "How many runs of words of the reply are in the reference texts (BLEU): {min: 0.3}.",
		Expect: referenceExpectation(),
		params: func() []param {
			return []param{
				textsParam("to", "The reference texts, besides those of the case: one, or a list. They count together."),
				leastParam(isRequired), unitParam("What is compared: characters or words; words without it."), foldParam(),
			}
		},
		build: func(p params) (Grader, error) { return Bleu(p.reference()) },
	}
}

// Bleu returns the grader "bleu": the BLEU of the reply without its thinking against all reference texts together, from
// 0 to 1, see [similarity.Bleu]. Punctuation counts. It passes, applies and reports mistakes as [Rouge] does.
func Bleu(r Reference) (Grader, error) {
	var m mistakes
	r.check(&m, Words)
	r.needsLeast(&m)
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		To         []string `json:"to,omitempty"`
		Min        *float64 `json:"min"`
		Unit       Unit     `json:"unit"`
		IgnoreCase bool     `json:"ignore_case,omitempty"`
	}{r.To, r.Min, r.Unit, r.IgnoreCase}
	return newReferenceGrader(nameBleu, params, r.To, func(reply string, texts []string) nearness {
		references := make([][]string, len(texts))
		for i, text := range texts {
			references[i] = r.split(text, true)
		}
		return r.least(similarity.Bleu(r.split(reply, true), references), nameBleu)
	}), nil
}

func editDistanceBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameEditDistance, Counts: true, Expect: referenceExpectation(),
		Text: "How few changes turn the reply into a reference text (Levenshtein): {max: 5} or {min: 0.9}.",
		params: func() []param {
			most := param{key: "max", text: "The most changes that pass, at least 0.", kinds: []string{"integer"}, need: isOneOf}
			most.more = map[string]any{"minimum": 0}
			least := leastParam(isOneOf)
			least.text = "The least value that passes, over 0 and up to 1: the share that need not change."
			return []param{
				toParam(), most, least, unitParam("What is changed: characters or words; characters without it."), foldParam(),
			}
		},
		build: func(p params) (Grader, error) { return EditDistance(p.reference(), p.count(p.values["max"])) },
	}
}

// EditDistance returns the grader "edit_distance": the least number of characters or words to insert, delete or replace
// to turn the reply without its thinking into the nearest reference text, see [similarity.EditDistance]. The value is 1
// minus its share of the longer text; Answer is the number. White space does not count, punctuation does. It passes
// with at most so many changes, or from r.Min on; one of the two is given. It applies and reports mistakes as [Rouge]
// does.
func EditDistance(r Reference, most *int) (Grader, error) {
	var m mistakes
	r.check(&m, Characters)
	switch {
	case (most == nil) == (r.Min == nil):
		m.add(nil, "such as {max: 5} or {min: 0.9}", "the grader needs either max or min")
	case most != nil && *most < 0:
		m.add([]any{"max"}, "", "max must not be negative, found %d", *most)
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		To         []string `json:"to,omitempty"`
		Max        *int     `json:"max,omitempty"`
		Min        *float64 `json:"min,omitempty"`
		Unit       Unit     `json:"unit"`
		IgnoreCase bool     `json:"ignore_case,omitempty"`
	}{r.To, most, r.Min, r.Unit, r.IgnoreCase}
	return newReferenceGrader(nameEditDistance, params, r.To, nearestOf(func(reply, text string) nearness {
		a, b := r.split(reply, true), r.split(text, true)
		changes, ok := similarity.EditDistance(a, b)
		if !ok {
			return tooLong(r.Unit)
		}
		out := nearness{value: 1}
		if longer := max(len(a), len(b)); longer > 0 {
			out.value = 1 - float64(changes)/float64(longer)
		}
		words := plural(changes, "change") + " of " + string(r.Unit)
		if most == nil {
			out = r.least(out.value, words+": a share of")
		} else {
			out.passes, out.words = changes <= *most, fmt.Sprintf("%s, expected at most %d", words, *most)
		}
		out.answer = strconv.Itoa(changes)
		return out
	})), nil
}
