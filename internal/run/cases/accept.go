package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/caselist"
	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/propose"
	"promptbench/internal/record/replace"
	"promptbench/internal/run/project"
)

// AcceptAll in place of an id accepts every proposed case that a person has labelled.
const AcceptAll = "all"

// An Accepted says what [Accept] moved.
type Accepted struct {
	IDs   []string // of the cases
	File  string   // that has them now
	Left  int      // cases that are still proposed
	Group []string // cases that got the group of a paraphrase
	Hints []string // what is left to a person
}

const maxFile = 32 << 20 // bytes

// Accept moves labelled cases from a file of proposed cases into the file that has the cases of the project's suite.
// Comments and layout of both files stay. Each want is an id, ID=TYPE, which labels the case, or [AcceptAll]. A case
// without an expected type, or that repeats one of the suite, is an error, and nothing changes.
func Accept(ctx context.Context, o project.Options, file string, want []string) (*Accepted, error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return nil, err
	}
	data, err := inputfile.Read(file, maxFile)
	if err != nil {
		return nil, problem.List{{
			File: file, Message: "reading the proposed cases: " + err.Error(),
			Hint: "name the file with --proposed; promptbench cases suggest -o " + file + " writes one",
		}}
	}
	proposed, err := caselist.Parse(file, data)
	if err != nil {
		return nil, err
	}
	proposed, ids, err := labelled(p.Suite, proposed, want)
	if err != nil {
		return nil, err
	}
	target, err := targetOf(p.Suite.Path)
	if err != nil {
		return nil, err
	}
	out := &Accepted{IDs: ids, File: target.path, Left: len(proposed.Cases()) - len(ids)}
	added, err := target.with(p.Suite, proposed, out)
	if err != nil {
		return nil, err
	}
	if err := write(target.path, added); err != nil {
		return nil, err
	}
	_, probs := suite.Load(p.Suite.Path)
	if err := probs.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("the suite would be invalid, so it stays as it was: %w", err),
			write(target.path, target.data))
	}
	if out.Left == 0 {
		return out, os.Remove(file)
	}
	rest, err := proposed.Without(ids...)
	if err != nil {
		return nil, err
	}
	return out, write(file, rest.Bytes())
}

// labelled are the cases that are wanted, with the types that were given. All problems come at once.
func labelled(s *suite.Suite, l *caselist.List, want []string) (*caselist.List, []string, error) {
	var ids []string
	var probs problem.List
	fail := func(id, message, hint string) {
		probs.Add(problem.Problem{File: l.Path(), Line: l.Line(id), Message: message, Hint: hint})
	}
	for _, one := range want {
		id, expected, isLabelled := strings.Cut(one, "=")
		switch {
		case id == AcceptAll && !isLabelled:
			for _, c := range l.Cases() {
				if c.Expect.Type != propose.Blank && !slices.Contains(ids, c.ID) {
					ids = append(ids, c.ID)
				}
			}
			continue
		case l.Line(id) == 0:
			var known []string
			for _, c := range l.Cases() {
				known = append(known, c.ID)
			}
			fail(id, "there is no proposed case "+id, strictyaml.DidYouMean(id, known))
			continue
		case isLabelled:
			var err error
			if l, err = l.SetType(id, expected); err != nil {
				return nil, nil, err
			}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, c := range l.Cases() {
		if !slices.Contains(ids, c.ID) {
			continue
		}
		types := s.Rules.Types
		if len(types) > 0 && !slices.Contains(types, c.Expect.Type) {
			message := fmt.Sprintf("the case %s expects the type %s", c.ID, c.Expect.Type)
			if c.Expect.Type == propose.Blank || c.Expect.Type == "" {
				message = fmt.Sprintf("the case %s has no expected type", c.ID)
			}
			fail(c.ID, message, fmt.Sprintf("label it, such as --accept %s=%s", c.ID, types[0]))
		}
		what, err := propose.Repeats(s, c)
		if err != nil {
			return nil, nil, err
		}
		if what != "" {
			fail(c.ID, fmt.Sprintf("the input of %s repeats %s", c.ID, what), "delete it from the proposed cases")
		}
	}
	if len(ids) == 0 && len(probs) == 0 {
		probs.Add(problem.Problem{
			File: l.Path(), Message: "no proposed case has an expected type", Hint: "replace each " + propose.Blank,
		})
	}
	return l, ids, probs.Err()
}

// A target is the file that has the cases of a suite.
type target struct {
	path string
	data []byte
	list *caselist.List // nil for JSON Lines
}

// targetOf finds the file with the cases of the suite at path: itself, the suite that it extends, or the file that
// either names.
func targetOf(path string) (target, error) {
	for range 2 {
		data, err := inputfile.Read(path, maxFile)
		if err != nil {
			return target{}, err
		}
		doc, probs := strictyaml.Parse(path, data)
		if err := probs.Err(); err != nil {
			return target{}, err
		}
		cases := doc.Root().Get("cases")
		switch cases.Kind() {
		case strictyaml.List:
			list, err := caselist.Parse(path, data)
			return target{path, data, list}, err
		case strictyaml.Mapping:
			return linesOf(path, cases.Get("file").Text())
		default:
			path = beside(path, doc.Root().Get("extends").Text())
		}
	}
	return target{}, fmt.Errorf("%s: %w", path, caselist.ErrNoList)
}

func linesOf(path, name string) (target, error) {
	file := beside(path, name)
	if ext := strings.ToLower(filepath.Ext(file)); ext != ".jsonl" && ext != ".ndjson" {
		return target{}, problem.List{{
			File: file, Message: "cases cannot be added to a file of this format",
			Hint: "add rows by hand, or keep the cases in the suite or in a .jsonl file",
		}}
	}
	data, err := inputfile.Read(file, maxFile)
	return target{path: file, data: data}, err
}

func beside(path, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(path), filepath.FromSlash(name))
}

// with is the text of the file with the accepted cases. A paraphrase of a case without a group gives it one, so that
// both count once; in a suite with a seal that is left to a person, since it can change which cases are sealed.
func (t target) with(s *suite.Suite, from *caselist.List, out *Accepted) ([]byte, error) {
	alone := map[string]bool{}
	for c, err := range s.All() {
		if err != nil {
			return nil, fmt.Errorf("reading the cases of the suite: %w", err)
		}
		alone[c.ID] = c.Group == ""
	}
	var cases []suite.Case
	var blocks []caselist.Block
	for _, id := range out.IDs {
		b, err := from.Block(id)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(from.Cases(), func(c suite.Case) bool { return c.ID == id })
		c := from.Cases()[at]
		blocks, cases = append(blocks, b), append(cases, c)
		switch of := c.Group; {
		case !alone[of] || slices.Contains(out.Group, of):
		case s.Share > 0:
			out.Hints = append(out.Hints, fmt.Sprintf("%s is a paraphrase of %s: give that case the group %s, too; "+
				"this can change which cases are sealed", id, of, of))
		default:
			out.Group = append(out.Group, of)
		}
	}
	if t.list == nil {
		data, err := caselist.AppendLines(t.data, cases...)
		for _, id := range out.Group {
			if err == nil {
				data, err = caselist.SetGroupInLines(data, id, id)
			}
		}
		return data, err
	}
	list, err := t.list.Append(blocks...)
	for _, id := range out.Group {
		if err == nil {
			list, err = list.SetGroup(id, id)
		}
	}
	if err != nil {
		return nil, err
	}
	return list.Bytes(), nil
}

func write(path string, data []byte) error {
	err := replace.File(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
