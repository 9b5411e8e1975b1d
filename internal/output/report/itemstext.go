package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/items"
)

// fewItems is how many lines a finding about a suite shows.
const fewItems = 5

// An itemFinding is one thing to know about a suite.
type itemFinding struct {
	title   string
	columns []column
	rows    [][]string
	ids     []string // cases, in place of rows
	todo    string
}

// ItemsText prints what the cases and the graders of a suite are worth, the most useful first.
func ItemsText(w io.Writer, a items.Analysis, o Options) error {
	p := &printer{w: w, o: o}
	cases := wording.Count(a.Cases, "case")
	if a.Units != a.Cases {
		cases += fmt.Sprintf(" (%d, counting each group of paraphrases once)", a.Units)
	}
	basis := "no complete run"
	if a.Runs > 0 {
		basis = fmt.Sprintf("%s of %s on %s, %s", wording.Count(a.Runs, "complete run"),
			wording.Count(a.Revisions, "revision"), wording.Count(a.Models, "model"), replies(a.Replies))
	}
	p.prose("", line(fmt.Sprintf("%s: %s; %s", a.Suite, cases, basis)))
	found, clean := itemFindings(a)
	for _, f := range found {
		p.finding(f, fewItems)
	}
	p.blank()
	if len(clean) > 0 {
		p.prose("", "Nothing found: "+strings.Join(clean, ", ")+".")
	}
	for _, note := range itemNotes(a) {
		p.prose("", "note: "+note)
	}
	return p.err
}

// finding prints a finding with so many of its rows.
func (p *printer) finding(f itemFinding, most int) {
	p.blank()
	p.prose(bold, line(f.title))
	if len(f.rows) > 0 {
		p.table(f.columns, f.rows[:min(len(f.rows), most)])
	}
	if len(f.ids) > 0 {
		p.line("%s", line(shortened(f.ids, p.o.width()-2)))
	}
	if more := len(f.rows) - most; more > 0 {
		p.line("… %d more (--format json has all)", more)
	}
	p.prose("", "→ "+f.todo)
}

// ItemsProblems are the same findings as warnings about the suite's file.
func ItemsProblems(a items.Analysis, file string) problem.List {
	var out problem.List
	found, _ := itemFindings(a)
	for _, f := range found {
		message := strings.TrimSuffix(f.title, ".")
		if len(f.ids) > 0 {
			message += ": " + shortened(f.ids, 300)
		}
		hint := strings.TrimSuffix(f.todo, ".")
		out.Add(problem.Problem{File: file, Severity: problem.Warning, Message: message, Hint: hint})
	}
	return out
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return fmt.Sprintf("%d replies", n)
}

// shortened lists as many ids as fit into so many columns, and says how many more there are.
func shortened(ids []string, width int) string {
	out := ""
	for i, id := range ids {
		next := out
		if i > 0 {
			next += ", "
		}
		next += id
		rest := len(ids) - i - 1
		if i > 0 && textsafe.Width(next)+len(" and 9999 more") > width {
			return fmt.Sprintf("%s and %d more", out, rest+1)
		}
		out = next
	}
	return out
}

func itemNotes(a items.Analysis) []string {
	var out []string
	if a.Compared == 0 {
		out = append(out, "no two revisions ran on one model, so nothing says which cases tell revisions apart")
	}
	if a.Repeated == 0 {
		out = append(out, "no revision ran twice on one model, so nothing says which cases flip by chance; "+
			"promptbench noise runs a revision twice")
	}
	if a.LeftOut > 0 {
		out = append(out, fmt.Sprintf("not counted: %s that cannot be read, or that a program would have to grade again",
			wording.Count(a.LeftOut, "run")))
	}
	return out
}

// itemFindings returns what there is to know, the most useful first, and what was looked for in vain.
func itemFindings(a items.Analysis) (found []itemFinding, clean []string) {
	add := func(n int, what string, f itemFinding) {
		if n == 0 {
			if what != "" {
				clean = append(clean, what)
			}
			return
		}
		found = append(found, f)
	}
	shown := itemFinding{
		title: fmt.Sprintf("%s nearly %s a text in a prompt, so a model that copies passes them.",
			wording.Count(len(a.Shown), "input"), wording.Verb(len(a.Shown), "equal")),
		columns: []column{
			{Title: "case", Max: 24}, {Title: "prompt", Max: 24}, {Title: "alike", Right: true}, {Title: "text", Max: 21},
		},
		todo: "Change the case or the example.",
	}
	for _, s := range a.Shown {
		shown.rows = append(shown.rows, []string{s.Case, s.Prompt, percent(s.Similarity), s.Text})
	}
	add(len(a.Shown), "inputs shown in prompts", shown)

	twice := itemFinding{
		columns: []column{{Title: "cases", Max: 66}, {Title: "alike", Right: true}},
		todo:    "Drop one, or give them one group if they are paraphrases.",
	}
	several := 0
	for _, d := range a.Duplicates {
		several += len(d.Cases)
		ids := shortened(d.Cases, 50)
		if d.Sealed > 0 {
			ids += fmt.Sprintf(" and %s", wording.Count(d.Sealed, "sealed case"))
		}
		twice.rows = append(twice.rows, []string{ids, percent(d.Similarity)})
	}
	twice.title = fmt.Sprintf("%s nearly %s others of the suite, so one finding counts several times.",
		wording.Count(several, "input"), wording.Verb(several, "equal"))
	add(len(a.Duplicates), "near-duplicates", twice)

	lost := alwaysFailing(a)
	add(len(lost.rows), failing(a), lost)
	add(len(a.Flips), flipping(a), flips(a))
	found, clean = graderFindings(a, found, clean)

	add(len(a.Constant), "", itemFinding{
		title: fmt.Sprintf("%d of %s never %s revisions apart.", len(a.Constant),
			wording.Count(a.Compared, "compared case"), wording.Verb(len(a.Constant), "tell")),
		ids:  a.Constant,
		todo: "They guard what works, or fail whatever you try. To find differences, add other cases.",
	})
	add(len(a.Thin), "types and tags with too few cases", thin(a.Thin))
	return found, clean
}

func failing(a items.Analysis) string {
	if a.Compared == 0 {
		return ""
	}
	return "cases that always fail"
}

func flipping(a items.Analysis) string {
	if a.Repeated == 0 {
		return ""
	}
	return "cases that flip by chance"
}

// alwaysFailing are the cases that fail a gating grader under every revision, unless that grader passes nothing.
func alwaysFailing(a items.Analysis) itemFinding {
	fails := map[string][]string{}
	var ids []string
	for _, g := range a.Graders {
		if !g.Gating || g.Idle() {
			continue
		}
		for _, id := range g.Never {
			if fails[id] == nil {
				ids = append(ids, id)
			}
			fails[id] = append(fails[id], g.Grader)
		}
	}
	slices.SortStableFunc(ids, func(x, y string) int { return len(fails[y]) - len(fails[x]) })
	f := itemFinding{
		title: fmt.Sprintf("%s %s a gating grader under every revision.", wording.Count(len(ids), "case"),
			wording.Verb(len(ids), "fail")),
		columns: []column{{Title: "case", Max: 30}, {Title: "fails", Max: 46}},
		todo:    "Check what they expect: a wrong label looks like this.",
	}
	for _, id := range ids {
		f.rows = append(f.rows, []string{id, strings.Join(fails[id], ", ")})
	}
	return f
}

func flips(a items.Analysis) itemFinding {
	ids := map[string]bool{}
	f := itemFinding{
		columns: append(
			[]column{{Title: "case", Max: 24}, {Title: "grader", Max: 20}, {Title: "revision and model", Max: 22}},
			right("passes")...),
		todo: "Make the case or the grader clearer, or run it with --trials 3 or more.",
	}
	for _, one := range a.Flips {
		ids[one.Case] = true
		f.rows = append(f.rows, []string{
			one.Case, one.Grader, one.Prompt + " · " + one.Model, fmt.Sprintf("%d of %d", one.Passed, one.Trials),
		})
	}
	f.title = fmt.Sprintf("%d of %s flip from run to run of one revision.", len(ids),
		wording.Count(a.Repeated, "repeated case"))
	return f
}

func graderFindings(a items.Analysis, found []itemFinding, clean []string) (all []itemFinding, without []string) {
	if len(a.Together) > 0 {
		f := itemFinding{
			title: fmt.Sprintf("%s of graders %s together: each tests nearly the same thing twice.",
				wording.Count(len(a.Together), "pair"), wording.Verb(len(a.Together), "move")),
			columns: append([]column{{Title: "graders", Max: 52}}, right("agree", "replies")...),
			todo:    "Let one of each pair gate, or drop it.",
		}
		for _, t := range a.Together {
			f.rows = append(f.rows, []string{t.Graders[0] + " and " + t.Graders[1], percent(t.Agree), fmt.Sprint(t.Replies)})
		}
		found = append(found, f)
	} else if a.Replies > 0 {
		clean = append(clean, "graders that move together")
	}
	idle := itemFinding{
		columns: []column{{Title: "grader", Max: 40}, {Title: "every reply"}, {Title: "replies", Right: true}},
		todo:    "They cost a comparison nothing. Drop those that guard nothing, and check those that nothing passes.",
	}
	for _, g := range a.Graders {
		if g.Idle() {
			said := "fails"
			if g.Passed > 0 {
				said = "passes"
			}
			idle.rows = append(idle.rows, []string{g.Grader, said, fmt.Sprint(g.Scored)})
		}
	}
	switch n := len(idle.rows); {
	case n > 0:
		idle.title = fmt.Sprintf("%s %s the same of every reply.", wording.Count(n, "grader"), wording.Verb(n, "say"))
		found = append(found, idle)
	case a.Replies > 0:
		clean = append(clean, "idle graders")
	}
	return found, clean
}

func thin(list []items.Thin) itemFinding {
	f := itemFinding{
		columns: append([]column{{Title: "", Max: 4}, {Title: "", Max: 30}}, right("cases", "detects a drop of", "needs")...),
		todo:    "Add cases where a drop would matter most.",
	}
	types := 0
	for _, t := range list {
		if t.By == items.ByType {
			types++
		}
		drop := "no drop"
		if t.Drop != nil {
			drop = wording.Count(int(math.Round(100**t.Drop)), "point")
		}
		f.rows = append(f.rows, []string{t.By, t.Value, fmt.Sprint(t.Units), drop, fmt.Sprintf("%d more", t.More)})
	}
	tags := len(list) - types
	f.title = fmt.Sprintf("%s and %s have too few cases to reliably show a drop of 10 points.",
		wording.Count(types, "type"), wording.Count(tags, "tag"))
	return f
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", math.Floor(100*share)) }
