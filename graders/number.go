package graders

import (
	"cmp"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

const nameNumber = "number"

func numberBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameNumber, Text: "Whether the number in the reply is the expected one: {value: 42, tolerance: 1%}.",
		Expect: Expectation{
			Key: nameNumber, Text: "The number that the reply gives.",
			words: func(e Expect) string {
				if e.Number == nil {
					return ""
				}
				return plainNumber(*e.Number)
			},
			check: func(Expect) error { return nil },
		},
		params: func() []param {
			return []param{
				{key: "value", text: "The number, unless the case has one.", kinds: []string{"number"}},
				{
					key: "tolerance", text: "How far off it may be: a number, or a share such as 1%; 0 without it.",
					kinds: []string{"number", "string"}, more: map[string]any{"minimum": 0},
				},
				choiceParam("take", "Which number counts where the reply has several: first, last, or only for none; last "+
					"without it.", takes()...),
			}
		},
		build: func(p params) (Grader, error) {
			var value *float64
			if v := p.values["value"]; v.kind() != kindAbsent {
				value = new(p.number(v, 0))
			}
			return Number(value, p.word(p.values["tolerance"]), p.text(p.values["take"]))
		},
	}
}

func takes() []string { return []string{"first", "last", "only"} }

// Number returns the grader "number": 1 where the number in the reply without its thinking is the expected one, else 0.
// Answer is the number as it is written. A number of the case replaces value; without both it does not apply. The
// tolerance is a number, or a share of the expected one such as 1%; the empty one is 0. Of several numbers, take says
// which counts: first, last, which the empty one means, or only, where several score 0. Numbers are compared as
// decimals, so that 0.3 is 0.1 from 0.2. A reply without a number scores 0. Mistakes are each a [ParamError], joined.
func Number(value *float64, tolerance, take string) (Grader, error) {
	var m mistakes
	take = cmp.Or(take, "last")
	checkChoice(&m, "take", take, takes()...)
	off, isShare := new(big.Rat), false
	if tolerance != "" {
		text, share := strings.CutSuffix(strings.TrimSpace(tolerance), "%")
		n, ok := decimalOf(strings.TrimSpace(text))
		switch {
		case !ok:
			m.add([]any{"tolerance"}, "such as 0.5 or 1%", "%s is neither a number nor a share", quote(tolerance))
		case n.Sign() < 0:
			m.add([]any{"tolerance"}, "", "tolerance must not be negative, found %s", tolerance)
		case share:
			off, isShare = n.Quo(n, big.NewRat(100, 1)), true
		default:
			off = n
		}
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		Value     *float64 `json:"value,omitempty"`
		Tolerance string   `json:"tolerance,omitempty"`
		Take      string   `json:"take"`
	}{value, tolerance, take}
	return newFunction(nameNumber, params, func(s Sample) Score {
		want := s.Expect.Number
		if want == nil {
			want = value
		}
		if want == nil {
			return NotApplicable("neither the suite nor the case has a number")
		}
		found := numbersIn(s.Reply.Text)
		switch {
		case len(found) == 0:
			return scoreWith(0, unread, "the reply has no number")
		case len(found) > 1 && take == "only":
			return scoreWith(0, unread, fmt.Sprintf("the reply has %d numbers", len(found)))
		case take == "first":
			found = found[:1]
		}
		got := found[len(found)-1]
		expected, _ := decimalOf(plainNumber(*want))
		gap := new(big.Rat).Sub(got.value, expected)
		most := new(big.Rat).Set(off)
		if isShare {
			most.Mul(most, new(big.Rat).Abs(expected))
		}
		reason := got.text + ", expected " + plainNumber(*want)
		if tolerance != "" {
			reason += " ± " + tolerance
		}
		return scoreIf(gap.Abs(gap).Cmp(most) <= 0, got.text, reason)
	}), nil
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
