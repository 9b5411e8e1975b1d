package importer

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

func (f *promptfooConfig) testFile(n strictyaml.Node, depth int) []test {
	name, _, _ := strings.Cut(strings.TrimPrefix(n.Text(), "file://"), "#")
	switch {
	case n.Kind() != strictyaml.Text || name == "":
		f.lost(n, "expected a test, found %s", n.Describe())
		return nil
	case strings.Contains(name, "://"):
		scheme, _, _ := strings.Cut(name, "://")
		f.lost(n, "tests from %s:// are not carried over: nothing is fetched", scheme)
		return nil
	case depth > maxNamed:
		f.lost(n, "%s is named too deep", name)
		return nil
	}
	var out []test
	for _, file := range f.filesOf(n.Problem("", ""), "test", name) {
		out = append(out, f.oneTestFile(n, file, depth)...)
	}
	return out
}

func (f *promptfooConfig) oneTestFile(n strictyaml.Node, file string, depth int) []test {
	switch strings.ToLower(path.Ext(file)) {
	case ".csv", ".tsv":
		data, err := f.files.Read(file)
		if err != nil {
			f.lost(n, "%s can't be read: %s", file, err)
			return nil
		}
		_, tests, err := f.rows(file, data, false)
		f.Left = append(f.Left, problem.From(err)...)
		return tests
	case ".jsonl":
		text, ok := f.readText(n.Problem("", ""), file)
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
				f.Left = append(f.Left, probs...)
				continue
			}
			out = append(out, f.test(doc.Root(), false))
		}
		return out
	case ".yaml", ".yml", ".json":
		root, _ := f.load(n.Problem("", ""), file)
		var out []test
		for _, item := range items(root) {
			out = append(out, f.testItem(item, depth+1)...)
		}
		return out
	}
	f.lost(n, "the tests %s are not carried over: they are no YAML, JSON, JSON Lines or CSV", file)
	return nil
}

// scenarios are those of an entry: one, or those in the files that it names.
func (f *promptfooConfig) scenarios(n strictyaml.Node) []test {
	var out []test
	for _, root := range f.followAll(f.deref(n), "scenario") {
		for _, one := range items(root) {
			out = append(out, f.scenario(one)...)
		}
	}
	return out
}

// scenario is every config with every test.
func (f *promptfooConfig) scenario(n strictyaml.Node) []test {
	f.loseOthers(n, "a scenario", "config", "tests", "description")
	var configs, tests []test
	for _, item := range items(n.Get("config")) {
		configs = append(configs, f.testItem(item, 1)...)
	}
	for _, item := range items(n.Get("tests")) {
		tests = append(tests, f.testItem(item, 1)...)
	}
	var out []test
	for _, c := range configs {
		f.combined++
		for _, t := range tests {
			merged := t
			merged.vars = overlay(c.vars, t.vars)
			merged.asserts = slices.Concat(c.asserts, t.asserts)
			merged.tags = slices.Concat(c.tags, t.tags)
			merged.description = cmp.Or(t.description, c.description)
			merged.conversation = cmp.Or(
				t.conversation, c.conversation, f.defaults.conversation, fmt.Sprint(scenarioMark, f.combined))
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
