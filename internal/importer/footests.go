package importer

import (
	"path"
	"slices"
	"strings"

	"promptbench/internal/problem"
	"promptbench/internal/strictyaml"
)

// What lists of values may come to.
const (
	maxCases  = 100_000 // of one source
	maxVaried = 10_000  // of one test
)

// A test is a test of promptfoo, or what all have by default.
type test struct {
	node        strictyaml.Node
	description string
	vars        map[string]any
	asserts     []assertion
	prefix      string
	suffix      string
	tags        []string
	spread      bool // lists in vars are several tests
	place       problem.Problem
}

// An assertion is one entry of assert, or a cell of a table.
type assertion struct {
	node  strictyaml.Node // of YAML; else
	short string          // what a cell says
	place problem.Problem
	file  string // that paths are relative to
}

func (f *foo) readDefaults(n strictyaml.Node) test {
	if name, ok := reference(n); ok {
		loaded, ok := f.load(n, name)
		if !ok {
			return test{spread: true}
		}
		n = loaded
	}
	if n.Kind() != strictyaml.Mapping {
		return test{spread: true}
	}
	return f.test(n, true)
}

// test reads one test.
func (f *foo) test(n strictyaml.Node, isDefault bool) test {
	t := test{node: n, spread: true, place: n.Problem("", "")}
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "description":
			t.description = strings.TrimSpace(e.Value.Text())
		case "vars":
			t.vars = f.varsOf(e.Value)
		case "assert":
			for _, a := range e.Value.Items() {
				t.asserts = append(t.asserts, assertion{node: f.deref(a), place: a.Problem("", ""), file: a.File()})
			}
		case "options":
			f.testOptions(e.Value, &t, isDefault)
		case "metadata":
			t.tags = f.tags(e.Value)
		case "provider", "providers":
			f.lost(e.Key, "%s of a test is not carried over: a run asks one model", key)
		default:
			f.lost(e.Key, "%s of a test is not carried over", key)
		}
	}
	return t
}

// tags makes tags of metadata.
func (f *foo) tags(n strictyaml.Node) []string {
	var out []string
	for _, e := range n.Entries() {
		values := e.Value.Items()
		if e.Value.Kind() != strictyaml.List {
			values = []strictyaml.Node{e.Value}
		}
		for _, v := range values {
			switch v.Kind() {
			case strictyaml.Text, strictyaml.Bool, strictyaml.Int, strictyaml.Float:
				if tag := slug(e.Key.Text(), "") + ":" + slug(v.Text(), ""); len(tag) > 2 && !strings.HasPrefix(tag, ":") && !strings.HasSuffix(tag, ":") && len(v.Text()) <= 60 {
					out = append(out, tag)
					continue
				}
			}
			f.lost(e.Key, "the metadata %s is not carried over: it makes no tag", e.Key.Text())
		}
	}
	return out
}

func (f *foo) testOptions(n strictyaml.Node, t *test, isDefault bool) {
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "prefix":
			t.prefix = e.Value.Text()
		case "suffix":
			t.suffix = e.Value.Text()
		case "disableVarExpansion":
			t.spread = e.Value.Text() != "true"
		case "provider":
			if !isDefault {
				f.lost(e.Key, "the judge of a single test is not carried over")
				continue
			}
			f.setJudge(e.Value)
		default:
			f.lost(e.Key, "the option %s is not carried over", key)
		}
	}
}

// setJudge takes the model that grades.
func (f *foo) setJudge(n strictyaml.Node) {
	if inner := n.Get("text"); inner.Kind() != strictyaml.None {
		n = inner
	}
	m, ok := f.model(f.deref(n), 0)
	if !ok {
		return
	}
	m.response = response{}
	name := f.addJudge(m)
	if f.judge != "" && f.judge != name {
		f.lost(n, "a second judge, %s, is not carried over", m.ID)
		return
	}
	f.judge = name
}

// addJudge keeps a judge for the end, so that the first provider stays the model.
func (f *foo) addJudge(m Model) string {
	f.judges = append(f.judges, m)
	return m.Name
}

// varsOf reads vars: a mapping, or files of such.
func (f *foo) varsOf(n strictyaml.Node) map[string]any {
	out := map[string]any{}
	switch n.Kind() {
	case strictyaml.Text:
		name, _ := strings.CutPrefix(n.Text(), "file://")
		if isProgram(name) {
			f.lost(n, "the vars %s are made by a program, which is not run", name)
			return out
		}
		if loaded, ok := f.load(n, name); ok {
			return f.varsOf(loaded)
		}
	case strictyaml.List:
		for _, item := range n.Items() {
			for name, v := range f.varsOf(item) {
				out[name] = v
			}
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
func (f *foo) varValue(n strictyaml.Node) (any, bool) {
	if n.Kind() == strictyaml.List {
		var list []any
		for _, item := range n.Items() {
			v, ok := f.varValue(item)
			if !ok {
				continue
			}
			if inner, many := v.(spreadFiles); many {
				list = append(list, inner...)
				continue
			}
			list = append(list, v)
		}
		return list, true
	}
	name, ok := reference(n)
	switch {
	case ok && isProgram(name):
		f.lost(n, "the var %s is made by a program, which is not run", name)
		return nil, false
	case ok && strings.Contains(name, "*"):
		names, err := f.files.Glob(relative(n.File(), name))
		if err != nil || len(names) == 0 {
			f.lost(n, "%s names no file", name)
			return nil, false
		}
		var list spreadFiles
		for _, one := range names {
			if text, ok := f.varFile(n, one); ok {
				list = append(list, text)
			}
		}
		return list, true
	case ok:
		return f.varFile(n, relative(n.File(), name))
	case n.Kind() == strictyaml.Text, n.Kind() == strictyaml.Int, n.Kind() == strictyaml.Float:
		return n.Text(), true
	}
	return plain(n), true
}

// spreadFiles are the contents of files that one pattern names.
type spreadFiles []any

func (f *foo) varFile(n strictyaml.Node, file string) (any, bool) {
	switch strings.ToLower(path.Ext(file)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf", ".wav", ".mp3", ".mp4", ".bmp":
		f.lost(n, "%s is not carried over: only text is sent", file)
		return nil, false
	case ".yaml", ".yml":
		if doc, ok := f.load(n, strings.TrimPrefix(file, path.Dir(n.File())+"/")); ok {
			return plain(doc), true
		}
		return nil, false
	}
	text, ok := f.readText(n, file)
	return strings.TrimSpace(text), ok
}

// tests reads all tests, and makes the cases.
func (f *foo) tests() {
	n := f.root.Get("tests")
	var list []test
	switch n.Kind() {
	case strictyaml.List:
		for _, item := range n.Items() {
			list = append(list, f.testItem(item, 0)...)
		}
	case strictyaml.Text, strictyaml.Mapping:
		list = f.testItem(n, 0)
	}
	for _, scenario := range f.root.Get("scenarios").Items() {
		list = append(list, f.scenario(scenario)...)
	}
	none := n.Kind() == strictyaml.None && f.root.Get("scenarios").Kind() == strictyaml.None || n.Kind() == strictyaml.List && len(n.Items()) == 0
	switch bare := len(f.prompts) > 0 && len(f.usedVars()) == 0; {
	case none && (len(f.defaults.vars) > 0 || bare):
		list = append(list, test{spread: true, place: f.defaults.place})
	case none && len(f.prompts) > 0:
		f.lostAt(f.root.Problem("", ""), "it has no tests, so cases/%s.yaml has one case to be filled in, example", f.name)
		list = append(list, test{description: "example", vars: f.example().vars})
	}
	for _, t := range list {
		f.addTest(t)
	}
	for _, m := range f.judges {
		name := f.addModel(m)
		if f.judge == m.Name {
			f.judge = name
		}
	}
}

// testItem reads an entry of tests: a test, or the files of some.
func (f *foo) testItem(n strictyaml.Node, depth int) []test {
	n = f.deref(n)
	if n.Kind() == strictyaml.Mapping {
		if n.Get("path").Kind() == strictyaml.Text {
			return f.testFile(n.Get("path"), depth)
		}
		return []test{f.test(n, false)}
	}
	return f.testFile(n, depth)
}

func (f *foo) testFile(n strictyaml.Node, depth int) []test {
	text := n.Text()
	name := strings.TrimPrefix(text, "file://")
	switch {
	case n.Kind() != strictyaml.Text || name == "":
		f.lost(n, "expected a test, found %s", n.Describe())
		return nil
	case strings.Contains(name, "://"):
		scheme, _, _ := strings.Cut(name, "://")
		f.lost(n, "tests from %s:// are not carried over: nothing is fetched", scheme)
		return nil
	case isProgram(name):
		f.lost(n, "the tests %s are made by a program, which is not run", name)
		return nil
	case depth > 3:
		f.lost(n, "%s is named too deep", name)
		return nil
	}
	names := []string{relative(n.File(), name)}
	if strings.Contains(name, "*") {
		found, err := f.files.Glob(names[0])
		if err != nil || len(found) == 0 {
			f.lost(n, "%s names no file", name)
			return nil
		}
		names = found
	}
	var out []test
	for _, file := range names {
		out = append(out, f.oneTestFile(n, file, depth)...)
	}
	return out
}

func (f *foo) oneTestFile(n strictyaml.Node, file string, depth int) []test {
	if file, _, _ = strings.Cut(file, "#"); isProgram(file) {
		f.lost(n, "the tests %s are made by a program, which is not run", file)
		return nil
	}
	switch strings.ToLower(path.Ext(file)) {
	case ".csv":
		text, ok := f.readText(n, file)
		if !ok {
			return nil
		}
		return f.csvTests(n, file, text)
	case ".jsonl":
		text, ok := f.readText(n, file)
		if !ok {
			return nil
		}
		var out []test
		for i, line := range strings.Split(text, "\n") {
			if strings.TrimSpace(line) == "" {
				continue
			}
			doc, probs := strictyaml.ParseJSON(file, i+1, []byte(line))
			if doc == nil || probs.Err() != nil {
				f.left = append(f.left, probs...)
				continue
			}
			out = append(out, f.test(doc.Root(), false))
		}
		return out
	case ".yaml", ".yml", ".json":
		data, err := f.files.Read(file)
		if err != nil {
			f.lost(n, "the tests %s can't be read: %s", file, err)
			return nil
		}
		doc, probs := strictyaml.Parse(file, data)
		if doc == nil || probs.Err() != nil {
			f.left = append(f.left, probs...)
			return nil
		}
		root := doc.Root()
		if root.Kind() != strictyaml.List {
			return f.testItem(root, depth+1)
		}
		var out []test
		for _, item := range root.Items() {
			out = append(out, f.testItem(item, depth+1)...)
		}
		return out
	}
	f.lost(n, "the tests %s are not carried over: they are no YAML, JSON, JSON Lines or CSV", file)
	return nil
}

// scenario is every config with every test.
func (f *foo) scenario(n strictyaml.Node) []test {
	n = f.deref(n)
	if name, ok := reference(n); ok {
		loaded, ok := f.load(n, name)
		if !ok {
			return nil
		}
		n = loaded
	}
	for _, e := range n.Entries() {
		if key := e.Key.Text(); key != "config" && key != "tests" && key != "description" {
			f.lost(e.Key, "%s of a scenario is not carried over", key)
		}
	}
	var configs, tests []test
	for _, item := range items(n.Get("config")) {
		configs = append(configs, f.testItem(item, 1)...)
	}
	for _, item := range items(n.Get("tests")) {
		tests = append(tests, f.testItem(item, 1)...)
	}
	var out []test
	for _, c := range configs {
		for _, t := range tests {
			merged := t
			merged.vars = overlay(c.vars, t.vars)
			merged.asserts = append(append([]assertion{}, c.asserts...), t.asserts...)
			merged.tags = append(append([]string{}, c.tags...), t.tags...)
			if merged.description == "" {
				merged.description = c.description
			}
			out = append(out, merged)
			if len(out) > maxCases {
				f.lost(n, "the scenario comes to more than %d cases", maxCases)
				return out[:maxCases]
			}
		}
	}
	return out
}

func items(n strictyaml.Node) []strictyaml.Node {
	switch n.Kind() {
	case strictyaml.List:
		return n.Items()
	case strictyaml.None, strictyaml.Null:
		return nil
	}
	return []strictyaml.Node{n}
}

func overlay(base, over map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range base {
		out[name] = v
	}
	for name, v := range over {
		out[name] = v
	}
	return out
}

// addTest makes the cases of a test: one for each choice out of lists of values.
func (f *foo) addTest(t test) {
	t.vars = overlay(f.defaults.vars, t.vars)
	spread := f.defaults.spread && t.spread
	choices := []map[string]any{t.vars}
	if spread {
		choices = f.choices(t)
	}
	for _, vars := range choices {
		if len(f.cases) >= maxCases {
			f.lostAt(t.place, "the config comes to more than %d cases; the rest is not carried over", maxCases)
			return
		}
		f.addCase(t, settle(vars))
	}
}

// choices spreads lists of values out.
func (f *foo) choices(t test) []map[string]any {
	out := []map[string]any{t.vars}
	for _, name := range sortedKeys(t.vars) {
		var list []any
		switch v := t.vars[name].(type) {
		case spreadFiles:
			list = v
		case []any:
			list = v
		}
		if list == nil || len(list) == 0 || nested(list) {
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

// nested reports whether a list holds lists, which are values and no choices.
func nested(list []any) bool {
	for _, v := range list {
		if _, ok := v.([]any); ok {
			return true
		}
	}
	return false
}

// settle fills in vars that name other vars, some rounds deep.
func settle(vars map[string]any) map[string]any {
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
			if !namesAny(text, others) {
				continue
			}
			if filled, _ := render(text, others); filled != text && len(filled) < maxFile {
				out[name], changed = filled, true
			}
		}
		if !changed {
			break
		}
	}
	return out
}

func namesAny(text string, vars map[string]any) bool {
	for _, p := range pieces(text) {
		if p.expr != nil {
			if _, ok := vars[p.expr.name]; ok {
				return true
			}
		}
	}
	return false
}

func (f *foo) addCase(t test, vars map[string]any) {
	c := caseDraft{note: t.description, id: slug(t.description, ""), vars: vars, place: t.place}
	c.tags = append(append(c.tags, f.defaults.tags...), t.tags...)
	slices.Sort(c.tags)
	c.tags = slices.Compact(c.tags)
	for _, a := range append(append([]assertion{}, f.defaults.asserts...), t.asserts...) {
		c.expects = append(c.expects, f.expectations(a, vars, 0)...)
	}
	if t.prefix+t.suffix != "" {
		f.lostAt(t.place, "the prefix or suffix of a single test is not carried over")
	}
	f.cases = append(f.cases, c)
}
