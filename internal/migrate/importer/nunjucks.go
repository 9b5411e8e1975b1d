package importer

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"promptbench/internal/input/prompt"
)

// A piece is a part of a Nunjucks template: text, an expression in {{ }}, or a
// tag in {% %}.
type piece struct {
	text     string // literal, or what the template says
	expr     *expr  // of {{ }}, where it is understood
	fault    string // what is not understood
	from, to int    // bytes in the template
}

// An expr is a var, steps into it, and filters over it.
type expr struct {
	source  string // as the template has it
	name    string
	steps   []any // keys (string) and indexes (int)
	filters []filter
}

type filter struct {
	name string
	args []any // literals
}

func (e *expr) key() string { return fmt.Sprint(e.name, e.steps, e.filters) }

func (e *expr) same(o *expr) bool { return e.name == o.name && e.key() == o.key() }

func (e *expr) plain() bool { return len(e.steps) == 0 && len(e.filters) == 0 }

// pieces cuts a template. Comments are dropped, {% raw %} is text, and a hyphen
// inside braces takes the space beside them off, as in Nunjucks.
func pieces(template string) []piece {
	var out []piece
	trimNext := false
	literal := func(from, to int) {
		text := template[from:to]
		if trimNext {
			text = strings.TrimLeft(text, " \t\r\n")
		}
		trimNext = false
		if text != "" {
			out = append(out, piece{text: text, from: from, to: to})
		}
	}
	at := 0
	for at < len(template) {
		open := nextOpening(template[at:])
		if open < 0 {
			break
		}
		open += at
		closing := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[template[open+1]]
		end := strings.Index(template[open+2:], closing)
		if end < 0 {
			break
		}
		inner, end := template[open+2:open+2+end], open+2+end+2
		if template[open+1] == '{' && strings.HasPrefix(template[end:], "}") && strings.Contains(inner, "{") {
			// {{"a":{"b":1}}} is no expression, whatever it is
			end++
			inner = template[open+2 : end-2]
		}
		literal(at, open)
		if strings.HasPrefix(inner, "-") {
			inner = inner[1:]
			if n := len(out); n > 0 && out[n-1].expr == nil && out[n-1].fault == "" {
				out[n-1].text = strings.TrimRight(out[n-1].text, " \t\r\n")
			}
		}
		if strings.HasSuffix(inner, "-") {
			inner, trimNext = inner[:len(inner)-1], true
		}
		p := piece{text: template[open:end], from: open, to: end}
		switch template[open+1] {
		case '#':
			p.text = ""
		case '%':
			if strings.TrimSpace(inner) == "raw" {
				if body, length := rawBlock(template[end:]); length > 0 {
					p = piece{text: body, from: open, to: end + length}
					end += length
					break
				}
			}
			p.fault = "the tag " + template[open:end] + " is not carried over and stays as text"
		default:
			if text, ok := quoted(strings.TrimSpace(inner)); ok {
				p.text = text
				break
			}
			p.expr = parseExpr(strings.TrimSpace(inner))
			if p.expr == nil {
				p.fault = "the expression " + template[open:end] + " is not carried over and stays as text"
			}
		}
		out = append(out, p)
		at = end
	}
	literal(at, len(template))
	return out
}

func quoted(s string) (text string, ok bool) {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' || strings.ContainsAny(s[1:len(s)-1], `"'\`) {
		return "", false
	}
	return s[1 : len(s)-1], true
}

func nextOpening(s string) int {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && strings.IndexByte("{%#", s[i+1]) >= 0 {
			if s[i+1] == '{' && i+2 < len(s) && s[i+2] == '{' { // {{{x}}} is a brace around {{x}}
				continue
			}
			return i
		}
	}
	return -1
}

var endRaw = regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}`)

func rawBlock(s string) (body string, length int) {
	at := endRaw.FindStringIndex(s)
	if at == nil {
		return "", 0
	}
	return s[:at[0]], at[1]
}

var (
	exprHead   = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*`)
	exprStep   = regexp.MustCompile(`^(?:\.([\pL_$][\pL\pN_$]*)|\[(\d+)\]|\[['"]([^'"\]]*)['"]\])`)
	exprFilter = regexp.MustCompile(`^\s*\|\s*(\w+)(?:\(\s*([^()]*)\s*\))?`)
)

// parseExpr reads an expression, or returns nil where it is more than a var with
// steps and filters that are known.
func parseExpr(src string) *expr {
	head := exprHead.FindString(src)
	if head == "" || head == "env" || head == "_conversation" {
		return nil
	}
	e, rest := &expr{source: src, name: head}, src[len(head):]
	for {
		m := exprStep.FindStringSubmatch(rest)
		if m == nil {
			break
		}
		switch {
		case m[1] != "":
			e.steps = append(e.steps, m[1])
		case m[2] != "":
			n, err := strconv.Atoi(m[2])
			if err != nil {
				return nil
			}
			e.steps = append(e.steps, n)
		default:
			e.steps = append(e.steps, m[3])
		}
		rest = rest[len(m[0]):]
	}
	for {
		m := exprFilter.FindStringSubmatch(rest)
		if m == nil {
			break
		}
		f := filter{name: m[1]}
		if m[2] != "" {
			if json.Unmarshal([]byte("["+strings.ReplaceAll(m[2], "'", `"`)+"]"), &f.args) != nil {
				return nil
			}
		}
		if _, ok := f.apply(""); !ok {
			return nil
		}
		if f.name != "safe" && f.name != "string" { // text is never escaped, and always text
			e.filters = append(e.filters, f)
		}
		rest = rest[len(m[0]):]
	}
	if strings.TrimSpace(rest) != "" {
		return nil
	}
	if e.plain() {
		e.source = e.name
	}
	return e
}

func (f filter) arg(i int) any {
	if i < len(f.args) {
		return f.args[i]
	}
	return nil
}

// apply runs a filter, or reports that it is not known.
func (f filter) apply(v any) (any, bool) {
	switch f.name {
	case "safe", "string":
		return v, true
	case "dump", "tojson":
		return asJSON(v), true
	case "trim":
		return strings.TrimSpace(asText(v)), true
	case "upper":
		return strings.ToUpper(asText(v)), true
	case "lower":
		return strings.ToLower(asText(v)), true
	case "capitalize":
		r, size := utf8.DecodeRuneInString(asText(v))
		return string(unicode.ToUpper(r)) + strings.ToLower(asText(v)[size:]), true
	case "default", "d":
		isFalse := v == "" || v == any(false)
		if v == nil || f.arg(1) == any(true) && isFalse {
			return f.arg(0), true
		}
		return v, true
	case "replace":
		return strings.ReplaceAll(asText(v), asText(f.arg(0)), asText(f.arg(1))), len(f.args) == 2
	case "first", "last", "length", "join":
		return f.ofList(v)
	}
	return nil, false
}

// ofList runs a filter of lists; a text is one of its characters.
func (f filter) ofList(v any) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		if f.name == "join" {
			return v, true
		}
		for _, r := range asText(v) {
			list = append(list, string(r))
		}
	}
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = asText(item)
	}
	switch {
	case f.name == "length":
		return len(list), true
	case f.name == "join":
		return strings.Join(parts, asText(f.arg(0))), true
	case len(list) == 0:
		return nil, true
	case f.name == "first":
		return list[0], true
	}
	return list[len(list)-1], true
}

func (e *expr) value(vars map[string]any) any {
	v := vars[e.name]
	for _, step := range e.steps {
		if text, ok := v.(string); ok { // JSON in a text is looked into, as in promptfoo
			var parsed any
			if json.Unmarshal([]byte(text), &parsed) == nil {
				v = parsed
			}
		}
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	for _, f := range e.filters {
		v, _ = f.apply(v)
	}
	return v
}

// render fills in a template. The faults name the parts that stay as text.
func render(template string, vars map[string]any) (text string, faults []string) {
	if !strings.Contains(template, "{") {
		return template, nil
	}
	var b strings.Builder
	for _, p := range pieces(template) {
		if p.fault != "" {
			faults = append(faults, p.fault)
		}
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		b.WriteString(asText(p.expr.value(vars)))
	}
	return b.String(), faults
}

// escape writes text so that a template of promptbench keeps it as it is.
func escape(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return ourVar.ReplaceAllStringFunc(text, func(s string) string {
		if name := strings.Trim(s, "{} "); prompt.IsName(name) {
			return `\` + s
		}
		return s
	})
}

var ourVar = regexp.MustCompile(`\{\{ *[^{}\s]+ *\}\}`)
