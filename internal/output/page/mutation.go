package page

import (
	"io"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/mutation"
)

// A mutationView is which mutants a suite notices, for the template.
type mutationView struct {
	Lead, Headline string
	Notes, After   []string
	IsPlan         bool // nothing is asked yet
	Rows           []mutationRow
	Survivors      []phrase.Survivor
}

type mutationRow struct {
	phrase.MutationRow

	What, Class string // of the outcome's pill
}

// Mutation writes which mutants of a prompt a suite notices as one file: a table, and what would notice the survivors.
func Mutation(w io.Writer, r mutation.Result) error {
	v := mutationView{
		Lead:     textsafe.Cell("Does " + r.Suite + " notice a broken " + r.Prompt + "?"),
		Headline: textsafe.Cell(phrase.MutationHeadline(r)), Notes: cells(phrase.MutationBasis(r)), IsPlan: r.Plan != nil,
	}
	if v.IsPlan {
		v.After = cells(phrase.MutationPlan(r))
	} else {
		v.After = cells(phrase.MutationNotes(r))
	}
	for i, row := range phrase.MutationRows(r.Mutants) {
		out := mutationRow{MutationRow: row, What: textsafe.Cell(phrase.MutantText(r.Mutants[i].Mutant))}
		out.ID, out.By = textsafe.Cell(row.ID), textsafe.Cell(row.By)
		switch {
		case row.IsNoticed:
			out.Class = "improved"
		case row.Survives:
			out.Class = "regressed"
		}
		v.Rows = append(v.Rows, out)
	}
	for _, s := range phrase.Survivors(r) {
		v.Survivors = append(v.Survivors, phrase.Survivor{
			ID: textsafe.Cell(s.ID), What: textsafe.Cell(s.What), Advice: cells(s.Advice),
		})
	}
	return write(w, "mutation.tmpl", frame{Title: textsafe.Cell("Mutants of " + r.Prompt)}, v)
}
