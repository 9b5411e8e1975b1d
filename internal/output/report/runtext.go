package report

import (
	"fmt"
	"io"
	"slices"

	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/summary"
)

// RunText prints a run for people: what it rests on, a line per grader, the
// types it confused, and the cases that failed.
func RunText(w io.Writer, s summary.Summary, o Options) error {
	p := &printer{w: w, o: o}
	p.sentences("", phrase.RunBasis(s))
	p.sentences(red, phrase.RunTroubles(s))
	p.blank()
	if len(s.Graders) == 0 {
		p.line("No trial was graded.")
		return p.err
	}
	p.table(graderColumns(s.Trials), graderRows(s.Graders, s.Trials))
	p.reliability(phrase.RunReliability(s.Graders))
	p.gates(s.Gates, o)
	if o.Brief {
		return p.err
	}
	returned := append(slices.Clone(s.Types), summary.Unread)
	p.confusion(s.Types, returned, func(i, j int) string { return fmt.Sprint(s.Confusion[i][j]) })
	p.failed(s, o)
	p.flaky(s, o)
	return p.err
}

// graderColumns has two columns more where cases were tried several times:
// pass^k, and how many cases are flaky.
func graderColumns(trials int) []column {
	columns := []column{
		{Title: "grader"}, {Title: "mean", Right: true}, {Title: "95% interval"}, {Title: "pass", Right: true}, {Title: "fail", Right: true},
		{Title: "unscored", Right: true}, {Title: "n/a", Right: true},
	}
	if trials > 1 {
		columns = append(columns, column{Title: fmt.Sprintf("pass^%d", trials), Right: true}, column{Title: "flaky", Right: true})
	}
	return columns
}

func graderRows(graders []summary.Grader, trials int) [][]string {
	rows := make([][]string, len(graders))
	for i, g := range graders {
		rows[i] = []string{
			g.Grader, phrase.Share(g.Mean), phrase.Between(g.CI, false), fmt.Sprint(g.Pass), fmt.Sprint(g.Fail), fmt.Sprint(g.Unscored), fmt.Sprint(g.NotApplicable),
		}
		if trials > 1 {
			rows[i] = append(rows[i], phrase.Share(g.PassAll), fmt.Sprint(g.Flaky))
		}
	}
	return rows
}

// gates says of every absolute gate whether it is met.
func (p *printer) gates(gates []summary.GateResult, o Options) {
	if len(gates) > 0 {
		p.blank()
	}
	for _, g := range gates {
		color := green
		if !g.Pass {
			color = red
		}
		p.line("%s", o.paint(color, line(g.String())))
	}
}

// flaky lists the cases that pass a grader in some trials only.
func (p *printer) flaky(s summary.Summary, o Options) {
	if len(s.Flaky) == 0 {
		return
	}
	p.blank()
	shown, more := s.Flaky, ""
	if !o.All && len(shown) > fewCases {
		shown, more = shown[:fewCases], fmt.Sprintf("; the first %d (--all)", fewCases)
	}
	p.line("Flaky, passing a grader in some trials only: %d%s", len(s.Flaky), more)
	rows := make([][]string, len(shown))
	for i, f := range shown {
		rows[i] = []string{f.Case, f.Grader, fmt.Sprintf("%d of %d", f.Passed, f.Scored)}
	}
	p.table([]column{{Title: "case", Max: idWidth}, {Title: "grader", Max: idWidth}, {Title: "trials that pass"}}, rows)
}

// confusion prints a table of the types that were mistaken for one another.
func (p *printer) confusion(expected, returned []string, cell func(i, j int) string) {
	if len(expected) == 0 {
		return
	}
	columns := []column{{Title: "said →"}}
	for _, t := range returned {
		columns = append(columns, column{Title: t, Right: true})
	}
	rows := make([][]string, len(expected))
	for i, t := range expected {
		rows[i] = []string{t}
		for j := range returned {
			rows[i] = append(rows[i], cell(i, j))
		}
	}
	p.blank()
	p.table(columns, rows)
}

func (p *printer) failed(s summary.Summary, o Options) {
	p.blank()
	if len(s.Failed) == 0 {
		p.line("No case fails.")
		return
	}
	shown := s.Failed
	head := phrase.FailedCases(s)
	if !o.All && len(shown) > fewCases {
		shown = shown[:fewCases]
		head += fmt.Sprintf("; the first %d (--all, or show --case ID)", fewCases)
	}
	p.prose("", head+":")
	lines := caseTable{first: "case", sides: []string{"said"}, last: "fails", width: o.width()}
	for _, c := range shown {
		lines.rows = append(lines.rows, caseLine{id: c.ID, input: c.Case.Input, sides: []string{phrase.ReplyRead(c.Type, c.Items, c.Error)}, last: phrase.FailedGraders(c)})
	}
	p.check(lines.write(p.w))
}
