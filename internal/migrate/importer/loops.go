package importer

import (
	"regexp"
	"strings"

	"promptbench/internal/input/strictyaml"
)

// What loops may come to.
const (
	maxUnrolled = 1 << 20 // bytes of a template
	maxLoops    = 20      // how deep they nest
)

var (
	forTag = regexp.MustCompile(`^\{%-?\s*for\s+([\pL_][\pL\pN_]*)(?:\s*,\s*([\pL_][\pL\pN_]*))?\s+in\s+(.+?)\s*-?%\}$`)
	endFor = regexp.MustCompile(`^\{%-?\s*endfor\s*-?%\}$`)
)

// unroll writes the loops of a template out that go over vars, which have to be
// the same in every case. A loop over anything else stays as it is.
func unroll(template string, vars map[string]any, depth int) string {
	if depth > maxLoops || !strings.Contains(template, "{%") {
		return template
	}
	var b strings.Builder
	at := 0
	list := pieces(template)
	for i := 0; i < len(list) && b.Len() < maxUnrolled; i++ {
		m := forTag.FindStringSubmatch(template[list[i].from:list[i].to])
		if m == nil {
			continue
		}
		end := endOf(template, list, i)
		e := parseExpr(m[3])
		if end < 0 || e == nil {
			continue
		}
		rounds, ok := roundsOf(e.value(vars), m[1], m[2])
		if !ok {
			continue
		}
		b.WriteString(template[at:list[i].from])
		body := template[list[i].to:list[end].from]
		for _, bound := range rounds {
			inner := unroll(body, overlay(vars, bound), depth+1)
			b.WriteString(bind(inner, bound))
			if b.Len() > maxUnrolled {
				return template
			}
		}
		at, i = list[end].to, end
	}
	b.WriteString(template[at:])
	return b.String()
}

func endOf(template string, list []piece, start int) int {
	open := 0
	for i := start; i < len(list); i++ {
		switch text := template[list[i].from:list[i].to]; {
		case forTag.MatchString(text):
			open++
		case endFor.MatchString(text):
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// roundsOf are the names that each round of a loop binds.
func roundsOf(v any, first, second string) (rounds []map[string]any, ok bool) {
	switch v := v.(type) {
	case []any:
		if second != "" {
			return nil, false
		}
		for _, item := range v {
			rounds = append(rounds, map[string]any{first: item})
		}
		return rounds, true
	case map[string]any:
		if second == "" {
			return nil, false
		}
		for _, key := range sortedKeys(v) {
			rounds = append(rounds, map[string]any{first: key, second: v[key]})
		}
		return rounds, true
	}
	return nil, false
}

// bind fills in what one round of a loop names, and nothing else.
func bind(template string, bound map[string]any) string {
	var b strings.Builder
	at := 0
	for _, p := range pieces(template) {
		if p.expr == nil {
			continue
		}
		if _, ok := bound[p.expr.name]; ok {
			b.WriteString(template[at:p.from])
			b.WriteString(literal(asText(p.expr.value(bound))))
			at = p.to
		}
	}
	b.WriteString(template[at:])
	return b.String()
}

// constants are the vars that every test has alike: those of defaultTest that no
// test sets itself, as far as the tests stand in the config.
func (f *promptfooConfig) constants() map[string]any {
	out := overlay(f.defaults.vars, nil)
	if f.root.Get("scenarios").Kind() != strictyaml.None || f.root.Get("tests").Kind() == strictyaml.Text {
		return nil
	}
	for _, t := range f.root.Get("tests").Items() {
		if t.Kind() != strictyaml.Mapping || t.Get("vars").Kind() != strictyaml.Mapping &&
			t.Get("vars").Kind() != strictyaml.None || t.Get("path").Kind() != strictyaml.None {
			return nil
		}
		for _, e := range t.Get("vars").Entries() {
			delete(out, e.Key.Text())
		}
	}
	return out
}
