package strictyaml

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/problem"
)

// maxLocate is the greatest size of a file, in bytes, in which a syntax error is
// located by parsing beginnings of the file.
const maxLocate = 256 << 10

// explainSyntax makes a problem of the library's error. Its line is often one
// off, or the start of the construct, so the place is the first line after which
// the beginning of the file fails with the same message.
func explainSyntax(file string, data []byte, err error) problem.Problem {
	message, quoted := syntaxMessage(err)
	lines := splitLines(data)
	line := min(max(quoted, 1), len(lines))
	if len(data) <= maxLocate {
		from := max(quoted-1, 1)
		// A quote that never closes has the line where it opens, except on the first
		// line: then the library returns the end of the file.
		if strings.Contains(message, "unexpected end of stream") && !bytes.ContainsAny(lines[line-1], `"'`) {
			from = 1
		}
		line = locate(lines, message, from)
	}
	p := problem.Problem{
		File: file, Line: line, Column: columnOf(message, lines[line-1]), Message: "syntax error: " + message,
	}
	if tabLine, tabColumn := findTab(lines, line); tabLine > 0 && tabExplains(message) {
		p.Line, p.Column = tabLine, tabColumn
		p.Message, p.Hint = "the indentation has a tab", "YAML allows only spaces there"
		return p
	}
	p.Hint = syntaxHint(message)
	if strings.HasPrefix(message, "mapping values are not allowed") {
		if keyLine, keyColumn := findBareKey(lines, line); keyLine > 0 {
			p.Line, p.Column = keyLine, keyColumn
			p.Message, p.Hint = "syntax error: a line without \": \" among keys", "a key needs a colon and a space after it"
			return p
		}
		p.Message = "syntax error: a second \": \" on a line, or a wrong indentation"
		p.Column = secondColon(lines[line-1], p.Column)
	}
	return p
}

// syntaxMessage splits the library's error into its message and line, 0 if it has
// none.
func syntaxMessage(err error) (message string, line int) {
	m := regexp.MustCompile(`(?s)^(?:yaml: )?(?:line (\d+): )?(.*)$`).FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error(), 0
	}
	line, _ = strconv.Atoi(m[1]) // no digits: no line, 0
	return m[2], line
}

// locate returns the number of the first line, from from on, at which the parser
// fails with message.
func locate(lines [][]byte, message string, from int) int {
	fails := func(n int) bool {
		if n >= len(lines) {
			return true
		}
		prefix := append(bytes.Join(lines[:n], []byte{'\n'}), '\n')
		_, _, err := parseAll(prefix)
		if err == nil {
			return false
		}
		m, _ := syntaxMessage(err)
		return m == message
	}
	lo, hi := min(from, len(lines)), len(lines) // the answer lies in lo..hi
	for lo < hi {
		mid := (lo + hi) / 2
		if fails(mid) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	// The last line is empty after the last line feed.
	for lo > 1 && len(bytes.TrimSpace(lines[lo-1])) == 0 {
		lo--
	}
	return lo
}

func tabExplains(message string) bool {
	return slices.ContainsFunc([]string{
		"cannot start any token", "tab character", "did not find expected", "could not find expected", "mapping values",
	}, func(s string) bool { return strings.Contains(message, s) })
}

// findTab returns the place of a tab in the indentation of a line, or of one of
// its neighbours.
func findTab(lines [][]byte, line int) (tabLine, column int) {
	for _, n := range []int{line, line + 1, line - 1} {
		if n < 1 || n > len(lines) {
			continue
		}
		indent := lines[n-1][:len(lines[n-1])-len(bytes.TrimLeft(lines[n-1], " \t"))]
		if i := bytes.IndexByte(indent, '\t'); i >= 0 && len(bytes.TrimSpace(lines[n-1])) > 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// findBareKey returns the place of the first key of a mapping without its colon
// or the space after it: the library takes it for text, and fails at line, the key
// below. It returns zeros if there is none.
func findBareKey(lines [][]byte, line int) (keyLine, column int) {
	above := func(n int) int { // the nearest line above n with content
		for n--; n > 0; n-- {
			if text := bytes.TrimSpace(lines[n-1]); len(text) > 0 && text[0] != '#' && !bytes.Equal(text, []byte("---")) {
				break
			}
		}
		return n
	}
	at := above(line)
	if at < 1 {
		return 0, 0
	}
	first := len(bytes.TrimLeft(lines[at-1], " -")) // the length of the line from its key on
	if first == 0 {
		return 0, 0
	}
	start := len(lines[at-1]) - first
	text := bytes.TrimSpace(lines[at-1][start:])
	indent := len(lines[line-1]) - len(bytes.TrimLeft(lines[line-1], " "))
	hasColon := bytes.Contains(text, []byte(": ")) || bytes.HasSuffix(text, []byte(":"))
	if start != indent || hasColon || bytes.ContainsAny(text[:1], "\"'[{|>&*!") {
		return 0, 0
	}
	opens := bytes.HasPrefix(bytes.TrimLeft(lines[at-1], " "), []byte("- "))
	if before := above(at); !opens && before > 0 && !bytes.HasSuffix(bytes.TrimSpace(lines[before-1]), []byte(":")) {
		return 0, 0 // text of several lines
	}
	return at, start + 1
}

// columnOf returns the likely column of an error, or that of the line's first
// character.
func columnOf(message string, line []byte) int {
	first := len(line) - len(bytes.TrimLeft(line, " \t"))
	at := first
	switch {
	case strings.Contains(message, "unknown escape"):
		at = max(bytes.IndexByte(line, '\\'), first)
	case strings.Contains(message, "unexpected end of stream"):
		at = max(bytes.IndexAny(line, `"'`), first)
	case strings.Contains(message, "unknown anchor"):
		if _, rest, ok := strings.Cut(message, "'"); ok {
			name, _, _ := strings.Cut(rest, "'")
			at = max(bytes.Index(line, []byte("*"+name)), first)
		}
	case strings.Contains(message, "cannot start any token"), strings.Contains(message, "block sequence entries"):
		if i := bytes.Index(line, []byte(": ")); i >= 0 {
			at = i + 2 + len(line[i+2:]) - len(bytes.TrimLeft(line[i+2:], " \t"))
		}
	}
	return utf8.RuneCount(line[:at]) + 1
}

// secondColon returns the column of the second colon that ends a key, or the
// fallback.
func secondColon(line []byte, fallback int) int {
	first := bytes.Index(line, []byte(": "))
	if first < 0 {
		return fallback
	}
	second := bytes.Index(line[first+2:], []byte(":"))
	if second < 0 {
		return fallback
	}
	return utf8.RuneCount(line[:first+2+second]) + 1
}

func syntaxHint(message string) string {
	for _, h := range []struct{ in, hint string }{
		{"mapping values are not allowed", "put text that holds a colon in quotes"},
		{"cannot start any token", "put text that starts with a special character in quotes"},
		{"did not find expected key", "check the indentation and the quotes of this line and the one above"},
		{"did not find expected '-' indicator", "check the indentation: the entries of a list start in the same column"},
		{"did not find expected ',' or ']'", "close the list with ], or put text that holds one of , ? [ ] { } in quotes"},
		{"did not find expected ',' or '}'", "close the braces, or put text that holds one of , ? [ ] { } in quotes"},
		{"did not find expected node content", "a value is missing, or a [ or { that opens here is never closed"},
		{"could not find expected ':'", "a key needs a colon and a space after it"},
		{"unexpected end of stream", "a quote that opens here is never closed"},
		{"unknown escape", "use single quotes where a backslash is meant"},
		{"unknown anchor", "an alias *name needs &name above it; put text that starts with * in quotes"},
		{"block sequence entries are not allowed", "start the list on a line of its own"},
	} {
		if strings.Contains(message, h.in) {
			return h.hint
		}
	}
	return ""
}
