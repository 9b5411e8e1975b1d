package importer

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// varsOf reads vars: a mapping, or files of such.
func (f *promptfooConfig) varsOf(n strictyaml.Node, depth int) map[string]any {
	out := map[string]any{}
	switch n.Kind() {
	case strictyaml.Text:
		name, _ := strings.CutPrefix(n.Text(), "file://")
		if depth > maxNamed {
			f.lost(n, "%s is named too deep", name)
			return out
		}
		for _, file := range f.filesOf(n.Problem("", ""), "var", name) {
			if loaded, ok := f.load(n.Problem("", ""), file); ok {
				maps.Copy(out, f.varsOf(loaded, depth+1))
			}
		}
	case strictyaml.List:
		for _, item := range n.Items() {
			maps.Copy(out, f.varsOf(item, depth))
		}
	case strictyaml.Mapping:
		for _, e := range n.Entries() {
			if v, ok := f.varValue(e.Value); ok {
				out[e.Key.Text()] = v
			}
		}
	}
	return out
}

// varValue reads one var, the content of the file that it names included.
func (f *promptfooConfig) varValue(n strictyaml.Node) (any, bool) {
	if n.Kind() == strictyaml.List {
		var list []any
		for _, item := range n.Items() {
			v, ok := f.varValue(item)
			if inner, isMany := v.(spreadFiles); isMany {
				list = append(list, inner...)
			} else if ok {
				list = append(list, v)
			}
		}
		return list, true
	}
	name, ok := reference(n)
	switch {
	case ok:
		return f.varFiles(n.Problem("", ""), name)
	case n.Kind() == strictyaml.Text:
		return n.Text(), true
	case (n.Kind() == strictyaml.Int || n.Kind() == strictyaml.Float) && json.Valid([]byte(n.Text())):
		return json.Number(n.Text()), true
	}
	return plain(n), true
}

// spreadFiles are the contents of files that one pattern names.
type spreadFiles []any

// varFiles is the content of the file that a name at a place stands for, or of several.
func (f *promptfooConfig) varFiles(at problem.Problem, name string) (any, bool) {
	files := f.filesOf(at, "var", name)
	var list spreadFiles
	for _, file := range files {
		if v, ok := f.fileContent(at, file, ".yaml", ".yml"); ok {
			list = append(list, v)
		}
	}
	if len(list) == 1 && !hasMagic(name) {
		return list[0], true
	}
	return list, len(list) > 0
}

// fileContent is what a file holds: its text without space around, or the value in one of
// these kinds of YAML and JSON.
func (f *promptfooConfig) fileContent(at problem.Problem, file string, values ...string) (any, bool) {
	switch ext := strings.ToLower(path.Ext(file)); {
	case slices.Contains(values, ext):
		root, ok := f.load(at, file)
		return plain(root), ok
	case slices.Contains(strings.Fields(".png .jpg .jpeg .gif .webp .svg .pdf .wav .mp3 .mp4 .bmp"), ext):
		f.lostAt(at, "%s is not carried over: only text is sent", file)
		return nil, false
	}
	text, ok := f.readText(at, file)
	return strings.TrimSpace(text), ok
}

func overlay(base, over map[string]any) map[string]any {
	out := make(map[string]any, len(base)+len(over))
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}

func (f *promptfooConfig) choices(t test) []map[string]any {
	out := []map[string]any{t.vars}
	for _, name := range sortedKeys(t.vars) {
		var list []any
		switch v := t.vars[name].(type) {
		case spreadFiles:
			list = v
		case []any:
			if len(v) > 0 {
				if _, ok := v[0].(string); ok { // of anything else it is one value, as in promptfoo
					list = v
				}
			}
		}
		if len(list) == 0 {
			continue
		}
		var next []map[string]any
		for _, base := range out {
			for _, v := range list {
				next = append(next, overlay(base, map[string]any{name: v}))
			}
		}
		if len(next) > maxVaried {
			f.lostAt(t.place, "the lists of its vars come to more than %d cases; %s stays a list", maxVaried, name)
			continue
		}
		out = next
	}
	return out
}

// fillVars fills in vars that name other vars, some rounds deep.
func fillVars(vars map[string]any) map[string]any {
	out := overlay(vars, nil)
	for range 4 {
		changed := false
		for _, name := range sortedKeys(out) {
			text, ok := out[name].(string)
			if !ok || !strings.Contains(text, "{{") {
				continue
			}
			others := overlay(out, nil)
			delete(others, name)
			isOther := func(p piece) bool {
				if p.expr == nil {
					return false
				}
				_, ok := others[p.expr.name]
				return ok
			}
			if filled, _ := render(text, others); slices.ContainsFunc(pieces(text), isOther) && filled != text &&
				len(filled) < maxFile {
				out[name], changed = filled, true
			}
		}
		if !changed {
			break
		}
	}
	return out
}
