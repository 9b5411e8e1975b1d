package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// MarkdownLimit is how many bytes Markdown has at most: GitHub takes comments
// of 65,536 characters, and a little is left for what is put around them.
const MarkdownLimit = 64_000

// Limits of one result in Markdown.
const (
	mdCases    = 20 // in the fold
	mdGraders  = 40
	mdLines    = 12  // notes and warnings, each
	mdSentence = 600 // terminal columns
	mdInput    = 120
	mdReply    = 160
	mdWorst    = 3 // flips with both replies
	mdName     = 80
)

// markdown prints for a job summary or a comment: the sentence, the graders,
// and the first cases in a fold. It stays under [MarkdownLimit] and says what it
// leaves out.
type markdown struct {
	w       io.Writer
	o       Options
	used    int
	leftOut int // whole results
}

func (m *markdown) Run(r Run) error {
	s := r.Summary
	d := m.begin(fmt.Sprintf("%s on %s: %s", code(s.Prompt), code(s.Suite), phrase.FailedCases(s)))
	d.lines(append(phrase.RunBasis(s), phrase.RunTroubles(s)...))
	if s.Basis.Replies == 0 {
		d.gates(s.Gates)
		return m.end(d)
	}
	columns, rows := graderColumns(s.Trials), graderRows(s.Graders, s.Trials)
	titles, align := make([]string, len(columns)), ""
	for i, c := range columns {
		titles[i] = c.Title
		align += map[bool]string{true: "r", false: "l"}[c.Right]
	}
	d.table(titles, align, mdGraders, len(rows), func(i int) []string {
		return append([]string{code(rows[i][0])}, rows[i][1:]...)
	})
	d.lines(phrase.RunInforming(s.Graders))
	d.corrected(phrase.RunCorrected(s.Graders))
	d.gates(s.Gates)
	d.types(phrase.RunTypes(s))
	d.fold(phrase.FailedCases(s), len(s.Failed), []string{"case", "input", "said", "fails"}, func(i int) []string {
		c := s.Failed[i]
		said := phrase.Said(c.Said, c.Error)
		return []string{m.link(c.ID), code(c.Case.Input), code(said), code(phrase.FailedGraders(c))}
	})
	return m.end(d)
}

func (m *markdown) Pair(p Pair) error {
	c := p.Comparison
	d := m.begin(fmt.Sprintf("%s against %s: %s", code(c.Head.Name), code(c.Base.Name), phrase.Overall(c)))
	d.add("<strong>" + mdQuoted(c.Headline) + "</strong>\n\n")
	d.gates(c.Gates) // they decide whether a pull request passes
	first := ""
	if rows := c.Rows(1); len(rows) > 0 {
		first = rows[0].Case.Case
	}
	d.next(phrase.NextStep(c, p.Next, first))
	d.types(phrase.Types(c, c.Base.Name, c.Head.Name))
	d.lines(phrase.OtherSlices(c))
	m.worst(d, p)
	d.graders(c)
	d.lines(phrase.ComparisonBasis(c, m.o.Calls))
	d.lines(slices.Concat(phrase.Legend(c), phrase.Warnings(c.Graders), phrase.Informing(c), phrase.Pairwise(c)))
	d.corrected(phrase.PairCorrected(c))
	d.tags(c.Tags)
	flipped := c.FlippedCases()
	rows := c.Rows(min(mdCases, flipped))
	head := []string{"case", "input", code(c.Base.Name), code(c.Head.Name), "what changed"}
	d.fold(phrase.FlipCounts(c), flipped, head, func(i int) []string {
		r, sides := rows[i], phrase.Sides(rows[i])
		return []string{
			m.link(r.Case.Case), code(r.Case.Input), code(sides[0]), code(sides[1]), code(phrase.Differences(r.Marks)),
		}
	})
	return m.end(d)
}

func (m *markdown) Variants(v Variants) error {
	if len(v.Pairs) < 2 {
		return eachPair(v, m.Pair)
	}
	d := m.begin(fmt.Sprintf("%s against %s", wording.Count(len(v.Pairs), "variant"), code(v.Variants.Variants[0].Name)))
	d.add("<strong>" + mdText(phrase.OverviewHeadline(v.Variants), mdSentence) + "</strong>\n\n")
	d.lines(phrase.OverviewBasis(v.Variants))
	head, align := []string{"grader"}, "l"
	for _, name := range phrase.VariantNames(v.Variants) {
		head, align = append(head, code(name)), align+"r"
	}
	rows := phrase.Overview(v.Variants)
	d.table(head, align, mdGraders, len(rows), func(i int) []string {
		cells := []string{code(rows[i].Label)}
		for _, cell := range rows[i].Cells {
			cells = append(cells, mdText(strings.TrimSpace(cell.Value+" "+cell.Words), mdName))
		}
		return cells
	})
	if err := m.end(d); err != nil {
		return err
	}
	return eachPair(v, m.Pair)
}

func (d *mdResult) graders(c *compare.Comparison) {
	head := []string{
		"grader", code(c.Base.Name), code(c.Head.Name), "Δ", "95% interval", "fixed", "broke", "p", "verdict",
	}
	d.table(head, "lrrrlrrrl", mdGraders, len(c.Graders), func(i int) []string {
		g := c.Graders[i]
		p := ""
		if g.IsSignificant() {
			p = strings.TrimLeft(compare.P(*g.PAdjusted), "p= ")
		}
		cells := append([]string{code(g.Grader)}, phrase.ComparisonCells(g)...)
		return append(cells, p, mdText(phrase.StarredVerdict(g), mdName))
	})
}

// worst shows what both sides replied to the first of the cases that newly fail.
func (m *markdown) worst(d *mdResult, p Pair) {
	c := p.Comparison
	if c.NewlyFail == 0 {
		return
	}
	title, limit := phrase.ChangedCases(c, min(mdWorst, c.NewlyFail))
	rows := c.Rows(limit)
	head := []string{
		"case", phrase.Expected, code(c.Base.Name) + " replied", code(c.Head.Name) + " replied", "what changed",
	}
	replied := func(run *runfile.Run, id string) string {
		if call := firstReply(run, id); call != nil {
			return cmp.Or(codeTo(mdReply, run.Header.Quote(mdReply)(call.Reply)), "(empty)")
		}
		return ""
	}
	d.lines([]string{title + ":"})
	d.table(head, "lllll", mdWorst, len(rows), func(i int) []string {
		r := rows[i]
		return []string{
			m.link(r.Case.Case) + "<br>" + code(r.Case.Input), code(r.Case.Expect.Type), replied(p.Base, r.Case.Case),
			replied(p.Head, r.Case.Case), code(phrase.Differences(r.Marks)),
		}
	})
}

// link is a case's id, leading to it where the link is to the report itself and
// not to a page from which it can be had.
func (m *markdown) link(id string) string {
	if path, _, _ := strings.Cut(m.o.Link, "?"); !strings.HasSuffix(path, ".html") {
		return code(id)
	}
	return mdLink(caseLink(m.o.Link, id), code(id))
}

func (m *markdown) begin(title string) *mdResult {
	room := MarkdownLimit - m.used - len(mdLeftOut(m.leftOut+1))
	return &mdResult{room: room, text: "### " + title + "\n\n", link: m.o.Link}
}

// end prints a result, or leaves it out where there is no room for its head.
func (m *markdown) end(d *mdResult) error {
	d.next("", "") // where nothing is named, the link ends the result
	if m.leftOut > 0 || len(d.text) > d.room {
		m.leftOut++
		return nil
	}
	m.used += len(d.text)
	_, err := io.WriteString(m.w, d.text)
	return err
}

func (m *markdown) Close() error {
	if m.leftOut == 0 {
		return nil
	}
	_, err := io.WriteString(m.w, mdLeftOut(m.leftOut))
	return err
}

func mdLeftOut(n int) string {
	return fmt.Sprintf("%s left out: the text is too long for GitHub.\n", wording.Count(n, "result"))
}
