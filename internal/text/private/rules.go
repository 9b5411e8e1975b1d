package private

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Rules lists the rules in the order in which they are applied.
func Rules() []Rule {
	return []Rule{
		{
			"key", "keys and tokens of known services, private keys, and long random words",
			anyOf(
				pattern(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`, 0),
				pattern(`(?i)(?:^|[^a-z0-9])((?:`+keyForms()+`)[a-z0-9._~+/=-]*)`, 1),
				pattern(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`, 0),
				only(pattern(`[A-Za-z0-9_.~+=-]{16,}`, 0), isRandom),
				only(pattern(`[A-Za-z0-9+/=_-]{32,}`, 0), isMixed),
			),
		},
		{
			"password", "values of passwords, tokens, cookies and the like, by their names, and passwords in addresses",
			anyOf(
				pattern(`(?i)\b(?:authorization|cookie)["']?\s*[:=]\s*(\S[^\n]*)`, 1),
				pattern(`(?i)(?:`+secretNames+`)["']?\s*[:=]+\s*["']?([^\s"',;]{3,})`, 1),
				only(pattern(`(?i)(?:`+secretNames+`)\s*(?:은|는|이|is|was)?\s+["']?([!-~]{4,})`, 1), hasDigitOrSign),
				only(pattern(`(?:`+secretNames+`)(?:은|는)\s*["']?([!-~]{4,})`, 1), hasDigitOrSign),
				pattern(`://([^/\s@]*:[^/\s@]*)@`, 1),
			),
		},
		{
			"email", "e-mail addresses",
			pattern(`(?i)[a-z0-9À-ɏ._%+'-]+ ?(?:@|＠|\(at\)|\[at\]|골뱅이) ?[a-z0-9À-ɏ-]+(?:(?:\.|\[dot\]|\(dot\))[a-z0-9À-ɏ-]+)*`+
				`(?:\.|\[dot\]|\(dot\))[a-z]{2,}`, 0),
		},
		{
			"iban", "international bank account numbers",
			where(isDigitRune, only(pattern(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`, 0), isIBAN)),
		},
		{
			"card", "card numbers: by their check digit, or as four groups of four digits",
			anyOf(cards, number(`\d{4}([ .-])\d{4}[ .-]\d{4}[ .-]\d{4}`)),
		},
		{
			"id", "Korean resident registration, driver's licence, passport and business numbers, and those of other countries",
			where(isDigitRune, anyOf(
				number(`\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?-? ?[0-9][\d*]{6}`),                   // Korea: residents
				number(`(?:\d{2}|[가-힣]{2})[ -]\d{2}[ -]\d{6}[ -]\d{2}`),                                      // Korea: drivers
				number(`\d{3}-\d{2}-\d{5}`),                                                                  // Korea: businesses
				number(`\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`),             // China
				number(`\d{3}[- ]\d{2}[- ]\d{4}`),                                                            // United States
				number(`\d{3}\.\d{3}\.\d{3}-\d{2}`),                                                          // Brazil
				pattern(`(?:^|[^\d -]|[^\d][ -])(\d{4}[ -]\d{4}[ -]\d{4})(?:[^\d -]|[ -][^\d]|$)`, 1),        // India, Japan
				pattern(`(?i)\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b`, 0),                       // United Kingdom
				pattern(`\b[MSRODGP](?:\d{8}|\d{3}[A-Z]\d{4})\b`, 0),                                         // Korea: passports
				pattern(`(?i)(?:passport|여권)(?: ?번호| no\.?| number)?["']?[:은는 ]{0,3}([A-Z]{1,2}\d{6,9})`, 1), // others
			)),
		},
		{
			"account", "bank account numbers: behind a bank or the word account, or by their groups of digits",
			where(isDigitRune, anyOf(
				only(
					pattern(`(?i)(?:계좌|은행|뱅크|account|acct)[^\d\n]{0,15}(\d[\d-]{8,20}\d)`, 1),
					func(s string) bool { return len(s)-strings.Count(s, "-") >= 10 },
				),
				number(`\d{3,6}-\d{2,6}-\d{6,7}`),
			)),
		},
		{
			"phone", "phone numbers, Korean and international",
			anyOf(where(isDigitRune, anyOf(
				number(`\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)|\d{1,4})(?:[ .-]?\d{2,4}){2,4}`),
				number(`\(?01[016789]\)?[ .-]{0,3}\d{3,4}[ .-]{0,3}\d{4}`),
				number(`\(?0(?:2|[3-6][1-5]|70|50\d)\)?[ .-]{0,3}\d{3,4}[ .-]{1,3}\d{4}`),
				number(`0\d{8,10}`),
				number(`0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}`),
				number(`\(\d{3}\) ?\d{3}[ .-]\d{4}`),
				number(`\d{3}[.-]\d{3}[.-]\d{4}`),
				pattern(`(?i)(?:전화|연락처|휴대폰|핸드폰|번호|\btel|\bphone|\bmobile|\bcall)[^\d\n]{0,10}(\d[\d .-]{6,14}\d)`, 1),
			)),
				pattern(`공일[공영일육칠팔구][ -]?[공영일이삼사오육칠팔구]{3,4}[ -]?[공영일이삼사오육칠팔구]{4}`, 0),
			),
		},
		{
			"name", "names in greetings, introductions, signatures and forms, in front of titles and 에게, and common names",
			names(),
		},
	}
}

const secretNames = `api[ _-]?key|access[ _-]?key|token|secret|passw(?:or)?d|passphrase|\bpwd|비밀 ?번호|비번|암호|패스워드|인증 ?번호`

// pattern finds a group of a regular expression.
func pattern(expr string, group int) func(string) [][2]int {
	re := regexp.MustCompile(expr)
	return func(text string) [][2]int {
		var out [][2]int
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			if m[2*group] >= 0 {
				out = append(out, [2]int{m[2*group], m[2*group+1]})
			}
		}
		return out
	}
}

// number is pattern for what is not a part of a longer number.
func number(expr string) func(string) [][2]int {
	find := pattern(expr, 0)
	return func(text string) [][2]int {
		return slices.DeleteFunc(find(text), func(s [2]int) bool {
			return s[0] > 0 && isDigit(text[s[0]-1]) || s[1] < len(text) && isDigit(text[s[1]])
		})
	}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// only keeps what a predicate holds of.
func only(find func(string) [][2]int, is func(string) bool) func(string) [][2]int {
	return func(text string) [][2]int {
		return slices.DeleteFunc(find(text), func(s [2]int) bool { return !is(text[s[0]:s[1]]) })
	}
}

// where leaves texts without a character of a kind alone, which saves most of the work.
func where(isKind func(rune) bool, find func(string) [][2]int) func(string) [][2]int {
	return func(text string) [][2]int {
		if strings.IndexFunc(text, isKind) < 0 {
			return nil
		}
		return find(text)
	}
}

func isDigitRune(r rune) bool { return '0' <= r && r <= '9' }

// anyOf joins what several find; of two that overlap, the first and then the longer one stays.
func anyOf(finds ...func(string) [][2]int) func(string) [][2]int {
	return func(text string) [][2]int {
		var all [][2]int
		for _, find := range finds {
			all = append(all, find(text)...)
		}
		slices.SortFunc(all, func(a, b [2]int) int {
			if a[0] != b[0] {
				return a[0] - b[0]
			}
			return b[1] - a[1]
		})
		var out [][2]int
		for _, s := range all {
			if n := len(out); n > 0 && s[0] < out[n-1][1] {
				out[n-1][1] = max(out[n-1][1], s[1])
				continue
			}
			out = append(out, s)
		}
		return out
	}
}

// isMixed reports whether a long word changes between cases and digits as words do not.
func isMixed(word string) bool {
	const few = 4 // letters or digits on end, on average
	changes, last := 0, ' '
	var has [3]bool
	for _, r := range word {
		kind := 'z'
		switch {
		case unicode.IsDigit(r):
			kind, has[0] = '0', true
		case unicode.IsUpper(r):
			kind, has[1] = 'A', true
		case unicode.IsLower(r):
			kind, has[2] = 'a', true
		}
		if kind != last && kind != 'z' {
			changes++
		}
		last = kind
	}
	return has == [3]bool{true, true, true} && changes*few >= len(word)
}

func hasDigitOrSign(s string) bool {
	return strings.IndexFunc(strings.TrimRight(s, ".,!?)"), func(r rune) bool { return !unicode.IsLetter(r) }) >= 0
}

// cards finds numbers of 13 to 19 digits, in groups or not, whose last digit is the check digit of ISO/IEC 7812
// and whose first ones are those of a card.
func cards(text string) [][2]int {
	var out [][2]int
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		if end := cardEnd(text[i:]); end > 0 {
			out = append(out, [2]int{i, i + end})
			i += end
		}
	}
	return out
}

// cardEnd returns where the longest card number ends that a text begins with, or 0.
func cardEnd(text string) int {
	var digits []int
	end := 0
	for i := 0; i < len(text) && len(digits) < 19; i++ {
		switch isSeparator := text[i] == ' ' || text[i] == '-' || text[i] == '.'; {
		case isDigit(text[i]):
			digits = append(digits, int(text[i]-'0'))
			isEnd := i+1 == len(text) || !isDigit(text[i+1])
			if isEnd && isCard(digits) {
				end = i + 1
			}
		case !isSeparator || i+1 == len(text) || !isDigit(text[i+1]):
			return end
		}
	}
	return end
}

func isCard(digits []int) bool {
	first, isLong := digits[0], len(digits) >= 16
	isShort := len(digits) >= 13 && (first == 3 || first == 4 && len(digits) == 13)
	if !isLong && !isShort || first < 2 || first == 7 || first == 8 {
		return false
	}
	sum := 0
	for i := range digits {
		d := digits[len(digits)-1-i]
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// isIBAN checks the check digits of ISO 13616.
func isIBAN(text string) bool {
	text = strings.ReplaceAll(text, " ", "")
	rest := 0
	for _, r := range text[4:] + text[:4] {
		if unicode.IsDigit(r) {
			rest = (rest*10 + int(r-'0')) % 97
		} else {
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return rest == 1
}
