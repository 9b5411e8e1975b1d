package runfile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// A cursor walks over one JSON value as [encode] writes it. Most of a large run
// file is text that a reader passes over, such as replies and reasons, and a
// cursor does so without decoding it. It turns bad at anything it does not take
// at a glance, such as a space between tokens; the caller then leaves the line
// to encoding/json, whose word on it is final. What is passed over is not
// checked.
type cursor struct {
	data []byte
	at   int
	bad  bool
}

// over walks over all of data with visit, and reports whether that went well.
func over(data []byte, visit func(*cursor)) bool {
	c := cursor{data: data}
	visit(&c)
	return !c.bad && c.at == len(data)
}

func (c *cursor) fail() { c.bad = true }

// next is the next byte, 0 at the end.
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

// members calls visit with the name of each member of the object that comes
// next. Visit must move past the member's value.
func (c *cursor) members(visit func(name []byte)) {
	if !c.take('{') {
		c.fail()
		return
	}
	if c.take('}') {
		return
	}
	for !c.bad {
		name := c.plain()
		if c.bad || !c.take(':') {
			c.fail()
			return
		}
		visit(name)
		if c.take('}') {
			return
		}
		if !c.take(',') {
			c.fail()
		}
	}
}

// elements calls visit at each element of the array that comes next. Visit must
// move past it.
func (c *cursor) elements(visit func()) {
	if !c.take('[') {
		c.fail()
		return
	}
	if c.take(']') {
		return
	}
	for !c.bad {
		visit()
		if c.take(']') {
			return
		}
		if !c.take(',') {
			c.fail()
		}
	}
}

// skip moves past any value.
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

// skipText moves past a string. Inside one a quote has an odd number of
// backslashes before it.
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

// raw moves past any value and returns its JSON.
func (c *cursor) raw() []byte {
	from := c.at
	c.skip()
	return c.data[from:c.at]
}

// plain is a string without escapes; it shares the memory of the data.
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

// text is any string; it may share the memory of the data.
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

// literal is a number, true, false or null.
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

// null moves past a null, if that comes next.
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
	if !isNumber(value, false) {
		c.fail()
		return 0
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		c.fail()
	}
	return n
}

// number is a number without an exponent.
func (c *cursor) number() float64 {
	value := c.literal()
	switch {
	case len(value) == 1 && value[0] >= '0' && value[0] <= '9':
		return float64(value[0] - '0')
	case !isNumber(value, true):
		c.fail()
		return 0
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		c.fail()
	}
	return f
}

// isNumber reports whether value is a JSON number without an exponent.
func isNumber(value []byte, fraction bool) bool {
	whole, rest, point := bytes.Cut(bytes.TrimPrefix(value, []byte("-")), []byte("."))
	return isDigits(whole) && (len(whole) == 1 || whole[0] != '0') && (!point || fraction && isDigits(rest))
}

func isDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// A once tells a member that stands twice in an object, where encoding/json has
// rules of its own. There are fewer than 64 names.
type once uint64

// first fails unless the member with this number is met for the first time.
func (o *once) first(c *cursor, number int) {
	bit := once(1) << number
	if *o&bit != 0 {
		c.fail()
	}
	*o |= bit
}
