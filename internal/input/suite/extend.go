package suite

import (
	"fmt"

	"promptbench/internal/input/strictyaml"
)

// extend fills in what the suite leaves to the one that it extends: vars, reply,
// graders and cases with their matrix, each as a whole. Cases that are taken over stay sealed, unless
// the suite has a share of its own.
func (l *loader) extend(f *suiteFile) {
	at := l.root.Get("extends")
	switch {
	case l.root.Kind() != strictyaml.Mapping: // decoding has said so
		return
	case at.Kind() == strictyaml.None:
		for _, key := range []string{"graders", "cases"} {
			switch l.root.Get(key).Kind() {
			case strictyaml.None:
				l.probs.Add(l.root.MissingKey(key))
			case strictyaml.Null:
				l.fail(l.root.AtKey(key), fmt.Sprintf("the required key %q has no value", key), "")
			}
		}
		return
	case f.Extends == "":
		if at.Kind() == strictyaml.Text || at.Kind() == strictyaml.Null {
			l.fail(at, "extends names no suite", "it is a path relative to this file, such as subtodos.yaml")
		}
		return
	}
	base, ok := l.loadBase(at, f.Extends)
	if !ok {
		return
	}
	own := l.root.Has
	if !own("vars") {
		f.Vars = base.Vars
	}
	if !own("reply") {
		f.Reply = base.Reply
	}
	if !own("graders") {
		f.Graders = base.Graders
	}
	if !own("cases") {
		f.Cases = base.Cases
		if !own("matrix") {
			f.Matrix = base.Matrix
		}
		if !own("sealed") {
			f.Sealed = base.Sealed
		}
	}
}

// loadBase reads the suite that is extended. Its problems are this suite's, too.
func (l *loader) loadBase(at strictyaml.Node, name string) (suiteFile, bool) {
	var f suiteFile
	path := relativeTo(at.File(), name)
	data, err := l.readUpTo(path, maxSuite)
	if err != nil {
		l.failToRead(at, "the suite "+name, err)
		return f, false
	}
	doc, probs := strictyaml.Parse(path, data)
	l.probs = append(l.probs, probs...)
	if doc == nil {
		return f, false
	}
	l.base = doc.Root()
	l.probs = append(l.probs, doc.Decode(&f)...)
	if f.Extends != "" {
		l.fail(at, fmt.Sprintf("the suite %s extends another one itself", name), "extend that one")
		return f, false
	}
	return f, true
}

// at returns the place of a value, in this suite's file or in that of the suite
// it extends.
func (l *loader) at(path ...any) strictyaml.Node {
	key, _ := path[0].(string)
	if l.root.Get(key).Kind() == strictyaml.None && l.base.Get(key).Kind() != strictyaml.None {
		return l.base.At(path...)
	}
	return l.root.At(path...)
}
