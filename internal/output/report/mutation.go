package report

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/page"
	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/mutation"
)

// Mutation prints which mutants of a prompt a suite notices in a format.
func Mutation(format string, w io.Writer, r mutation.Result, o Options) error {
	switch format {
	case Table:
		return mutationText(w, r, o)
	case JSON:
		return WriteJSON(w, r)
	case Markdown:
		return mutationMarkdown(w, r, o)
	case JUnit:
		return mutationJUnit(w, r)
	case HTML:
		return page.Mutation(w, r)
	case CSV:
		return mutationCSV(w, r)
	}
	return fmt.Errorf("unknown format %q", format)
}

func mutationText(w io.Writer, r mutation.Result, o Options) error {
	p := &printer{w: w, o: o}
	p.prose(bold, line(phrase.MutationHeadline(r)))
	p.sentences("", phrase.MutationBasis(r))
	p.blank()
	rows := phrase.MutationRows(r.Mutants)
	cells := make([][]string, len(rows))
	columns := []column{{Title: "mutant", Max: 40}, {Title: "calls", Right: true}, {Title: "changes"}}
	for i, row := range rows {
		cells[i] = []string{row.ID, row.Calls, phrase.MutantText(r.Mutants[i].Mutant)}
	}
	if r.Plan == nil {
		columns = []column{{Title: "mutant", Max: 40}, {Title: "outcome"}, {Title: "cases", Right: true}, {Title: "by"}}
		for i, row := range rows {
			cells[i] = []string{row.ID, row.Outcome, row.Cases, row.By}
		}
	}
	last := len(columns) - 1
	columns[last].Max = max(leastID, p.o.width()-widthBefore(columns, cells))
	p.table(columns, cells)
	p.blank()
	if r.Plan != nil {
		p.sentences("", phrase.MutationPlan(r))
		return p.err
	}
	p.sentences("", phrase.MutationNotes(r))
	for i, s := range phrase.Survivors(r) {
		if i == 0 {
			p.blank()
			p.prose(bold, "What would notice the survivors")
		}
		p.prose(yellow, line(s.ID+" · "+s.What))
		for _, a := range s.Advice {
			p.prose("", hanging+line(a))
		}
	}
	return p.err
}

// mutationMarkdown prints the mutants for a comment on a pull request.
func mutationMarkdown(w io.Writer, r mutation.Result, o Options) error {
	m := &markdown{w: w, o: o}
	d := m.begin("Does the suite notice a broken prompt? " + code(r.Prompt))
	d.add("<strong>" + mdText(phrase.MutationHeadline(r), mdSentence) + "</strong>\n\n")
	d.lines(phrase.MutationBasis(r))
	rows := phrase.MutationRows(r.Mutants)
	if r.Plan != nil {
		d.table([]string{"mutant", "calls", "changes"}, "lrl", mdHunks, len(rows), func(i int) []string {
			return []string{code(rows[i].ID), rows[i].Calls, code(phrase.MutantText(r.Mutants[i].Mutant))}
		})
		d.lines(phrase.MutationPlan(r))
		return m.end(d)
	}
	d.table([]string{"mutant", "outcome", "cases", "by"}, "llrl", mdHunks, len(rows), func(i int) []string {
		outcome := rows[i].Outcome
		if rows[i].Survives {
			outcome = "<strong>" + outcome + "</strong>"
		}
		return []string{code(rows[i].ID), outcome, rows[i].Cases, mdText(rows[i].By, mdName)}
	})
	d.lines(phrase.MutationNotes(r))
	for _, s := range phrase.Survivors(r) {
		d.lines(append([]string{s.ID + " · " + s.What}, s.Advice...))
	}
	return m.end(d)
}

// mutationJUnit writes a test case for each mutant and each control. A survivor fails, and so does a control that is
// noticed.
func mutationJUnit(w io.Writer, r mutation.Result) error {
	suite := junitSuite{Name: textsafe.Cell("mutants of " + r.Prompt), Properties: []junitProperty{
		{"prompt", textsafe.Cell(r.Prompt)}, {"run", r.Run}, {"model", textsafe.Cell(r.Model)}, {"score", number(r.Score)},
		{"result", textsafe.Cell(phrase.MutationHeadline(r))},
	}}
	class := r.Suite + ".mutants"
	for i, row := range phrase.MutationRows(r.Mutants) {
		one, m := junitCase{Name: row.ID, Class: class}, r.Mutants[i]
		switch {
		case row.Survives:
			one.Failure = inShort("survives", strings.Join(m.Advice, "; "), textsafe.Block(phrase.MutantText(m.Mutant)))
		case row.IsNoticed:
			one.Out = textsafe.Block("noticed by " + row.By)
		default:
			one.Skipped = inShort("", "not run", "")
		}
		suite.add(one)
	}
	for _, row := range phrase.MutationRows(r.Controls.Runs) {
		one := junitCase{Name: row.ID, Class: class}
		if row.IsNoticed {
			one.Failure = inShort("false alarm", "the unchanged prompt is noticed by "+row.By, "")
		}
		suite.add(one)
	}
	text, err := xml.MarshalIndent(junitFile{
		Name: "promptbench", junitCounts: suite.junitCounts, Suites: []junitSuite{suite},
	}, "", " ")
	if err != nil {
		return fmt.Errorf("writing JUnit XML: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// mutationCSV writes a row for each mutant and each control.
func mutationCSV(w io.Writer, r mutation.Result) error {
	rows := [][]string{{
		"prompt", "mutant", "rule", "where", "text", "outcome", "by", "verdict", "cases", "calls", "changed_replies", "run",
		"advice",
	}}
	for _, list := range [][]mutation.Outcome{r.Mutants, r.Controls.Runs} {
		for i, row := range phrase.MutationRows(list) {
			m := list[i]
			rows = append(rows, []string{
				text(r.Prompt), text(m.ID), string(m.Rule), text(m.Where), text(m.Text), row.Outcome, text(row.By),
				phrase.MutationVerdict(m), fmt.Sprint(m.Cases), row.Calls, fmt.Sprint(m.Changed), text(m.Run),
				text(strings.Join(m.Advice, "; ")),
			})
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}
