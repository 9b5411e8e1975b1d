package report

import (
	"fmt"
	"io"
	"slices"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/items"
)

// fewGaps is how many lines a finding about what is missing shows.
const fewGaps = 12

// GapsText prints what a suite lacks.
func GapsText(w io.Writer, g items.Gaps, o Options) error {
	p := &printer{w: w, o: o}
	cases := wording.Count(g.Cases, "case")
	if g.Units != g.Cases {
		cases += fmt.Sprintf(" (%d, counting each group of paraphrases once)", g.Units)
	}
	p.prose("", line(fmt.Sprintf("%s: %s", g.Suite, cases)))
	if all := slices.Concat(g.Types, g.Tags); len(all) > 0 {
		p.finding(thin(all), fewGaps)
	}
	if len(g.Rules) > 0 {
		f := itemFinding{
			title: fmt.Sprintf("%d of %s of %s %s no word in common with any case.", len(g.Rules),
				wording.Count(g.Read, "rule"), g.Prompt, wording.Verb(len(g.Rules), "have")),
			columns: []column{{Title: "place", Max: 28}, {Title: "rule", Max: 50}},
			todo:    "Add a case for each rule that depends on the input. A rule for every reply needs none.",
		}
		for _, r := range g.Rules {
			f.rows = append(f.rows, []string{r.Where, r.Text})
		}
		p.finding(f, fewGaps)
	}
	if len(g.Types)+len(g.Tags)+len(g.Rules) == 0 {
		p.prose("", "Nothing is missing: types and tags have enough cases, and cases mention every rule.")
	}
	return p.err
}

// GapsPriceText prints what it takes to ask an editor for inputs.
func GapsPriceText(w io.Writer, price items.Price, o Options) error {
	p := &printer{w: w, o: o}
	p.blank()
	p.prose(bold, line(fmt.Sprintf("Asking %s takes at most %s.", price.Editor, wording.Count(price.Calls, "call"))))
	said := fmt.Sprintf("%s, %d of them recorded; a broken answer is asked for again once",
		wording.Count(price.Requests, "request"), price.Recorded)
	cost := "cost unknown"
	if price.Cost != nil {
		cost = fmt.Sprintf("cost at most %.4f", *price.Cost)
	}
	p.sentences("", []string{said, cost})
	return p.err
}

// ProposedText prints proposed cases, as the id, the input and where it comes from.
func ProposedText(w io.Writer, rows [][]string, o Options) error {
	p := &printer{w: w, o: o}
	p.blank()
	p.prose(bold, fmt.Sprintf("%s.", wording.Count(len(rows), "proposed case")))
	if len(rows) > 0 {
		p.table([]column{{Title: "id", Max: 18}, {Title: "input", Max: 40}, {Title: "note", Max: 40}}, rows)
	}
	return p.err
}
