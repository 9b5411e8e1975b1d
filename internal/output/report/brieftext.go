package report

import (
	"fmt"
	"io"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/brief"
)

// BriefText prints what a person needs to write the next revision.
func BriefText(w io.Writer, b brief.Brief, o Options) error {
	p := &printer{w: w, o: o}
	title := fmt.Sprintf("%s: %s.", b.Prompt, phrase.FailedCases(b.Summary))
	if b.Wrong > 0 {
		title = fmt.Sprintf("%s: %s, %d of them case_type.", b.Prompt, phrase.FailedCases(b.Summary), b.Wrong)
	}
	if b.Failed == 0 {
		title = fmt.Sprintf("%s: %s; a harder suite would show what to improve.", b.Prompt, phrase.FailedCases(b.Summary))
	}
	p.prose(bold, line(title))
	basis := fmt.Sprintf("suite %s · model %s · run %s", b.Suite, b.Model, b.Run)
	if b.Sealed > 0 {
		basis += fmt.Sprintf(" · %s left out", wording.Count(b.Sealed, "sealed case"))
	}
	p.prose("", line(basis))
	if b.Better != nil {
		p.prose("", line(phrase.Better(*b.Better, b.Prompt)))
	}
	if b.Since == nil {
		p.types(phrase.RunTypes(b.Summary))
	} else {
		c := b.Since.Comparison
		p.types(phrase.Types(c, c.Base.Prompt, c.Head.Prompt))
		p.prose("", line(fmt.Sprintf("%s against %s: %s", c.Head.Prompt, c.Base.Prompt, phrase.Overall(c))))
		p.sentences("", phrase.OtherSlices(c))
	}
	if len(b.Causes) > 0 {
		p.blank()
		p.prose(bold, "Why cases fail")
	}
	for i, c := range b.Causes[:min(len(b.Causes), brief.MostCauses)] {
		p.blank()
		p.cause(fmt.Sprintf("%d. ", i+1), c.Of, brief.ShownCases)
	}
	if more := len(b.Causes) - brief.MostCauses; more > 0 {
		p.blank()
		p.prose("", line(fmt.Sprintf("%s not shown; list them: promptbench show %s --failed --by cause",
			wording.Count(more, "more cause"), b.Run)))
	}
	if len(b.Next) > 0 {
		p.blank()
		p.prose(bold, "Next experiments")
	}
	for i, n := range b.Next {
		p.prose("", line(fmt.Sprintf("%d. %s", i+1, n.What)))
		if n.Command != "" {
			p.line("%s%s", hanging, line(n.Command))
		}
	}
	return p.err
}
