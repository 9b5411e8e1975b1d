package strictyaml

import (
	"bytes"
	"unicode/utf8"
)

// The limits of a plain value.
const (
	plainDepth = 16
	plainKeys  = 32
)

// Plain reports whether one JSON value that encoding/json has decoded is free of
// faults that only [ParseJSON] finds: a null, a key twice in one object, a
// key with a capital letter (which encoding/json accepts for a small one), text
// that is not UTF-8. Most lines of large files are plain and need no slow parsing.
// at is the offset of the value of the outermost object's key.
func Plain(data []byte, key string) (at int, ok bool) {
	var p plainScan
	at = -1
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if !p.push() {
				return 0, false
			}
		case '}', ']':
			p.depth--
		case 'n':
			return 0, false
		case '"':
			end := endOfText(data, i)
			value, isKey := afterColon(data, end)
			if isKey {
				name := data[i+1 : end-1]
				if !p.key(name) {
					return 0, false
				}
				if p.depth == 1 && string(name) == key {
					at = value
				}
			}
			i = end - 1
		}
	}
	return at, at >= 0 && utf8.Valid(data)
}

// A plainScan has the objects around a place, and their keys before it.
type plainScan struct {
	depth  int
	around [plainDepth]int // the numbers of the open objects and lists
	number int
	keys   [plainKeys]struct {
		object int
		name   []byte
	}
	count int
}

func (p *plainScan) push() bool {
	if p.depth == plainDepth {
		return false
	}
	p.number++
	p.around[p.depth] = p.number
	p.depth++
	return true
}

// key adds a key, and reports whether it is new and has only small letters.
func (p *plainScan) key(name []byte) bool {
	if p.count == plainKeys || p.depth == 0 {
		return false
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	object := p.around[p.depth-1]
	for _, k := range p.keys[:p.count] {
		if k.object == object && bytes.Equal(k.name, name) {
			return false
		}
	}
	p.keys[p.count].object, p.keys[p.count].name = object, name
	p.count++
	return true
}

func endOfText(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// afterColon returns the offset of the value if a colon follows, as behind a key.
func afterColon(data []byte, from int) (value int, isKey bool) {
	rest := bytes.TrimLeft(data[from:], " \t\r\n")
	if len(rest) == 0 || rest[0] != ':' {
		return 0, false
	}
	return len(data) - len(bytes.TrimLeft(rest[1:], " \t\r\n")), true
}
