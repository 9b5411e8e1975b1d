package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders"
	"promptbench/internal/input/media"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
)

// maxCaseProblems is how many problems of the cases are listed; a large file
// that is wrong throughout needs no more to be understood.
const maxCaseProblems = 100

const maxID = 200 // characters

type place struct{ line, column int }

// String says where something is that must not appear again.
func (p place) String() string { return fmt.Sprintf("first at line %d, column %d", p.line, p.column) }

type caseChecker struct {
	rules    []string // the suite's types
	expects  []graders.Expectation
	ids      map[string]place
	alike    map[string]string            // the first id that reads like this, in whichever case and width
	first    map[[sha256.Size]byte]string // id of the first case with this input and these vars
	repeated problem.List                 // warnings of inputs that an earlier case has
	units    units                        // to seal some; nil where nothing is sealed

	suiteScores map[string]bool       // the names of the suite's scores
	byScore     map[string]*caseScore // of the cases' own graders

	stats stats
	probs problem.List
}

// cases checks every case, from the list or from the file, and takes the
// suite's hash along the way.
func (l *loader) cases(b *casesBlock, combinations matrix) {
	s := l.suite
	c := &caseChecker{
		rules: s.Rules.Types, expects: graders.Expectations(),
		ids: map[string]place{}, alike: map[string]string{}, first: map[[sha256.Size]byte]string{},
		stats: stats{
			vars:   map[string]int{},
			tags:   map[string]int{},
			types:  map[string]int{},
			groups: map[string]bool{},
			tools:  map[string]toolUse{},
			calls:  map[string]toolUse{},
		},
		suiteScores: map[string]bool{}, byScore: map[string]*caseScore{},
	}
	for _, name := range s.ScoreNames() {
		c.suiteScores[name] = true
	}
	h := sha256.New()
	enc := json.NewEncoder(h)
	enc.SetEscapeHTML(false)
	if err := s.hashHead(enc); err != nil {
		l.fail(l.root, err.Error(), "")
		return
	}
	if s.Share > 0 {
		c.units = units{}
	}
	each := func(r record) bool {
		n := len(c.probs)
		if c.check(r); r.isCopy {
			c.probs = c.probs[:n] // the first has them, too
		}
		// The fields in the order of Case are as good as sorted ones and much faster for large sets.
		if err := enc.Encode(r.Case); err != nil {
			c.probs.Add(r.place().Problem(err.Error(), ""))
		}
		for _, a := range r.attachments {
			_, _ = h.Write([]byte(a.SHA256)) // a hash never fails
		}
		c.stats.attachments = c.stats.attachments || len(r.attachments) > 0
		for _, text := range slices.Concat(r.Images, r.Files) {
			if path := media.File(filepath.Dir(r.place().File), text); path != "" {
				c.stats.attached = append(c.stats.attached, path)
			}
		}
		return len(c.probs) < maxCaseProblems
	}
	unread := b.file == "" && b.place.Kind() != strictyaml.List // decoding has said what is wrong with it
	switch {
	case b.file != "":
		s.file = &casesFile{path: relativeTo(b.place.File(), b.file), open: l.open, combine: combinations}
		if err := s.file.each(each); err != nil {
			unread = true
			l.failToRead(b.place.At("file"), "the cases "+b.file, err)
		}
	default:
		for _, r := range combinations.expandAll(b.list) {
			r.loadAttachments(r.place().File)
			s.list = append(s.list, r.Case)
			if !each(r) {
				break
			}
		}
	}
	if c.stats.cases == 0 && len(c.probs) == 0 && b.place.Kind() != strictyaml.None && !unread {
		l.probs.Add(b.place.Problem("the suite has no cases", ""))
	}
	if len(c.probs) >= maxCaseProblems {
		c.probs.Add(problem.Problem{
			File:    s.Path,
			Message: fmt.Sprintf("the cases have %d or more problems; the rest is not listed", maxCaseProblems),
		})
	}
	c.stats.hash = hex.EncodeToString(h.Sum(nil))
	s.addCaseGraders(c.byScore)
	s.stats, s.seal = c.stats, c.units.seal(s.Share)
	l.probs = append(l.probs, c.probs...)
	if !unread {
		l.checkSeal()
	}
	l.partialVars(b)
	s.advice = append(l.unusedTypes(), c.repeated...)
}

// unusedTypes warns of types that no case expects: nothing would show whether a
// revision gets them right.
func (l *loader) unusedTypes() problem.List {
	s := l.suite
	if len(s.stats.types) == 0 {
		return nil
	}
	var out problem.List
	for i, t := range s.Rules.Types {
		if s.stats.types[t] == 0 {
			out.Add(warning(l.at("reply", "types", i).Problem("no case expects the type "+t, "add one, or leave the type out")))
		}
	}
	return out
}

// partialVars warns of vars that only some cases set: a prompt that uses one
// cannot be rendered for the others.
func (l *loader) partialVars(b *casesBlock) {
	s := l.suite
	for _, name := range sortedKeys(s.stats.vars) {
		n := s.stats.vars[name]
		if _, ok := s.Vars[name]; ok || n == s.stats.cases {
			continue
		}
		message := fmt.Sprintf("only %d of %d cases set the var %s", n, s.stats.cases, name)
		l.probs.Add(warning(b.place.Problem(message, "give it a default under the suite's vars")))
	}
}

func warning(p problem.Problem) problem.Problem {
	p.Severity = problem.Warning
	return p
}

func (c *caseChecker) check(r record) {
	c.stats.cases++
	c.probs = append(c.probs, r.probs...)
	fail := func(message, hint string, path ...any) {
		c.probs.Add(r.place(path...).Problem(message, hint))
	}
	if r.ID != "" {
		c.id(r, fail)
	} else if r.has("id") {
		fail("the id is empty", "", "id")
	}
	if r.has("input") && strings.TrimSpace(r.Input) == "" {
		fail("the input is empty", "", "input")
	}
	c.countUnit(r)
	c.conversation(r, fail)
	for _, name := range sortedKeys(r.ToolResults) {
		c.uses(r, name, "tool_results", name)
	}
	c.expectations(r.Expect, fail, r.expectPath()...)
	c.expectsCalls(r, r.Expect.ToolCalls, r.expectPath()...)
	c.graders(r, fail)
	for i, tag := range r.Tags {
		if bad := badWord(tag); bad != "" {
			fail("the tag "+bad, "", "tags", i)
		}
	}
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(r.Tags))) {
		c.stats.tags[tag]++
	}
	for _, name := range sortedKeys(r.Vars) {
		c.stats.vars[name]++
		if message, hint := badVar(name); message != "" {
			fail(message, hint, "vars", name)
		}
	}
}

// expectations checks what a case expects, which is at the path.
func (c *caseChecker) expectations(e graders.Expect, fail func(message, hint string, path ...any), path ...any) {
	under := func(more ...any) []any { return append(slices.Clone(path), more...) }
	if t := e.Type; t != "" && !slices.Contains(c.rules, t) {
		fail(fmt.Sprintf("expect.type %q is none of the suite's types", t), typeHint(t, c.rules), under("type")...)
	}
	for _, x := range c.expects {
		for _, bad := range graders.ParamErrors(x.Check(e)) {
			message := (&graders.ParamError{Path: append([]any{"expect"}, bad.Path...), Msg: bad.Msg}).Error()
			fail(message, bad.Hint, under(bad.Path...)...)
		}
	}
}

// maxRepeated is how many repeated inputs are named.
const maxRepeated = 10

// countUnit counts what a case brings: its expected type, a unit of the
// statistics, and an input that no case had before.
func (c *caseChecker) countUnit(r record) {
	if r.Expect.Type != "" {
		c.stats.types[r.Expect.Type]++
	}
	if r.IsConversation() {
		c.stats.conversations++
	}
	if r.Group == "" {
		c.stats.single++
	} else {
		c.stats.groups[r.Group] = true
	}
	if c.units != nil {
		c.units.add(r.Case)
	}
	text := r.identity()
	if text == "" {
		return
	}
	b := []byte(text)
	for _, name := range sortedKeys(r.Vars) {
		b = append(append(append(append(b, 0), name...), 0), r.Vars[name]...)
	}
	sum := sha256.Sum256(b)
	first, isRepeated := c.first[sum]
	switch {
	case !isRepeated:
		c.first[sum] = r.ID
	case len(c.repeated) < maxRepeated:
		c.repeated.Add(warning(r.place("input").Problem("the input is that of case "+first,
			"a second look at one input is no second case: change it, remove it, or use --trials")))
	}
}

func (c *caseChecker) id(r record, fail func(message, hint string, path ...any)) {
	const hint = "use letters, digits and - _ . between them"
	at := r.place("id")
	if bad := badWord(r.ID); bad != "" {
		fail("the id "+bad, hint+", as it is typed after --case and is part of file names", "id")
	} else if strings.HasPrefix(r.ID, "-") || strings.ContainsAny(r.ID, "\"'`\\<>|&;*?$") {
		fail(fmt.Sprintf("the id %q holds a character that means something to shells or file systems", r.ID), hint, "id")
	}
	if first, isRepeated := c.ids[r.ID]; isRepeated {
		fail(fmt.Sprintf("the id %s appears twice", r.ID), first.String(), "id")
		return
	}
	c.ids[r.ID] = place{at.Line, at.Column}
	alike := strings.ToLower(norm.NFKC.String(r.ID))
	switch other, isThere := c.alike[alike]; {
	case !isThere:
		c.alike[alike] = r.ID
	case len(c.repeated) < maxRepeated:
		message := fmt.Sprintf("the id %s differs from %s only in the form of its letters", r.ID, other)
		c.repeated.Add(warning(at.Problem(message,
			"rename one of them, so that nobody mistakes it for the other")))
	}
}

func badWord(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "is empty"
	case utf8.RuneCountInString(s) > maxID:
		return fmt.Sprintf("has more than %d characters", maxID)
	}
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			return fmt.Sprintf("%q holds a space", s)
		case !unicode.IsPrint(r) && r != '\u200d': // the joiner of emoji
			return fmt.Sprintf("%q holds the invisible character U+%04X", s, r)
		}
	}
	return ""
}

func (l *loader) vars(n strictyaml.Node, vars map[string]string) {
	for _, name := range sortedKeys(vars) {
		if message, hint := badVar(name); message != "" {
			l.fail(n.AtKey(name), message, hint)
		}
	}
}

func badVar(name string) (message, hint string) {
	switch {
	case name == prompt.InputName:
		return "a var must not be named input", "{{input}} is the case's input"
	case !prompt.IsName(name):
		return fmt.Sprintf("a prompt cannot use a var named %q", name), "use letters, digits and _, no digit first"
	}
	return "", ""
}
