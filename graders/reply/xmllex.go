package reply

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tagKind uint8

const (
	openTag tagKind = iota + 1
	closeTag
	emptyTag // <a/>
	dataTag  // a CDATA section
	miscTag  // a comment or processing instruction
)

// A tag is one piece of markup in text that need not be XML.
type tag struct {
	span
	kind    tagKind
	odd     bool // without plain quotes, or irregular in another way
	escaped bool // backslashes before the quotes, as in a JSON string
	cut     bool // the text ends inside the tag
	name    string
	attrs   []attribute
}

type attribute struct{ name, value string }

// lexTags finds the markup in text and skips every other <.
func lexTags(text string) []tag {
	var tags []tag
	lex := lexer{text: text, missing: map[string]bool{}}
	for pos := 0; ; {
		i := strings.IndexByte(text[pos:], '<')
		if i < 0 {
			return tags
		}
		t, ok := lex.at(pos + i)
		if !ok {
			pos += i + 1
			continue
		}
		tags = append(tags, t)
		pos = t.end
	}
}

// A lexer remembers the closing marks that the rest of the text lacks, so that
// it searches once for the end of many unclosed comments.
type lexer struct {
	text    string
	missing map[string]bool
}

func (l *lexer) at(start int) (tag, bool) {
	rest := l.text[start:]
	switch {
	case strings.HasPrefix(rest, "<![CDATA["):
		return l.until(start, "]]>", dataTag)
	case strings.HasPrefix(rest, "<!--"):
		return l.until(start, "-->", miscTag)
	case strings.HasPrefix(rest, "<?xml"):
		return l.until(start, "?>", miscTag)
	}
	t := tag{span: span{start: start}, kind: openTag}
	rest = rest[1:]
	if r, ok := strings.CutPrefix(strings.TrimPrefix(rest, `\`), "/"); ok {
		t.kind = closeTag
		rest = strings.TrimPrefix(r, " ")
	} else if r, ok := strings.CutPrefix(rest, `\`); ok && nameLength(r) > 0 && strings.HasPrefix(r[nameLength(r):], ">") {
		t.kind, t.odd = closeTag, true // <\a>
		rest = r
	}
	if r, ok := strings.CutPrefix(rest, " "); ok && t.kind == openTag {
		t.odd, rest = true, r // < a>, which text such as 1 < a also begins
	}
	n := nameLength(rest)
	if n == 0 {
		return t, false
	}
	t.name, rest = rest[:n], rest[n:]
	if t.kind == closeTag {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		end := strings.IndexAny(head(trimmed, 200), "<>")
		if end > 0 && trimmed[end] == '>' && strings.Contains(trimmed[:end], "=") {
			t.odd = true // </a b="c">
			trimmed = trimmed[end:]
		}
		switch {
		case strings.HasPrefix(trimmed, ">"):
			t.end = len(l.text) - len(trimmed) + 1
		case trimmed == "" || trimmed[0] == '<' || len(trimmed) < len(rest) && rest[0] != ' ':
			t.odd = true
			t.end = len(l.text) - len(rest)
		default:
			return t, false
		}
		return t, true
	}
	return l.attributes(t, rest)
}

func (l *lexer) until(start int, mark string, kind tagKind) (tag, bool) {
	if l.missing[mark] {
		return tag{}, false
	}
	i := strings.Index(l.text[start:], mark)
	if i < 0 {
		l.missing[mark] = true
		return tag{}, false
	}
	return tag{span: span{start, start + i + len(mark)}, kind: kind}, true
}

// attributes reads the rest of an opening tag.
func (l *lexer) attributes(t tag, rest string) (tag, bool) {
	for {
		trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
		spaced := len(trimmed) < len(rest)
		rest = trimmed
		switch {
		case rest == "":
			t.cut, t.end = true, len(l.text)
			return t, len(t.attrs) > 0
		case rest[0] == '>':
			t.end = len(l.text) - len(rest) + 1
			return t, true
		case strings.HasPrefix(rest, "/>"):
			t.kind, t.end = emptyTag, len(l.text)-len(rest)+2
			return t, true
		}
		n := nameLength(rest)
		if n == 0 || !spaced && len(t.attrs) == 0 {
			return t, false
		}
		if !spaced {
			t.odd = true
		}
		a := attribute{name: rest[:n]}
		rest = rest[n:]
		value, ok := cutEquals(rest)
		if ok {
			a.value, rest, ok = t.value(value)
			if !ok {
				return t, false
			}
		} else {
			t.odd = true // an attribute without a value
		}
		t.attrs = append(t.attrs, a)
	}
}

func cutEquals(rest string) (string, bool) {
	rest = strings.TrimLeft(rest, " \t\r\n")
	for _, equals := range []string{"=", "＝"} {
		if r, ok := strings.CutPrefix(rest, equals); ok {
			return strings.TrimLeft(r, " \t\r\n"), true
		}
	}
	return rest, false
}

// value reads an attribute's value in any quotes or none. A < or > ends it, and
// so does a space without quotes.
func (t *tag) value(rest string) (value, after string, ok bool) {
	const window = 4096 // bytes; bounds the work for a tag of many attributes
	text, _, _ := strings.Cut(head(rest, window), "<")
	limit := len(text)
	if trimmed, found := strings.CutPrefix(text, `\`); found {
		if c, _ := utf8.DecodeRuneInString(trimmed); isQuote(c) {
			t.escaped, t.odd = true, true
			text = trimmed
		}
	}
	first, n := utf8.DecodeRuneInString(text)
	if class := quoteClass(first); class != 0 {
		t.odd = t.odd || first != '"' && first != '\''
		body := text[n:]
		end := strings.IndexFunc(body, func(c rune) bool { return c == first })
		if end < 0 || first != '"' && first != '\'' || t.escaped {
			tagEnd := strings.IndexByte(body, '>')
			end = strings.IndexFunc(body, func(c rune) bool { return quoteClass(c) == class })
			if end < 0 || tagEnd >= 0 && end > tagEnd {
				end = strings.IndexFunc(body, isQuote)
			}
			t.odd = true
		}
		if tagEnd := strings.IndexByte(body, '>'); t.odd && tagEnd >= 0 && (end < 0 || end > tagEnd) {
			end = -1 // the closing quote is missing
		}
		if end >= 0 {
			_, m := utf8.DecodeRuneInString(body[end:])
			value = body[:end]
			if t.escaped {
				value = strings.TrimSuffix(value, `\`)
			}
			return unescape(value), rest[limit-len(body)+end+m:], true
		}
		text = body
	}
	t.odd = true
	end := strings.IndexFunc(text, func(c rune) bool { return unicode.IsSpace(c) || c == '>' })
	if end < 0 {
		end = len(text)
	}
	if strings.HasSuffix(text[:end], "/") {
		end--
	}
	if end <= 0 {
		return "", "", false
	}
	return unescape(text[:end]), rest[limit-len(text)+end:], true
}

// nameLength returns the length of the XML name that text begins with, or 0.
func nameLength(text string) int {
	for i, c := range text {
		switch {
		case unicode.IsLetter(c) || c == '_':
		case i > 0 && (unicode.IsDigit(c) || c == '-' || c == '.' || c == ':' || unicode.Is(unicode.Mn, c)):
		default:
			return i
		}
	}
	return len(text)
}

// entity matches an entity that ends in a semicolon.
var entity = regexp.MustCompile(`&[^;]{0,38};`)

// unescape resolves the entities that end in a semicolon. Without one, as HTML
// allows, they may be a user's own words.
func unescape(text string) string {
	if !strings.Contains(text, ";") {
		return text // the pattern is slow where it matches nothing
	}
	return entity.ReplaceAllStringFunc(text, html.UnescapeString)
}
