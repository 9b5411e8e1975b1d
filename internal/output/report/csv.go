package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// sheet writes CSV for spreadsheets: of a run a row for each trial, of a comparison a row for each case, and columns
// for each grader behind those that every file has.
type sheet struct {
	w       io.Writer
	columns []string
	per     []string // what follows a grader's name in the titles of its columns
	graders []string
	rows    []sheetRow
}

// A sheetRow has its cells by grader, as results may differ in those.
type sheetRow struct {
	cells    []string
	byGrader map[string][]string
}

// addGrader adds a grader's columns.
func (s *sheet) addGrader(grader string) {
	if !slices.Contains(s.graders, grader) {
		s.graders = append(s.graders, grader)
	}
}

func (s *sheet) Run(r Run) error {
	s.columns = []string{
		"run", "prompt", "model", "case", "trial", "group", "tags", "input", "expected_type", "type", "items",
		"reply", "thinking", "defects", "error", "input_tokens", "output_tokens", "latency_ms", "drawn",
	}
	s.per = []string{"", "_outcome", "_reason"}
	h := r.Run.Header
	for _, g := range r.Summary.Graders {
		s.addGrader(g.Grader)
	}
	for i := range r.Run.Cases {
		c := &r.Run.Cases[i]
		trials := r.Run.TrialsOf(c.Case)
		for k := range trials {
			t := &trials[k]
			cells := []string{
				text(h.Run), text(h.Prompt.Name), text(h.Model.ID), text(c.Case), fmt.Sprint(t.Trial), text(c.Group),
				text(strings.Join(c.Tags, " ")), text(c.Input), text(c.Expect.Type),
			}
			drawn := text(phrase.Drawn(h.DrawOf(), len(r.Run.Cases)))
			row := sheetRow{cells: append(append(cells, replyCells(r.Run, t)...), drawn), byGrader: map[string][]string{}}
			for at, g := range r.Summary.Graders {
				one := trials[k : k+1]
				cell := summary.CellOf(one, g.Grader, at)
				found := outcomeOf(cell)
				row.byGrader[g.Grader] = []string{value(cell), string(found), text(reasonOf(one, g.Grader, found))}
			}
			s.rows = append(s.rows, row)
		}
	}
	return nil
}

// replyCells are the columns of one trial: type, items, reply, thinking, defects, error, tokens and latency.
func replyCells(run *runfile.Run, t *runfile.Trial) []string {
	cells := make([]string, 9)
	if t.Read != nil {
		cells[0], cells[1] = text(t.Read.Type), fmt.Sprint(len(t.Read.Items))
		defects := make([]string, len(t.Read.Defects))
		for i, d := range t.Read.Defects {
			defects[i] = string(d.Code)
		}
		cells[4] = text(strings.Join(defects, " "))
	}
	if t.Error != nil {
		cells[5] = text(t.Error.Message)
	}
	call := summary.ReplyTo(run, t)
	if call == nil || call.Error != nil {
		return cells
	}
	cells[2], cells[3] = text(call.Reply), text(call.Thinking)
	if call.Usage != nil {
		cells[6], cells[7] = fmt.Sprint(call.Usage.InputTokens), fmt.Sprint(call.Usage.OutputTokens)
	}
	cells[8] = fmt.Sprint(call.LatencyMS)
	return cells
}

func (s *sheet) Pair(p Pair) error {
	c := p.Comparison
	s.columns = []string{
		"base", "head", "base_run", "head_run", "case", "group", "tags", "input", "expected_type", "change",
		"base_type", "head_type", "base_items", "head_items", "base_reply", "head_reply", "base_error", "head_error",
	}
	for _, m := range c.Metrics {
		s.columns = append(s.columns, "base_"+m.Metric, "head_"+m.Metric)
	}
	s.columns = append(s.columns, "verdict", "drawn")
	s.per = []string{"_base", "_head", "_change", "_reason", "_type_verdict"}
	for _, g := range c.Graders {
		s.addGrader(g.Grader)
	}
	for _, r := range c.Rows(-1) {
		base, head := p.Base.TrialsOf(r.Case.Case), p.Head.TrialsOf(r.Case.Case)
		row := sheetRow{byGrader: map[string][]string{}, cells: []string{
			text(c.Base.Name), text(c.Head.Name), text(c.Base.Run), text(c.Head.Run), text(r.Case.Case), text(r.Case.Group),
			text(strings.Join(r.Case.Tags, " ")), text(r.Case.Input), text(r.Case.Expect.Type), r.Change.String(),
			text(r.Base.Type), text(r.Head.Type), fmt.Sprint(r.Base.Items), fmt.Sprint(r.Head.Items),
			text(firstText(p.Base, r.Case.Case)), text(firstText(p.Head, r.Case.Case)), text(r.Base.Error), text(r.Head.Error),
		}}
		before, after := c.MetricsOf(r.Case.Case)
		for k := range before {
			row.cells = append(row.cells, number(before[k]), number(after[k]))
		}
		row.cells = append(row.cells, verdictOf(c), text(phrase.Drawn(c.Head.Draw, c.Head.Cases)))
		for k, m := range r.Marks {
			found := outcomeOf(summary.CellOf(head, m.Grader, k))
			row.byGrader[m.Grader] = []string{
				value(summary.CellOf(base, m.Grader, k)), value(summary.CellOf(head, m.Grader, k)), changeOf(m),
				text(reasonOf(head, m.Grader, found)), typeVerdict(c, m.Grader, r.Case.Expect.Type),
			}
		}
		s.rows = append(s.rows, row)
	}
	return nil
}

func (s *sheet) Variants(v Variants) error { return eachPair(v, s.Pair) }

func firstText(run *runfile.Run, id string) string {
	if call := firstReply(run, id); call != nil {
		return call.Reply
	}
	return ""
}

// verdictOf names the verdict as JSON does, empty if there is none.
func verdictOf(c *compare.Comparison) string {
	if c.Verdict == nil {
		return ""
	}
	return string(*c.Verdict)
}

// typeVerdict is the verdict on the slice of a type by a grader, empty if there is none.
func typeVerdict(c *compare.Comparison, grader, expected string) string {
	for _, s := range c.Slices {
		if s.Grader == grader && s.Value == expected {
			return string(s.Verdict)
		}
	}
	return ""
}

// changeOf names what became of a case by one grader.
func changeOf(m compare.Mark) string {
	switch {
	case m.Excluded:
		return string(notApplicable)
	case m.Base == nil || m.Head == nil:
		return "left_out"
	case m.Flipped() && m.BasePass:
		return compare.NewlyFails.String()
	case m.Flipped():
		return compare.NewlyPasses.String()
	case m.Changed():
		return compare.Moved.String()
	}
	return compare.Unchanged.String()
}

// value is a grader's mean over the trials, empty where there is none.
func value(c summary.Cell) string {
	if c.Scored == 0 || c.Excluded {
		return ""
	}
	return number(summary.Number(c.Mean()))
}

// formulas are the characters that a cell begins with where a spreadsheet may take it for a formula.
const formulas = "=+-@＝＋－＠\t\n"

// text makes a text from outside fit for a spreadsheet: an apostrophe keeps it text.
func text(s string) string {
	s = textsafe.Block(s)
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formulas, first) {
		return "'" + s
	}
	return s
}

func (s *sheet) Close() error {
	out := csv.NewWriter(s.w)
	head := slices.Clone(s.columns)
	for _, g := range s.graders {
		for _, after := range s.per {
			head = append(head, text(g+after))
		}
	}
	lines := [][]string{head}
	for _, r := range s.rows {
		line := r.cells
		for _, g := range s.graders {
			cells := r.byGrader[g]
			if cells == nil {
				cells = make([]string, len(s.per))
			}
			line = append(line, cells...)
		}
		lines = append(lines, line)
	}
	return out.WriteAll(lines)
}
