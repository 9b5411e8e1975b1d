package reply

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mend rewrites a broken object so that one odd value costs nothing behind it. A
// bare value that JSON does not have, such as 5,000, 1/3 or 09:30, becomes a string.
// A lost quote, comma or colon is put where the next member begins: the keys that
// the text has in plain form say where that is.
func mend(text string) (mended string, complete bool) {
	m := mender{text: fixEscapes(text), keys: map[string]bool{}}
	for _, at := range plainKey.FindAllStringSubmatch(m.text, -1) {
		m.keys[at[1]] = true
	}
	m.brackets = len(strings.TrimRight(m.text, "}] \t\r\n"))
	for goesOn := true; goesOn && m.pos < len(m.text); {
		goesOn = m.step()
	}
	complete = len(m.open) == 0
	if !complete && m.prose {
		return "", false // what looks like members is text behind a document without its end
	}
	m.closeTo(0)
	return m.out.String(), complete
}

// plainKey matches a key in plain quotes before its colon.
var plainKey = regexp.MustCompile(`"([\pL_][\pL\pN_-]{0,63})"\s*:`)

// A mender copies text to out, with what is missing.
type mender struct {
	text     string
	pos      int
	keys     map[string]bool
	open     []byte // the open brackets
	brackets int    // where only closing brackets are left

	prose bool // text between members was passed over
	last  byte // the last mark written outside of strings: { [ : , or v behind a value, k behind a key
	out   strings.Builder
}

// step reads one token and reports whether the text goes on.
func (m *mender) step() bool {
	c, n := utf8.DecodeRuneInString(m.text[m.pos:])
	switch {
	case unicode.IsSpace(c):
		m.pos += n
	case c == '/' || c == '#':
		if rest := trimComments(m.text[m.pos:]); len(rest) < len(m.text)-m.pos {
			m.pos = len(m.text) - len(rest)
			break
		}
		m.prose = true
		m.pos += n
	case c == '{' || c == '[':
		m.separate()
		m.open = append(m.open, byte(c))
		m.mark(byte(c))
	case c == '}' || c == ']':
		return m.close(byte(c))
	case c == ':' && m.last == 'k':
		m.mark(byte(c))
	case c == ',':
		m.pos += n
		m.noValue()
		if m.last == 'v' { // else it is one too many
			m.last = ','
		}
	case m.expectsKey():
		m.key()
	default:
		m.separate()
		m.value(c == '"')
	}
	return true
}

func (m *mender) mark(c byte) {
	m.out.WriteByte(c)
	m.last = c
	m.pos++
}

// separate writes the comma or colon before a value. A comma waits for it, so none
// is before a closing bracket.
func (m *mender) separate() {
	switch m.last {
	case 'v', ',':
		m.out.WriteByte(',')
	case 'k':
		m.out.WriteByte(':')
	}
}

func (m *mender) expectsKey() bool {
	return len(m.open) > 0 && m.open[len(m.open)-1] == '{' && strings.IndexByte("{,v", m.last) >= 0
}

// close writes a closing bracket, after those that are missing before it, and
// reports whether the object goes on.
func (m *mender) close(c byte) bool {
	m.pos++
	open := map[byte]byte{'}': '{', ']': '['}[c]
	at := bytes.LastIndexByte(m.open, open)
	if at < 0 {
		return true // a bracket too many
	}
	m.closeTo(at + 1)
	m.closeTo(at)
	return len(m.open) > 0
}

// closeTo closes the open brackets but for the first n.
func (m *mender) closeTo(n int) {
	for len(m.open) > n {
		m.noValue()
		m.out.WriteString(closer(m.open[len(m.open)-1]))
		m.open, m.last = m.open[:len(m.open)-1], 'v'
	}
}

// noValue writes null where a key has no value.
func (m *mender) noValue() {
	switch m.last {
	case 'k':
		m.out.WriteString(":null")
	case ':':
		m.out.WriteString("null")
	default:
		return
	}
	m.last = 'v'
}

var (
	bareKey    = regexp.MustCompile(`^["'“”‘’` + "`" + `]?\s*([\pL_$][\pL\pN_$ -]{0,63}?)\s*["'“”‘’` + "`" + `]?\s*[:：]`)
	quotedName = regexp.MustCompile(`^"((?:[^"\\]|\\.){0,200})"\s*`)
)

// key writes a key. Text that is none is passed over up to the next mark.
func (m *mender) key() {
	rest := head(m.text[m.pos:], 512)
	name, length := "", 0
	at := quotedName.FindStringSubmatch(rest)
	if at != nil && (strings.HasPrefix(rest[len(at[0]):], ":") || m.keys[at[1]]) {
		name, length = at[1], len(at[0])
	} else if at := bareKey.FindStringSubmatchIndex(rest); at != nil {
		name, length = rest[at[2]:at[3]], at[1]-1
		if strings.HasSuffix(rest[:at[1]], "：") {
			length = at[1] - len("：")
		}
	}
	if length == 0 {
		m.prose = true
		_, n := utf8.DecodeRuneInString(rest)
		if i := strings.IndexAny(m.text[m.pos+n:], `,}]"`); i >= 0 {
			m.pos += n + i
		} else {
			m.pos = len(m.text)
		}
		return
	}
	m.separate()
	m.out.WriteString(`"` + name + `"`)
	m.last = 'k'
	m.pos += length
	if strings.HasPrefix(m.text[m.pos:], "：") {
		m.pos += len("：")
		m.out.WriteByte(':')
		m.last = ':'
	}
}

// value writes a string or a bare value.
func (m *mender) value(quoted bool) {
	start := m.pos
	if quoted {
		start++
	}
	end, after := m.end(start, quoted)
	text := m.text[start:end]
	m.pos, m.last = max(after, m.pos+1), 'v'
	if !quoted {
		text = strings.TrimSpace(text)
		if word := map[string]string{"True": "true", "False": "false", "None": "null"}[text]; word != "" {
			text = word
		}
		if json.Valid([]byte(text)) {
			m.out.WriteString(text)
			return
		}
		text = unquote(text)
	}
	m.out.WriteByte('"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			m.out.WriteString(text[i : i+2])
			i++
		case c == '\\' || c == '"' || c < ' ':
			escaped := strconv.Quote(string(c))
			m.out.WriteString(escaped[1 : len(escaped)-1])
		default:
			m.out.WriteByte(c)
		}
	}
	m.out.WriteByte('"')
}

// end finds the end of a value and the place behind its quote.
func (m *mender) end(start int, quoted bool) (end, after int) {
	for i := start; i < len(m.text); i++ {
		switch c := m.text[i]; {
		case c == '\\':
			i++
		case c == '"' && (m.follows(i+1) || m.keyAt(i+1, keyBehindQuote)):
			return i, i + 1
		case c == '"' && !quoted && m.keyAt(i, quotedKey):
			return i, i
		case strings.IndexByte(",}]\n", c) >= 0 && m.keyAt(i, keyBehindMarks):
			return i, i
		case i >= m.brackets && len(m.text)-i >= len(m.open):
			return i, i
		case !quoted && (c == '}' || c == ']' || c == ',' && m.inList() && !isThousand(m.text[i+1:])):
			return i, i
		}
	}
	return len(m.text), len(m.text)
}

// The places at which a key of the text ends a string whose closing quote is lost,
// or after which a comma or its own quote is lost.
var (
	quotedKey      = regexp.MustCompile(`^"` + keyEnd)
	keyBehindQuote = regexp.MustCompile(`^[,}\]\s]*[\s{\[]*"?` + keyEnd)
	keyBehindMarks = regexp.MustCompile(`^[}\]\s]*,?[\s{\[]*"` + keyEnd)
)

// keyEnd is a key without its first quote. It may lack its second quote or its colon.
const keyEnd = `([\pL_][\pL\pN_-]{0,63})(?:\s*:|"\s*[:"0-9{\[])`

// keyAt reports whether a key that the text has elsewhere is at a place.
func (m *mender) keyAt(at int, pattern *regexp.Regexp) bool {
	name := pattern.FindStringSubmatch(head(m.text[at:], 128))
	return name != nil && m.keys[name[1]]
}

func (m *mender) inList() bool { return len(m.open) > 0 && m.open[len(m.open)-1] == '[' }

// isThousand reports whether text continues a number such as 5,000.
func isThousand(text string) bool {
	_, length := leadingNumber(text)
	return length == 3 && text[0] == '0'
}

// follows reports whether the text at a place can follow the end of a string: the
// end of the object or list, or a comma with the next member or element.
func (m *mender) follows(at int) bool {
	rest := strings.TrimLeft(head(m.text[at:], 512), " \t\r\n")
	if rest == "" || rest[0] == '}' || rest[0] == ']' {
		return true
	}
	if rest[0] != ',' {
		return false
	}
	rest = trimComments(rest[1:])
	return rest == "" || strings.IndexByte("}]", rest[0]) >= 0 || quotedName.MatchString(rest) ||
		m.inList() && strings.IndexByte(`{["-0123456789tfn`, rest[0]) >= 0
}

// trimComments removes white space and comments, which JSON does not have, from the
// beginning of text.
func trimComments(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		end := "\n"
		switch {
		case strings.HasPrefix(text, "/*"):
			end = "*/"
		case strings.HasPrefix(text, "//"), strings.HasPrefix(text, "# "):
		default:
			return text
		}
		_, text, _ = strings.Cut(text, end)
	}
}
