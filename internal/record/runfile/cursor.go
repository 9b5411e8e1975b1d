package runfile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A cursor reads one JSON value in the form that a [Writer] writes. It skips text without decoding it; replies and
// reasons are most of a large run file. It turns bad at any other form, such as a space between tokens, and the caller
// then decodes the line with encoding/json. It does not check what it skips.
type cursor struct {
	data []byte
	at   int
	bad  bool
}

// readFast calls visit with a cursor at the start of data, and reports whether visit has read all of data.
func readFast(data []byte, visit func(*cursor)) bool {
	c := cursor{data: data}
	visit(&c)
	return !c.bad && c.at == len(data)
}

func (c *cursor) fail() { c.bad = true }

// next returns the next byte, 0 at the end.
func (c *cursor) next() byte {
	if c.at < len(c.data) {
		return c.data[c.at]
	}
	return 0
}

// take moves past one byte if it is the given one.
func (c *cursor) take(b byte) bool {
	if c.next() != b {
		return false
	}
	c.at++
	return true
}

// members calls visit with the name of each member of the next object. Visit must move past the member's value. The
// names must be among the names given, which are separated by spaces, and in that order; so none can occur twice, where
// encoding/json has rules of its own.
func (c *cursor) members(names string, visit func(name string)) {
	for more := c.opens('{', '}'); more; more = c.goesOn('}') {
		name := c.nameIn(&names)
		if c.bad || !c.take(':') {
			c.fail()
			return
		}
		visit(name)
	}
}

// nameIn reads the name of a member and takes it, and all names before it, off the names.
func (c *cursor) nameIn(names *string) string {
	read, rest := c.plain(), *names
	n := len(read)
	for len(rest) < n || rest[:n] != string(read) || len(rest) > n && rest[n] != ' ' {
		at := strings.IndexByte(rest, ' ')
		if at < 0 {
			c.fail()
			return ""
		}
		rest = rest[at+1:]
	}
	*names = rest[min(n+1, len(rest)):]
	return rest[:n]
}

// elements calls visit at each element of the next array. Visit must move past it.
func (c *cursor) elements(visit func()) {
	for more := c.opens('[', ']'); more; more = c.goesOn(']') {
		visit()
	}
}

// opens moves past the opening byte of an object or array, and reports whether a part of it comes next.
func (c *cursor) opens(open, end byte) bool {
	if !c.take(open) {
		c.fail()
	}
	return !c.bad && !c.take(end)
}

// goesOn moves past what follows a part, and reports whether another part does.
func (c *cursor) goesOn(end byte) bool {
	if c.bad || c.take(end) {
		return false
	}
	if !c.take(',') {
		c.fail()
	}
	return !c.bad
}

func (c *cursor) skip() {
	switch c.next() {
	case '"':
		c.skipText()
	case '{', '[':
		c.skipNested()
	default:
		c.literal()
	}
}

func (c *cursor) skipNested() {
	for depth := 0; c.at < len(c.data); {
		switch c.data[c.at] {
		case '"':
			if c.skipText(); c.bad {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				c.at++
				return
			}
		}
		c.at++
	}
	c.fail()
}

// skipText moves past a string. Inside one a quote has an odd number of backslashes before it.
func (c *cursor) skipText() {
	if !c.take('"') {
		c.fail()
		return
	}
	for {
		quote := bytes.IndexByte(c.data[c.at:], '"')
		if quote < 0 {
			c.fail()
			return
		}
		quote += c.at
		c.at = quote + 1
		backslashes := 0
		for c.data[quote-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return
		}
	}
}

func (c *cursor) raw() []byte {
	from := c.at
	c.skip()
	return c.data[from:c.at]
}

// decode reads any value into v as encoding/json does.
func (c *cursor) decode(v any) {
	if json.Unmarshal(c.raw(), v) != nil {
		c.fail()
	}
}

// plain reads a string without escapes; it shares the memory of the data.
func (c *cursor) plain() []byte {
	if !c.take('"') {
		c.fail()
		return nil
	}
	ascii := true
	for i, b := range c.data[c.at:] {
		switch {
		case b == '"':
			text := c.data[c.at : c.at+i]
			c.at += i + 1
			if !ascii && !utf8.Valid(text) {
				c.fail()
			}
			return text
		case b == '\\' || b < ' ':
			c.fail()
			return nil
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	c.fail()
	return nil
}

// text reads any string; it may share the memory of the data.
func (c *cursor) text() []byte {
	from := c.at
	if text := c.plain(); !c.bad {
		return text
	}
	c.at, c.bad = from, false
	c.skipText()
	var s string
	if c.bad || json.Unmarshal(c.data[from:c.at], &s) != nil {
		c.fail()
	}
	return []byte(s)
}

func (c *cursor) literal() []byte {
	from := c.at
	for c.at < len(c.data) {
		switch b := c.data[c.at]; {
		case b == ',' || b == '}' || b == ']':
			if c.at == from {
				c.fail()
			}
			return c.data[from:c.at]
		case b <= ' ' || b == '"' || b == ':' || b == '{' || b == '[':
			c.fail()
			return nil
		}
		c.at++
	}
	c.fail()
	return nil
}

// null moves past a null, and reports whether one was next.
func (c *cursor) null() bool {
	if c.next() != 'n' {
		return false
	}
	if string(c.literal()) != "null" {
		c.fail()
	}
	return true
}

func (c *cursor) boolean() bool {
	switch string(c.literal()) {
	case "true":
		return true
	case "false":
	default:
		c.fail()
	}
	return false
}

func (c *cursor) integer() int64 {
	value := c.literal()
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || !json.Valid(value) {
		c.fail()
	}
	return n
}

func (c *cursor) number() float64 {
	value := c.literal()
	if len(value) == 1 && value[0] >= '0' && value[0] <= '9' {
		return float64(value[0] - '0')
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !json.Valid(value) {
		c.fail()
	}
	return f
}
