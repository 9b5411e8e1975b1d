package importer

import (
	"encoding/json"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/charset"
)

// A promptfooConfig reads the config of promptfoo into a draft.
type promptfooConfig struct {
	*draft
	root     strictyaml.Node
	defaults test // defaultTest
	judges   []Model

	transforms     []strictyaml.Node // of providers
	lostTransforms []strictyaml.Node // of all replies
	kinds          map[string]bool   // of the assertions that are carried over
	declared       tools             // of the first provider that has some
	converses      bool              // a prompt sends what was said before
	stored         []string          // vars that are made of replies
	combined       int               // configs of scenarios, each with the tests
}

// promptfoo reads a config as https://www.promptfoo.dev/docs/configuration/reference/
// describes it.
func (d *draft) promptfoo(root strictyaml.Node) problem.List {
	d.Format, d.verbatim = "promptfoo config", true
	f := &promptfooConfig{draft: d, root: root, kinds: map[string]bool{}}
	if root.Get("prompts").Kind() == strictyaml.None { // what promptfoo takes then
		f.text("{{prompt}}", "", always(root.Problem("", "")), root.Problem("", ""), false)
	}
	defaults, _ := f.follow(root.Get("defaultTest"))
	f.defaults = f.test(defaults, true)
	for _, e := range root.Entries() {
		switch key := e.Key.Text(); key {
		case "description":
			d.description = strings.TrimSpace(e.Value.Text())
		case "prompts":
			f.promptList(e.Value)
		case "providers", "targets":
			f.providers(e.Value, 0)
		case "tests", "scenarios", "defaultTest", "assertionTemplates", "$schema":
		case "redteam":
			d.lost(e.Key, "redteam is not carried over: its attacks are generated")
		default:
			d.lost(e.Key, "%s is not carried over", key)
		}
	}
	for _, p := range f.prompts {
		last := len(p.messages) - 1
		if last >= 0 && p.messages[last].role == "user" && f.defaults.prefix+f.defaults.suffix != "" {
			p.messages[last].text = f.defaults.prefix + p.messages[last].text + f.defaults.suffix
			p.messages[last].at = always(p.place)
		}
	}
	f.tests()
	f.responses()
	f.toolsOfPrompts()
	f.addJudges()
	return nil
}

// deref follows a {$ref: '#/path'} into the config.
func (f *promptfooConfig) deref(n strictyaml.Node) strictyaml.Node {
	ref := n.Get("$ref")
	if ref.Kind() != strictyaml.Text {
		return n
	}
	at, ok := strings.CutPrefix(ref.Text(), "#/")
	if !ok {
		return n
	}
	target := f.root
	for step := range strings.SplitSeq(at, "/") {
		target = target.Get(step)
	}
	if target.Kind() == strictyaml.None || target.Get("$ref").Kind() != strictyaml.None {
		f.lost(ref, "%s leads nowhere", ref.Text())
		return n
	}
	return target
}

// reference takes the path out of file://path, which is relative to the file
// that holds it.
func reference(n strictyaml.Node) (string, bool) {
	return strings.CutPrefix(n.Text(), "file://")
}

// load reads a YAML or JSON file that is named at a place.
func (d *draft) load(at problem.Problem, file string) (strictyaml.Node, bool) {
	text, ok := d.readText(at, file)
	if !ok {
		return strictyaml.Node{}, false
	}
	doc, probs := strictyaml.Parse(file, []byte(text))
	if doc == nil && json.Valid([]byte(text)) { // YAML has no halves of characters as escapes
		doc, probs = strictyaml.ParseJSON(file, 1, []byte(text))
	}
	if doc == nil || probs.Err() != nil {
		d.Left = append(d.Left, probs...)
		return strictyaml.Node{}, false
	}
	return doc.Root(), true
}

// follow returns the content of the file that a node refers to, or else the node.
func (f *promptfooConfig) follow(n strictyaml.Node) (strictyaml.Node, bool) {
	list := f.followAll(n, "file")
	if len(list) != 1 {
		return strictyaml.Node{}, false
	}
	return list[0], true
}

// followAll returns the contents of the files that a node refers to, or else the node.
func (f *promptfooConfig) followAll(n strictyaml.Node, what string) []strictyaml.Node {
	name, ok := reference(n)
	if !ok {
		return []strictyaml.Node{n}
	}
	var out []strictyaml.Node
	for _, file := range f.filesOf(n.Problem("", ""), what, name) {
		if root, ok := f.load(n.Problem("", ""), file); ok {
			out = append(out, root)
		}
	}
	return out
}

// readText reads a text that is named at a place.
func (d *draft) readText(at problem.Problem, file string) (string, bool) {
	data, err := d.files.Read(file)
	if err == nil {
		data, err = charset.Decode(data)
	}
	if err != nil {
		d.lostAt(at, "%s can't be read: %s", file, err)
		return "", false
	}
	return string(data), true
}

func plain(n strictyaml.Node) any {
	var v any
	_ = n.Decode(&v) // what has no JSON stays out
	return v
}

// asSpelled decodes a node, with a number as the file spells it.
func asSpelled(n strictyaml.Node) any {
	switch n.Kind() {
	case strictyaml.Text, strictyaml.Int, strictyaml.Float:
		return n.Text()
	}
	return plain(n)
}

// filesOf lists the files that a name at a place stands for: a path or a pattern relative
// to the file of the place, else to the config, or all in a folder. Programs are not run, so
// they are not among them.
func (f *promptfooConfig) filesOf(at problem.Problem, what, name string) []string {
	found := f.glob(at.File, name)
	if len(found) == 0 {
		if hasMagic(name) {
			f.lostAt(at, "%s names no file", name)
			return nil
		}
		found = []string{relative(at.File, name)} // reading it says what is wrong
	}
	return slices.DeleteFunc(found, func(file string) bool {
		if isProgram(file) {
			f.lostAt(at, "the %s %s is made by a program, which is not run", what, file)
		}
		return isProgram(file)
	})
}

// glob lists the files that a name in a file stands for.
func (f *promptfooConfig) glob(from, name string) []string {
	for _, file := range []string{from, f.source} {
		if found, err := f.files.Glob(relative(file, name)); err == nil && len(found) > 0 {
			return found
		}
	}
	return nil
}

// hasMagic reports whether a name is a pattern.
func hasMagic(name string) bool { return strings.ContainsAny(name, "*?[{") }

// isProgram reports whether a path names code, with or without a function.
func isProgram(name string) bool {
	extensions := []string{".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py", ".rb", ".go", ".sh"}
	return slices.ContainsFunc(extensions, func(ext string) bool {
		return strings.HasSuffix(name, ext) || strings.Contains(name, ext+":")
	})
}

// responses gives the prompts the response format that all models are asked
// for.
func (f *promptfooConfig) responses() {
	if len(f.Models) == 0 {
		return
	}
	first := f.Models[0].response
	if slices.ContainsFunc(f.Models, func(m Model) bool { return !m.response.equal(first) }) {
		f.lostAt(problem.Problem{File: f.source}, "models ask for different response formats, so none is carried over")
		return
	}
	for i := range f.prompts {
		if f.prompts[i].response.format == "" {
			f.prompts[i].response = first
		}
	}
}

// toolsOfPrompts gives the prompts the tools that all models are given.
func (f *promptfooConfig) toolsOfPrompts() {
	first := f.declared
	if len(f.Models) > 0 {
		first = f.Models[0].tools
	}
	if slices.ContainsFunc(f.Models, func(m Model) bool { return !m.tools.equal(first) }) {
		f.lostAt(problem.Problem{File: f.source}, "models are given different tools, so none are carried over: "+
			"write a prompt for each, with its tools")
		return
	}
	for i := range f.prompts {
		if len(f.prompts[i].tools.list) == 0 {
			f.prompts[i].tools = first
		}
	}
}
