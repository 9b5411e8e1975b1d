package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A mark is the number or the bullet that begins a line.
type mark struct {
	number int    // 0 for a bullet or a letter
	style  string // the characters around the number, which differ in 1. and 2)
	length int    // in bytes, with the white space behind it
	bold   string // ** or __ that begins before the mark and is still open
}

// hangul is the order of the Korean letter marks, 가. 나. 다.
const hangul = "가나다라마바사아자차카타파하"

// Bullets that need a space behind them, because they also begin words, and
// others.
const (
	spacedBullets = "-*+–—－＊◦○●□■▪"
	closeBullets  = "•·‣∙・ㆍ"
)

// circled returns the value of a number that is one character, and 0 for any
// other character. Its style is the first of its run.
func circled(c rune) (number int, style string) {
	for _, run := range [...]struct{ first, last, value rune }{
		{'①', '⑳', 1}, {'㉑', '㉟', 21}, {'❶', '❿', 1}, {'➀', '➉', 1}, {'➊', '➓', 1},
		{'⑴', '⒇', 1}, {'⒈', '⒛', 1}, {'⓵', '⓾', 1},
	} {
		if c >= run.first && c <= run.last {
			return int(c - run.first + run.value), string(run.first)
		}
	}
	return 0, ""
}

// isTornMark reports whether a line is the beginning of the mark with a number:
// emphasis, a bracket, the number, without its end.
func isTornMark(line string, number int) bool {
	rest := strings.TrimLeft(line, "*_(（")
	n, length := leadingNumber(rest)
	return line != "" && length == len(rest) && (length == 0 || n == number)
}

// nextNumbers returns for each line the number of the next numbered line below
// it, or 0.
func nextNumbers(lines []string, parse parser) []int {
	next := make([]int, len(lines))
	for i := len(lines) - 1; i > 0; i-- {
		next[i-1] = next[i]
		if m, ok := parse(head(lines[i], 64)); ok && m.number > 0 {
			next[i-1] = m.number
		}
	}
	return next
}

// splitLine removes the mark from a line, and splits the line at further marks
// of the same style that count on from its own, unless the lines below use those
// numbers. White space comes before each, unless it is one character such as ②.
func splitLine(line string, m mark, next int, parse parser) []string {
	var parts []string
	rest := line[m.length:]
	bold := m.bold
	cut := func(part string) {
		part = strings.TrimSpace(part)
		if bold != "" {
			part = strings.Replace(part, bold, "", 1)
		}
		parts = append(parts, strings.TrimSpace(part))
	}
	if m.number > 0 {
		want := m.number + 1
		for pos := 0; pos < len(rest) && (next == 0 || want < next || next <= m.number); {
			i := strings.IndexFunc(rest[pos:], func(c rune) bool {
				number, style := circled(c)
				return unicode.IsSpace(c) || number == want && style == m.style
			})
			if i < 0 {
				break
			}
			at := pos + i
			pos = at + len(rest[at:]) - len(strings.TrimLeftFunc(rest[at:], unicode.IsSpace))
			inner, ok := parse(rest[pos:])
			if !ok || inner.number != want || inner.style != m.style {
				continue
			}
			cut(rest[:at])
			rest, bold, pos = rest[pos+inner.length:], inner.bold, 0
			want++
		}
	}
	cut(rest)
	return parts
}

// parseMark reads the mark at the beginning of a trimmed line.
func parseMark(line string) (mark, bool) {
	rest := line
	for strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, ">") {
		trimmed := strings.TrimLeft(rest, "#>")
		if trimmed == "" || !startsWithSpace(trimmed) {
			return mark{}, false
		}
		rest = strings.TrimLeftFunc(trimmed, unicode.IsSpace)
	}
	m, rest, ok := parseBold(rest)
	if !ok {
		return mark{}, false
	}
	if m.style == "bullet" {
		// "- 1. 우유" and "- [ ] 우유" have one mark, not two.
		if inner, after, ok := parseBold(rest); ok && inner.style != "bullet" {
			m, rest = inner, after
		} else if inner, ok := parseOther(rest); ok && inner.style != "bullet" {
			m, rest = inner, rest[inner.length:]
		}
	}
	rest, _ = cutCheckbox(rest)
	m.length = len(line) - len(rest)
	return m, true
}

func cutCheckbox(rest string) (string, bool) {
	for _, box := range []string{"[ ]", "[x]", "[X]"} {
		if after, ok := strings.CutPrefix(rest, box); ok {
			return strings.TrimLeftFunc(after, unicode.IsSpace), true
		}
	}
	return rest, false
}

// parseBold reads a mark that may be emphasised, alone or with the text behind it.
func parseBold(line string) (m mark, rest string, ok bool) {
	bold, rest := "", line
	for _, b := range []string{"***", "**", "__", "*", "_"} {
		after, found := strings.CutPrefix(line, b)
		if found && (len(b) > 1 || strings.Contains(after, b)) && !startsWithSpace(after) {
			bold, rest = b, after
			break
		}
	}
	m, rest, ok = parsePlain(rest)
	if !ok && len(bold) == 1 { // a bullet and not emphasis
		bold = ""
		m, rest, ok = parsePlain(line)
	}
	if !ok {
		return mark{}, line, false
	}
	if bold != "" {
		if after, closed := strings.CutPrefix(rest, bold); closed {
			rest = after
		} else {
			m.bold = bold
		}
	}
	rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	return m, rest, true
}

// parsePlain reads a mark without emphasis; rest is the text directly behind it.
func parsePlain(line string) (m mark, rest string, ok bool) {
	c, n := utf8.DecodeRuneInString(line)
	if c >= 'ᄀ' && c <= 'ᄒ' && strings.HasPrefix(line[n:], "ᅡ") { // 가 in two parts
		n += len("ᅡ")
		c, _ = utf8.DecodeRuneInString(norm.NFC.String(line[:n]))
	}
	letter := n
	rest = line[n:]
	switch {
	case n == 0:
		return mark{}, line, false
	case strings.ContainsRune(closeBullets, c):
		return mark{style: "bullet"}, rest, true
	case strings.ContainsRune(spacedBullets, c):
		rest = strings.TrimPrefix(rest, "\uFE0F")
		return mark{style: "bullet"}, rest, rest == "" || startsWithSpace(rest) || beginsItem(c, rest)
	case c == '🔟':
		return mark{number: 10, style: "keycap"}, rest, true
	case c == '(' || c == '（':
		return parseParenthesised(rest)
	}
	if number, style := circled(c); number > 0 {
		return mark{number: number, style: style}, strings.TrimPrefix(rest, "."), true
	}
	number, n := leadingNumber(line)
	if n == 0 && strings.ContainsRune(hangul, c) {
		number, n = 0, letter
	}
	if n == 0 {
		return mark{}, line, false
	}
	rest = line[n:]
	if after, ok := strings.CutPrefix(strings.TrimPrefix(rest, "\uFE0F"), "\u20E3"); ok && number > 0 {
		return mark{number: number, style: "keycap"}, strings.TrimPrefix(after, "."), true
	}
	rest = strings.TrimPrefix(rest, `\`) // Markdown escapes it as 1\.
	end, n := utf8.DecodeRuneInString(rest)
	rest = rest[n:]
	behind, _ := utf8.DecodeRuneInString(rest)
	switch end {
	case '.', '．':
		// 1.5리터, 10.30 and 가... are not marks.
		ok = !unicode.IsDigit(behind) && behind != '.' && behind != '．'
		return mark{number: number, style: "."}, strings.TrimPrefix(rest, ")"), ok
	case ')', '）':
		return mark{number: number, style: ")"}, rest, true
	}
	return mark{}, line, false
}

// beginsItem reports whether a spaced bullet without its space is a bullet: a dash
// before a letter, because -5 is a number, or an asterisk that is not closed.
func beginsItem(bullet rune, rest string) bool {
	c, _ := utf8.DecodeRuneInString(rest)
	switch {
	case !unicode.IsLetter(c):
		return false
	case bullet == '*':
		return !strings.ContainsRune(rest, '*')
	}
	return strings.ContainsRune("-–—－", bullet)
}

func parseParenthesised(rest string) (mark, string, bool) {
	number, n := leadingNumber(rest)
	if c, size := utf8.DecodeRuneInString(rest); n == 0 && size > 0 && strings.ContainsRune(hangul, c) {
		n = size
	}
	if n == 0 {
		return mark{}, rest, false
	}
	for _, end := range []string{")", "）"} {
		if after, ok := strings.CutPrefix(rest[n:], end); ok {
			return mark{number: number, style: "()"}, after, true
		}
	}
	return mark{}, rest, false
}

// leadingNumber reads up to three digits, plain or full-width; more digits are a
// year or an amount.
func leadingNumber(s string) (number, length int) {
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			number = number*10 + int(c-'0')
		case c >= '０' && c <= '９':
			number = number*10 + int(c-'０')
		default:
			return number, i
		}
		if digits++; digits > 3 {
			return 0, 0
		}
	}
	return number, len(s)
}

func startsWithSpace(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(c)
}

// isRule reports whether a line is a horizontal rule or a code fence.
func isRule(line string) bool {
	return isFence(line) || len(line) >= 3 && strings.Trim(line, "-*_=") == ""
}
