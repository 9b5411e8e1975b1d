package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A parser reads the mark at the beginning of a trimmed line.
type parser func(line string) (mark, bool)

// markOf returns the parser for the marks of a list, or nil if it has none. The
// rarer marks may also begin a line of prose, so they are marks only where no line
// has a usual one, and the first line or half of the lines have them.
func markOf(lines []string) parser {
	usual, other := false, 0
	for i, line := range lines {
		if _, ok := parseMark(line); ok {
			usual = true
			break
		}
		if _, ok := parseOther(line); ok {
			other++
			if i == 0 {
				other += len(lines)
			}
		}
	}
	switch {
	case usual:
		return parseMark
	case other > 0 && 2*other >= len(lines):
		return parseOther
	}
	return sharedMark(lines)
}

// The parts of the rarer marks: a number, and what may end a mark, in front of
// its text.
const (
	markNumber = `([0-9\x{FF10}-\x{FF19}]{1,3})`
	markEnd    = `(?:\*\*|__)?\s?(?:[.．)）:：,，、]+|[-–—−]\s)`
)

// The rarer marks. The first group is the number, if any.
var (
	ordinalMark = regexp.MustCompile(`^(?:제\s?)?` + markNumber + `\s?(?:번째|번|단계|스텝|순위|차|(?i:st|nd|rd|th))(?:로)?` + markEnd)
	stepMark    = regexp.MustCompile(`^(?i:step|no|number|task|item|to-?do|sub-?todo|sub-?task|part|phase|question|q|` +
		`단계|스텝|순서|번호|항목|할\s?일|작업|질문)\s?[.#]?\s?` + markNumber + markEnd)
	hashMark    = regexp.MustCompile(`^#` + markNumber + `(?:` + markEnd + `|\s)`)
	bracketMark = regexp.MustCompile(`^(?:[\[<{【〔「［〈《]\s?` + markNumber + `\s?[\]>}】〕」］〉》]|` +
		`[\[【〔［]\s?[A-Za-zㄱ-ㅎ` + hangul + `]\s?[\]】〕］])(?:\*\*|__)?[.:：)]?`)
	wordMark = regexp.MustCompile(`^(?:(?:첫|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열)째|` +
		`(?:첫|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?번째|` +
		`(?i:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?i:ly)?)(?:로|로는|는)?` + markEnd)
	numberMark = regexp.MustCompile(`^` + markNumber +
		`(?:\s?[:：]|[、。/|]|[.．]?[)）][.．]?|\s?[-–—−]\s|(?:\*\*|__)[.．)）:：])`)
	letterMark  = regexp.MustCompile(`^[(（]?(?:[A-Za-zＡ-Ｚａ-ｚㄱ-ㅎ]|[ivxIVX]{1,4}|[一二三四五六七八九十]{1,3})[.．)）:：、]`)
	circledMark = regexp.MustCompile(`^[\x{3260}-\x{327B}\x{3200}-\x{321B}\x{24B6}-\x{24E9}\x{249C}-\x{24B5}` +
		`\x{1F150}-\x{1F169}\x{1F130}-\x{1F149}\x{3280}-\x{3289}\x{3220}-\x{3229}` +
		`\x{32B1}-\x{32BF}\x{24EB}-\x{24F4}\x{2160}-\x{217F}](?:[.．)）]|\s)`)
	bulletMark = regexp.MustCompile(`^(?:[◎◉▷▶►▸▹➤➢➔➜➡→⇒⟶»›✓✔✅☑☐☒✗✘❌⬜⬛◽◾◻◼🔲🔳☞👉🔹🔸🔷🔶📌📍⭐★☆◆◇♦❖✦✧※◈🟢🟡🔴🔵🟠🟣⚫⚪▫⁌⁍]` +
		`\x{FE0F}?|(?:[⁃−‐‑‒―﹣∗~]|-{1,2}>|=>|[├└│┣┗][─━]*)\s|\[[\s✓✔xXvV]?\])`)
)

type otherMark struct {
	style   string
	pattern *regexp.Regexp
}

// otherMarks lists the rarer marks by style, in the order in which they are tried.
func otherMarks() [9]otherMark {
	return [...]otherMark{
		{"1st", ordinalMark},
		{"step", stepMark},
		{"#", hashMark},
		{"[]", bracketMark},
		{"first", wordMark},
		{"1:", numberMark},
		{"a", letterMark},
		{"ⓐ", circledMark},
		{"bullet", bulletMark},
	}
}

// parseOther reads a rarer mark.
func parseOther(line string) (mark, bool) {
	const longest = 80 // bytes of a mark
	text := strings.TrimLeft(line, "#>* \t_")
	if strings.HasPrefix(line, "#") && !startsWithSpace(strings.TrimLeft(line, "#")) {
		text = line
	}
	bold := line[:len(line)-len(text)]
	bold = bold[strings.LastIndexAny(bold, "# >\t")+1:]
	piece, lengthOf := composed(head(text, longest))
	for _, o := range otherMarks() {
		at := o.pattern.FindStringSubmatchIndex(piece)
		if at == nil {
			continue
		}
		rest := text[lengthOf(at[1]):]
		if c, _ := utf8.DecodeRuneInString(rest); unicode.IsDigit(c) && o.style != "[]" && o.style != "bullet" {
			continue // 1:30, 1/3
		} else if o.style == "a" && c < utf8.RuneSelf && !startsWithSpace(rest) && c != '*' && rest != "" {
			continue // e.g., a.m.
		}
		m := mark{style: o.style, bold: bold}
		if len(at) > 2 && at[2] >= 0 {
			m.number, _ = leadingNumber(piece[at[2]:at[3]])
		}
		if bold != "" && strings.Contains(piece[:at[1]], bold) {
			m.bold = ""
		} else if after, closed := strings.CutPrefix(rest, bold); bold != "" && closed {
			m.bold, rest = "", after
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		m.length = len(line) - len(rest)
		return m, true
	}
	return mark{}, false
}

// sharedMark returns the parser for a list whose lines all begin with the same
// symbol, or count from 1 with a space behind the number.
func sharedMark(lines []string) parser {
	if len(lines) < 2 {
		return nil
	}
	for i, line := range lines {
		if m, ok := parseCount(line); !ok || m.number != i+1 {
			break
		} else if i == len(lines)-1 {
			return parseCount
		}
	}
	symbol, _ := utf8.DecodeRuneInString(lines[0])
	if !unicode.In(symbol, unicode.So, unicode.Sm, unicode.Po, unicode.Pd) || isQuote(symbol) ||
		strings.ContainsRune("<&\\\uFFFD", symbol) { // an element, an entity, an escape
		return nil
	}
	for _, line := range lines {
		c, size := utf8.DecodeRuneInString(line)
		if behind, _ := utf8.DecodeRuneInString(line[size:]); c != symbol || behind == symbol || unicode.IsDigit(behind) {
			return nil // another line, or a row of it, or a number
		}
	}
	return func(line string) (mark, bool) {
		c, n := utf8.DecodeRuneInString(line)
		rest := strings.TrimLeftFunc(line[n:], func(c rune) bool { return unicode.IsSpace(c) || isInvisible(c) })
		return mark{style: "bullet", length: len(line) - len(rest)}, c == symbol
	}
}

var countMark = regexp.MustCompile(`^` + markNumber + `(?:번째|번|단계)?\s+`)

// parseCount reads a number with a space behind it.
func parseCount(line string) (mark, bool) {
	piece, lengthOf := composed(head(line, 64))
	at := countMark.FindStringSubmatchIndex(piece)
	if at == nil {
		return mark{}, false
	}
	number, _ := leadingNumber(piece[at[2]:at[3]])
	return mark{number: number, style: "count", length: lengthOf(at[1])}, true
}

// composed returns text in the composed form, in which the patterns are, and the
// length in text of a part of it.
func composed(text string) (form string, lengthOf func(n int) int) {
	form = norm.NFC.String(text)
	if form == text {
		return text, func(n int) int { return n }
	}
	return form, func(n int) int {
		for i := range text {
			if len(norm.NFC.String(text[:i])) >= n && strings.HasPrefix(form, norm.NFC.String(text[:i])) {
				return i
			}
		}
		return len(text)
	}
}
