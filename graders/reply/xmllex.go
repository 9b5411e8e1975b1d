package reply

import (
	"html"
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

// A tag is one piece of markup in text that may be no XML at all.
type tag struct {
	span
	kind    tagKind
	odd     bool // quotes that XML does not know, or none
	escaped bool // backslashes before the quotes, as in a JSON string
	cut     bool // the text ends inside of it
	name    string
	attrs   []attribute
}

type attribute struct{ name, value string }

// lexTags finds the markup in text, skipping every < that begins none.
func lexTags(text string) []tag {
	var tags []tag
	lex := lexer{text: text}
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

// A lexer remembers which closing marks the rest of the text lacks, so that
// many unclosed comments are not searched for one by one.
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
		if end := strings.IndexAny(head(trimmed, 200), "<>"); end > 0 && trimmed[end] == '>' && strings.Contains(trimmed[:end], "=") {
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
		if l.missing == nil {
			l.missing = map[string]bool{}
		}
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

// value reads an attribute's value in any quotes or none. It never goes past a
// < or >, nor, without quotes, past a space.
func (t *tag) value(rest string) (value, after string, ok bool) {
	const window = 4096 // bytes; keeps a tag of many attributes from being read many times over
	limit := strings.IndexByte(head(rest, window), '<')
	if limit < 0 {
		limit = len(head(rest, window))
	}
	text := rest[:limit]
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

// nameLength is the length of the XML name that text begins with, 0 for none.
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

// unescape resolves the entities that end in a semicolon. Those without one,
// which HTML also knows, are as likely a user's own words.
func unescape(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		end := strings.IndexByte(head(text, 40), ';')
		if end < 0 {
			b.WriteByte('&')
			text = text[1:]
			continue
		}
		whole := html.UnescapeString(text[:end+1])
		if strings.HasPrefix(whole, "&") && strings.HasSuffix(whole, ";") && text[1] != '#' && whole == text[:end+1] {
			b.WriteByte('&')
			text = text[1:]
			continue
		}
		b.WriteString(whole)
		text = text[end+1:]
	}
	b.WriteString(text)
	return b.String()
}
