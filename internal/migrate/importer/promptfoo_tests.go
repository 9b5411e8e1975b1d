package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/wording"
)

// What lists of values may come to.
const (
	maxCases  = 100_000 // of one source
	maxVaried = 10_000  // of one test
	maxNamed  = 3       // how deep files name files
)

// A test is a test of promptfoo, or what all have by default.
type test struct {
	id, group   string
	description string
	vars        map[string]any
	asserts     []assertion
	expects     []expectation
	prefix      string
	suffix      string
	tags        []string
	spread      bool              // lists in vars are several tests
	isLiteral   bool              // vars hold no templates
	transform   strictyaml.Node   // of the replies
	read        transformed       // what it comes to, if the suite does not do it
	lost        []strictyaml.Node // transforms that are not carried over
	place       problem.Problem

	conversation string
	alone        bool // without the turns before it
}

// An assertion is one entry of assert, or a cell of a table.
type assertion struct {
	node  strictyaml.Node // of YAML; else
	short string          // what a cell says
	place problem.Problem
	file  string      // that paths are relative to
	read  transformed // what it is about
}

// kind is its type, as the source has it.
func (a assertion) kind() string {
	if m := short.FindStringSubmatch(strings.TrimSpace(a.short)); m != nil && shorthands()[m[2]] {
		return m[1] + m[2]
	}
	return cmp.Or(a.node.Get("type").Text(), "equals")
}

// addKinds adds the types of an assertion and of those in it.
func (f *promptfooConfig) addKinds(kinds map[string]bool, a assertion, depth int) {
	kind := a.kind()
	if kind == "assert-set" && depth < maxSets {
		for _, inner := range f.assertions(a.node.Get("assert"), 0) {
			f.addKinds(kinds, inner, depth+1)
		}
		return
	}
	kinds[kind] = true
}

// loseTransforms says which assertions are about another text than in the source.
func (f *promptfooConfig) loseTransforms(nodes []strictyaml.Node, kinds map[string]bool) {
	for _, n := range nodes {
		if len(kinds) == 0 {
			f.lost(n, "the transform %s is not carried over", quoteShort(n.Text()))
			continue
		}
		list := sortedKeys(kinds)
		f.lost(n, "the transform %s is not carried over, so %s %s about the reply as the model wrote it; "+
			"write an expression or a command under reply: transform", quoteShort(n.Text()), wording.List(list),
			wording.Verb(len(list), "are"))
	}
}

func (f *promptfooConfig) test(n strictyaml.Node, isDefault bool) test {
	t := test{spread: true, place: n.Problem("", "")}
	if isRow(n) && !isDefault {
		t.vars = f.varsOf(n, 0)
		return t
	}
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "description":
			t.description = strings.TrimSpace(e.Value.Text())
		case "vars":
			t.vars = f.varsOf(e.Value, 0)
		case "assert":
			t.asserts = f.assertions(e.Value, 0)
		case "options":
			f.testOptions(e.Value, &t, isDefault)
		case "metadata":
			t.tags = f.tags(e.Value)
			t.conversation = e.Value.Get(conversationID).Text()
		case "provider", "providers":
			f.lost(e.Key, "%s of a test is not carried over: a run asks one model", key)
		default:
			f.lost(e.Key, "%s of a test is not carried over", key)
		}
	}
	return t
}

// isRow reports whether a test is a row of vars, as in files of tests that were tables: none of its keys is that of a
// test.
func isRow(n strictyaml.Node) bool {
	return len(n.Entries()) > 0 && !slices.ContainsFunc(n.Entries(), func(e strictyaml.Entry) bool {
		switch e.Key.Text() {
		case "description", "vars", "assert", "assertScoringFunction", "options", "metadata", "provider", "providers",
			"providerOutput", "prompts", "threshold", "path":
			return true
		}
		return strings.HasPrefix(e.Key.Text(), "$")
	})
}

func (f *promptfooConfig) tags(n strictyaml.Node) []string {
	var out []string
	for _, e := range n.Entries() {
		if e.Key.Text() == conversationID {
			continue
		}
		values := e.Value.Items()
		if e.Value.Kind() != strictyaml.List {
			values = []strictyaml.Node{e.Value}
		}
		for _, v := range values {
			if tag := tagOf(e.Key.Text(), v.Text()); tag != "" && len(v.Text()) <= 60 && v.Kind() != strictyaml.Null {
				out = append(out, tag)
				continue
			}
			f.lost(e.Key, "the metadata %s is not carried over: it makes no tag", e.Key.Text())
		}
	}
	return out
}

// tagOf makes a tag, or nothing where the key or the value has no letter.
func tagOf(key, value string) string {
	k, v := slug(key, ""), slug(value, "")
	if k == "" || v == "" {
		return ""
	}
	return k + ":" + v
}

func (f *promptfooConfig) testOptions(n strictyaml.Node, t *test, isDefault bool) {
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "prefix":
			t.prefix = e.Value.Text()
		case "suffix":
			t.suffix = e.Value.Text()
		case "transform", "postprocess":
			t.transform = e.Value
		case "disableVarExpansion":
			t.spread = e.Value.Text() != "true"
		case "disableConversationVar":
			if t.alone = e.Value.Text() == "true"; t.alone && !isDefault {
				f.lost(e.Key, "%s is not carried over: each turn of a conversation is sent with those before it", key)
			}
		case "storeOutputAs":
			f.stored = append(f.stored, e.Value.Text())
			f.lost(e.Key, "%s is not carried over; write tests that need the reply as turns of one case", key)
		case "provider":
			if e.Value.Has("embedding") {
				f.setEmbeddings(e.Value)
				f.loseOthers(e.Value, "a provider that grades", "embedding", "text")
				if !e.Value.Has("text") {
					continue
				}
			}
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
func (f *promptfooConfig) setJudge(n strictyaml.Node) {
	if inner := n.Get("text"); inner.Kind() != strictyaml.None {
		n = inner
	}
	n, ok := f.follow(f.deref(n))
	if !ok {
		return
	}
	m, ok := f.model(n, false)
	if !ok {
		return
	}
	m.response = response{}
	f.judges = append(f.judges, m) // added at the end, so that the first provider stays the model
	if f.Judge != "" && f.Judge != m.Name {
		f.lost(n, "a second judge, %s, is not carried over", m.ID)
		return
	}
	f.Judge = m.Name
}

// tests reads all tests, and makes the cases.
func (f *promptfooConfig) tests() {
	n := f.root.Get("tests")
	var list []test
	for _, item := range items(n) {
		list = append(list, f.testItem(item, 0)...)
	}
	for _, item := range items(f.root.Get("scenarios")) {
		list = append(list, f.scenarios(item)...)
	}
	none := n.Kind() == strictyaml.None && f.root.Get("scenarios").Kind() == strictyaml.None ||
		n.Kind() == strictyaml.List && len(n.Items()) == 0
	switch bare := len(f.prompts) > 0 && len(f.usedVars()) == 0; {
	case none && (len(f.defaults.vars) > 0 || bare):
		list = append(list, test{spread: true, place: f.defaults.place})
	case none && len(f.prompts) > 0:
		f.lostAt(f.root.Problem("", ""), "it has no tests, so cases/%s.yaml has one case to be filled in, example", f.Name)
		list = append(list, test{description: "example", vars: f.example().vars})
	}
	f.readTransforms(list)
	for _, t := range list {
		f.addTest(t)
	}
	f.converse()
	f.chats()
	f.loseTransforms(f.lostTransforms, f.kinds)
}

// addJudges adds the models that grade after those that are asked.
func (f *promptfooConfig) addJudges() {
	for _, m := range f.judges {
		name := f.addModel(m)
		if f.Judge == m.Name {
			f.Judge = name
		}
	}
}

// testItem reads an entry of tests: a test, or the files of some.
func (f *promptfooConfig) testItem(n strictyaml.Node, depth int) []test {
	n = f.deref(n)
	if n.Kind() == strictyaml.Mapping {
		if n.Get("path").Kind() == strictyaml.Text {
			return f.testFile(n.Get("path"), depth)
		}
		return []test{f.test(n, false)}
	}
	return f.testFile(n, depth)
}

// addTest makes the cases of a test: one for each choice out of lists of values.
func (f *promptfooConfig) addTest(t test) {
	t.vars = overlay(f.defaults.vars, t.vars)
	choices := []map[string]any{t.vars}
	if f.defaults.spread && t.spread {
		choices = f.choices(t)
	}
	for _, vars := range choices {
		if len(f.cases) >= maxCases {
			f.lostAt(t.place, "the config comes to more than %d cases; the rest is not carried over", maxCases)
			return
		}
		c := caseDraft{vars: vars, place: t.place, expects: slices.Clone(t.expects)}
		c.ID, c.Group, c.Note = t.id, t.group, t.description
		if !t.isLiteral {
			c.title, c.vars = t.description, fillVars(vars)
		}
		c.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.defaults.tags, t.tags))))
		f.placeIn(&c, cmp.Or(t.conversation, f.defaults.conversation))
		kinds := map[string]bool{}
		for i, a := range slices.Concat(f.defaults.asserts, t.asserts) {
			a.read = t.read
			expects := f.expectations(a, c.vars, 0)
			c.asserted = append(c.asserted, Assertion{a.kind(), a.place, len(expects) > 0})
			if f.options.Only > 0 && f.options.Only != i+1 {
				continue
			}
			c.expects = append(c.expects, expects...)
			if len(expects) > 0 {
				f.addKinds(kinds, a, 0)
			}
		}
		maps.Copy(f.kinds, kinds)
		f.loseTransforms(t.lost, kinds)
		if t.prefix+t.suffix != "" {
			f.lostAt(t.place, "the prefix or suffix of a single test is not carried over")
		}
		f.cases = append(f.cases, c)
	}
}
