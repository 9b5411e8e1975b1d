package strictyaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A Field is one key of an [Object] and its value.
type Field struct {
	Key   string
	Value any
}

// An Object is a mapping with its keys in this order. [Write] omits the fields
// with a nil value.
type Object []Field

// A Flow is a list that [Write] puts on one line if its texts are short.
type Flow []any

// Write returns v as one YAML document that [Parse] reads back as the same. It
// takes an Object, map[string]any (with sorted keys), []any, Flow, string, bool,
// int, float64, json.Number or nil. Text of several lines becomes a block. Another
// type, and text that is not UTF-8, is an error.
func Write(v any) ([]byte, error) {
	n, err := nodeOf(v)
	if err != nil {
		return nil, err
	}
	back := hideEmoji(n)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	return []byte(back.Replace(b.String())), nil
}

// hideEmoji replaces each graphic character over U+FFFF, which the library would
// escape, by one for private use that the texts lack. The result restores them.
// If these run out, the rest is escaped.
func hideEmoji(n *yaml.Node) *strings.Replacer {
	const first, last = '\uE000', '\uF8FF'
	taken := map[rune]bool{}
	var high []rune
	eachNode(n, func(n *yaml.Node) {
		for _, r := range n.Value {
			if r >= first && r <= last || r > 0xFFFF && unicode.IsGraphic(r) {
				if r > 0xFFFF && !taken[r] {
					high = append(high, r)
				}
				taken[r] = true
			}
		}
	})
	var there, back []string
	next := rune(first)
	for _, r := range high {
		for taken[next] {
			next++
		}
		if next > last {
			break
		}
		there, back = append(there, string(r), string(next)), append(back, string(next), string(r))
		next++
	}
	hide := strings.NewReplacer(there...)
	eachNode(n, func(n *yaml.Node) { n.Value = hide.Replace(n.Value) })
	return strings.NewReplacer(back...)
}

func eachNode(n *yaml.Node, do func(*yaml.Node)) {
	do(n)
	for _, child := range n.Content {
		eachNode(child, do)
	}
}

func nodeOf(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case nil, json.RawMessage:
		return scalarNode("!!null", "null"), nil
	case string:
		return textNode(v)
	case bool:
		return scalarNode("!!bool", strconv.FormatBool(v)), nil
	case int:
		return scalarNode("!!int", strconv.Itoa(v)), nil
	case float64:
		return numberNode(strconv.FormatFloat(v, 'g', -1, 64)), nil
	case json.Number:
		return numberNode(v.String()), nil
	case Object:
		return mappingNode(v)
	case map[string]any:
		var fields Object
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value := v[key]
			if value == nil {
				value = json.RawMessage(nil) // keep a null of the file
			}
			fields = append(fields, Field{key, value})
		}
		return mappingNode(fields)
	case Flow:
		return listNode(v, true)
	case []any:
		return listNode(v, false)
	}
	return nil, fmt.Errorf("writing YAML: no form for %T", v)
}

func mappingNode(o Object) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, f := range o {
		if f.Value == nil {
			continue
		}
		key, err := textNode(f.Key)
		if err != nil {
			return nil, err
		}
		if key.Style == yaml.LiteralStyle {
			key.Style = yaml.DoubleQuotedStyle
		}
		value, err := nodeOf(f.Value)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, key, value)
	}
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}

func listNode(items []any, flow bool) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	const widest = 100 // bytes of a list on one line
	total := 0
	for _, item := range items {
		child, err := nodeOf(item)
		if err != nil {
			return nil, err
		}
		total += len(child.Value) + 4
		flow = flow && child.Kind == yaml.ScalarNode && child.Style != yaml.LiteralStyle
		n.Content = append(n.Content, child)
	}
	if flow && total <= widest || len(items) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}

func scalarNode(tag, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}

func numberNode(text string) *yaml.Node {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return scalarNode("!!int", text)
	}
	return scalarNode("!!float", text)
}

// textNode writes text as a block if a block keeps its lines, plainly if that
// reads back as the same text, else quoted.
func textNode(s string) (*yaml.Node, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("writing YAML: text is not UTF-8: %q", s)
	}
	n := scalarNode("!!str", s)
	switch {
	case blocky(s):
		n.Style = yaml.LiteralStyle
	case !plainText(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n, nil
}

// notBlock matches white space that a block would lose.
var notBlock = regexp.MustCompile(`^[ \n]|\n\n$|(?m:^\t|[ \t]$)`)

// blocky reports whether a block keeps the text unchanged.
func blocky(s string) bool {
	return strings.Contains(s, "\n") && !notBlock.MatchString(s) && printable(strings.ReplaceAll(s, "\n", ""))
}

// plainText reports whether the library may choose the quotes.
func plainText(s string) bool {
	switch strings.ToLower(s) {
	case "<<", "y", "n", "yes", "no", "on", "off": // a merge; true and false to older readers
		return false
	}
	return s != "" && strings.TrimSpace(s) == s && printable(s) && !strings.ContainsAny(s, "\n\t")
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r == 0xFEFF || !unicode.IsPrint(r) && !strings.ContainsRune("\t\u200c\u200d", r)
	})
}
