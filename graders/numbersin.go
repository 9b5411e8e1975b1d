package graders

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// A numberIn is a number in a text.
type numberIn struct {
	text  string // as it is written, full-width forms aside
	value *big.Rat
}

// numeral matches a part of a number: digits, with or without commas between thousands, an exponent, and Korean units.
var numeral = regexp.MustCompile(
	`([-+−]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)((?:[eE][-+]?\d{1,3}\b)?)([십백천]?)([만억조]?)`)

// numbersIn returns the numbers of a text in order. Commas between thousands, full-width digits and the units 십, 백, 천,
// 만, 억 and 조 are read, so that 1만 2천5백 is 12500, and exponents, so that 1.5e3 is 1500. A minus counts at the start
// of a word only: 10-11 has the numbers 10 and 11. Digits behind a Latin letter, as in A4, are a part of its word.
func numbersIn(text string) []numberIn {
	text = width.Fold.String(text)
	var out []numberIn
	var open *koreanNumber // that the next part may belong to
	from, end := 0, 0      // of the number so far
	for _, m := range numeral.FindAllStringSubmatchIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
		digits, ok := decimalOf(strings.ReplaceAll(text[m[4]:m[5]], ",", ""))
		sign := text[m[2]:m[3]]
		if !ok || sign == "" && unicode.Is(unicode.Latin, before) {
			open = nil
			continue
		}
		if exponent := text[m[6]:m[7]]; exponent != "" {
			power, _ := new(big.Rat).SetString("1" + exponent)
			digits.Mul(digits, power)
		}
		small, myriad := unitOf(text[m[8]:m[9]]), unitOf(text[m[10]:m[11]])
		if gap := text[end:m[0]]; open != nil && sign == "" && (gap == "" || gap == " ") &&
			open.takes(digits, small, myriad) {
			out[len(out)-1] = numberIn{text[from:m[1]], open.value()}
			end = m[1]
			continue
		}
		isNegative := (sign == "-" || sign == "−") && !unicode.IsLetter(before) && !unicode.IsDigit(before)
		open, from, end = &koreanNumber{isNegative: isNegative}, m[0], m[1]
		if !isNegative {
			from = m[4]
		}
		open.takes(digits, small, myriad)
		out = append(out, numberIn{text[from:end], open.value()})
	}
	return out
}

// A koreanNumber is the sum of parts such as 2천, 5백만 and 3.
type koreanNumber struct {
	isNegative     bool
	total, section big.Rat // of the parts up to 만, 억 or 조, and of those since
	least          int64   // the unit of the last part; the next part must be smaller
	myriad         int64   // the last of 만, 억 and 조
}

// takes adds a part, and reports false where it is none of this number.
func (n *koreanNumber) takes(digits *big.Rat, small, myriad int64) bool {
	part := new(big.Rat).Mul(digits, big.NewRat(small, 1))
	isFirst := n.least == 0
	switch {
	case isFirst:
	case n.least == 1, part.Cmp(big.NewRat(n.least, 1)) >= 0, n.myriad > 1 && myriad >= n.myriad:
		return false
	}
	n.section.Add(&n.section, part)
	n.least = small
	if myriad > 1 {
		n.total.Add(&n.total, n.section.Mul(&n.section, big.NewRat(myriad, 1)))
		n.section.SetInt64(0)
		n.least, n.myriad = 1e4, myriad
	}
	return true
}

func (n *koreanNumber) value() *big.Rat {
	out := new(big.Rat).Add(&n.total, &n.section)
	if n.isNegative {
		out.Neg(out)
	}
	return out
}

// unitOf is what a Korean unit multiplies by; 1 for none.
func unitOf(word string) int64 {
	return map[string]int64{"": 1, "십": 10, "백": 100, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}[word]
}

// maxDigits bounds a number: no one means a longer one, and its arithmetic takes time.
const maxDigits = 400

// decimalOf reads a decimal number without an exponent.
func decimalOf(text string) (*big.Rat, bool) {
	if len(text) > maxDigits || strings.Trim(text, "0123456789.+-") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
