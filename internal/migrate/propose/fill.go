package propose

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/label"
)

// Proposed is a file of proposed cases. Those with a [Blank] as their type are to be labelled.
type Proposed struct {
	Types  []string // of the suite
	Blanks []label.Case

	path  string
	lines []string
	at    map[string]place // of a case with a blank, by its id
}

// place is where a case stands in the file, in lines from 0.
type place struct{ first, end, blank, column int }

// Open reads a file of proposed cases. What is wrong with it, but for its blanks, is a [problem.List].
func Open(path string) (*Proposed, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, problem.List{{File: path, Message: "reading the proposed cases: " + err.Error(),
			Hint: "make them with promptbench cases from FILE -o proposed.yaml"}}
	}
	doc, probs := strictyaml.Parse(path, data)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	f := &Proposed{path: path, lines: strings.SplitAfter(string(data), "\n"), at: map[string]place{}}
	items := doc.Root().Get("cases").Items()
	blanks := map[[2]int]bool{}
	for i, item := range items {
		blank := item.Get("expect").Get("type")
		if blank.Text() != Blank {
			continue
		}
		p := place{end: len(f.lines)}
		p.first, _ = item.Pos()
		if i+1 < len(items) {
			p.end, _ = items[i+1].Pos()
			p.end--
		}
		p.first--
		p.blank, p.column = blank.Pos()
		blanks[[2]int{p.blank, p.column}] = true
		p.blank--
		c := label.Case{ID: item.Get("id").Text(), Input: item.Get("input").Text(), Note: item.Get("note").Text()}
		f.Blanks, f.at[c.ID] = append(f.Blanks, c), p
	}
	loaded, probs := suite.Load(path)
	probs = slices.DeleteFunc(probs, func(p problem.Problem) bool { return blanks[[2]int{p.Line, p.Column}] })
	f.Types = loaded.Rules.Types
	if err := probs.Err(); err != nil {
		return nil, err
	}
	if len(f.Blanks) == 0 {
		return nil, problem.List{{
			File: path, Message: "no case has " + Blank + " as its type, so there is nothing to label",
			Hint: "name a file that promptbench cases from wrote",
		}}
	}
	return f, nil
}

// A Filling is a file with the labels of people in it.
type Filling struct {
	YAML                  []byte
	Filled, Dropped, Open int
	Differ                []string // ids of cases that people label differently; they stay open
}

// Fill puts the labels of people into the file: the type, and the range if there is one. Cases that people drop are
// left out. A case that nobody labelled, or that people label differently, keeps its blank.
func (f *Proposed) Fill(labels []label.CaseLabel) Filling {
	lines, out := slices.Clone(f.lines), Filling{}
	said := map[string][]label.CaseLabel{}
	for _, l := range label.LatestCases(labels) {
		said[l.Case+" "+l.Text] = append(said[l.Case+" "+l.Text], l)
	}
	for _, c := range f.Blanks {
		all, p := said[c.ID+" "+c.Text()], f.at[c.ID]
		switch {
		case len(all) == 0 || all[0].Answer == label.Accept && !slices.Contains(f.Types, all[0].Type):
			out.Open++
		case !slices.ContainsFunc(all, func(l label.CaseLabel) bool { return !isSame(l, all[0]) }):
			if all[0].Answer == label.Drop {
				out.Dropped++
				for i := p.first; i < p.end; i++ {
					lines[i] = ""
				}
				continue
			}
			out.Filled++
			lines[p.blank] = filled(lines[p.blank], p.column, all[0])
		default:
			out.Open++
			out.Differ = append(out.Differ, c.ID)
		}
	}
	out.YAML = []byte(strings.Join(lines, ""))
	return out
}

func isSame(a, b label.CaseLabel) bool {
	return a.Answer == b.Answer && a.Type == b.Type && bounds(a.Count) == bounds(b.Count)
}

// filled is a line with a type, and a range if there is one, in place of its blank at a column from 1.
func filled(line string, column int, l label.CaseLabel) string {
	runes := []rune(line)
	before, after := string(runes[:column-1]), strings.TrimPrefix(string(runes[column-1:]), Blank)
	count := bounds(l.Count)
	if count == "" {
		return before + l.Type + after
	}
	if key := strings.TrimSuffix(before, "type: "); strings.TrimSpace(key) == "" { // a line of its own
		return before + l.Type + strings.TrimRight(after, "\r\n") + "\n" + key + "count: " + count + "\n"
	}
	return before + l.Type + ", count: " + count + after
}

// bounds writes a range as YAML; empty where there is none.
func bounds(r *graders.Range) string {
	var parts []string
	if r != nil && r.Min != nil {
		parts = append(parts, fmt.Sprintf("min: %d", *r.Min))
	}
	if r != nil && r.Max != nil {
		parts = append(parts, fmt.Sprintf("max: %d", *r.Max))
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
