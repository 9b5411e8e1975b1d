package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/search"
)

// ImproveText prints what a search for a better revision came to.
func ImproveText(w io.Writer, r search.Result, o Options) error {
	p := &printer{w: w, o: o}
	color := yellow
	if r.Found {
		color = green
	}
	p.prose(color, line(phrase.Found(r)))
	basis := fmt.Sprintf("suite %s · model %s · editor %s · %s raced on, %s sealed",
		r.Suite, r.Model, r.Editor, wording.Count(r.Open, "case"), wording.Count(r.Sealed, "case"))
	p.prose("", line(basis))
	p.sentences("", phrase.SearchNotes(r))
	if len(r.Changes) > 0 {
		p.blank()
		p.prose(bold, "What changed")
		if r.Says != "" {
			p.prose("", line("The editor says: "+r.Says))
		}
	}
	for _, c := range r.Changes {
		p.prose("", line(c.Where)+":")
		p.changed("- ", c.Base, red)
		p.changed("+ ", c.Head, green)
	}
	var rows [][]string
	for _, round := range r.Rounds {
		for _, t := range round.Tried {
			kept := ""
			if t.Kept {
				kept = "kept"
			}
			rows = append(rows, []string{
				fmt.Sprint(round.Round), line(t.Name), line(strings.Join(t.Of, ", ")), fmt.Sprint(t.Asked),
				phrase.Decimals(t.Mean), kept, line(t.Aim),
			})
		}
	}
	if len(rows) > 0 {
		p.blank()
		p.prose(bold, "What was tried")
		columns := []column{
			{Title: "round"}, {Title: "candidate", Max: idWidth}, {Title: "of", Max: idWidth}, {Title: "cases", Right: true},
			{Title: "mean", Right: true}, {Title: "kept"}, {Title: "aim", Max: 40},
		}
		p.table(columns, rows)
	}
	if r.Comparison != nil && p.err == nil {
		p.blank()
		p.prose(bold, "On the sealed cases")
		o.Brief = true
		p.check(ComparisonText(w, r.Comparison, phrase.Commands{}, o))
	}
	return p.err
}

// changed prints the lines of a side of a change.
func (p *printer) changed(mark, text, color string) {
	if text == "" {
		return
	}
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line("%s%s", hanging, p.o.paint(color, mark+line(l)))
	}
}

// PriceText prints what a search would take.
func PriceText(w io.Writer, s search.Price, o Options) error {
	p := &printer{w: w, o: o}
	calls := wording.Count(s.Calls, "call")
	p.prose(bold, line(fmt.Sprintf("Improving %s on %s takes at most %s.", s.Base, s.Suite, calls)))
	rows := [][]string{
		{fmt.Sprintf("%s on %s that are not sealed", line(s.Base), wording.Count(s.Open, "case")), fmt.Sprint(s.New)},
		{"candidates that race on them, at most", fmt.Sprint(s.Racing)},
		{"the editor, at most", fmt.Sprint(s.Editing)},
		{fmt.Sprintf("base and candidate on %s, at most", wording.Count(s.Sealed, "sealed case")), fmt.Sprint(s.Final)},
	}
	if s.Rounds > 0 {
		rows = append(rows, []string{"results of tools, at most", fmt.Sprint(s.Rounds)})
	}
	p.table([]column{{Title: "what"}, {Title: "calls", Right: true}}, rows)
	p.sentences("", phrase.PriceNotes(s))
	return p.err
}
