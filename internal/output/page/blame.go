package page

import (
	"fmt"
	"io"
	"slices"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/blame"
)

// A blameView is what each hunk of a change does, for the template.
type blameView struct {
	Lead, Headline string
	Notes          []string
	Ticks          []Tick
	Zero           string
	IsPlan         bool // nothing is asked yet, so that nothing has an effect
	Hunks          []hunkRow
	Prompt         []promptPart
	After          []string // notes below the table
}

type hunkRow struct {
	phrase.BlameRow

	Class    string // of the verdict's pill
	Bar      *Bar
	Describe string // the picture in words
}

// A promptPart is a message with the effects in the margin.
type promptPart struct {
	Role  string
	Lines []promptLine
}

type promptLine struct {
	Effect, Hunk string
	Kind         string // "", "ins" or "del"
	Class        string // of the verdict
	Text         string
}

// Blame writes what each hunk of a change does as one file: a table with each interval, and the prompt with the effects
// in the margin. The links lead to other pages where it is served.
func Blame(w io.Writer, r blame.Result, links []Link) error {
	v := blameView{
		Lead: textsafe.Cell(phrase.BlameChange(r)), Headline: textsafe.Cell(phrase.BlameHeadline(r)),
		Notes: cells(phrase.BlameBasis(r)), IsPlan: r.Plan != nil,
	}
	if v.IsPlan {
		v.Headline = v.Notes[0]
		v.Notes = cells(phrase.BlamePlan(r))
	} else {
		v.After = cells(slices.Concat(phrase.BlameSlices(r), phrase.BlameNotes(r)))
	}
	var values []float64
	for _, e := range r.Hunks {
		if e.CI != nil {
			values = append(values, e.CI[0], e.CI[1])
		}
	}
	a := around(values)
	v.Ticks, v.Zero = a.ticks(true), a.at(0)
	for i, row := range phrase.BlameRows(r) {
		h, e := hunkRow{BlameRow: row, Class: classOf(r.Hunks[i].Verdict)}, r.Hunks[i]
		h.Where, h.Text = textsafe.Cell(h.Where), textsafe.Cell(h.Text)
		if e.CI != nil && e.Effect != nil {
			h.Bar = a.bar(e.CI[0], e.CI[1], *e.Effect)
			h.Describe = fmt.Sprintf("effect %s, 95%% interval from %s to %s",
				phrase.Signed(e.Effect), phrase.Signed(&e.CI[0]), phrase.Signed(&e.CI[1]))
		}
		v.Hunks = append(v.Hunks, h)
	}
	v.Prompt = promptParts(phrase.BlameLines(r))
	title := textsafe.Cell("Blame of " + phrase.BlameChange(r))
	return write(w, "blame.tmpl", frame{Title: title, Links: links}, v)
}

// classOf is the class of a verdict, as a comparison's verdicts have it.
func classOf(v blame.Verdict) string {
	return map[blame.Verdict]string{blame.Worse: "regressed", blame.Better: "improved"}[v]
}

func promptParts(lines []phrase.BlameLine) []promptPart {
	var out []promptPart
	for _, l := range lines {
		if l.Mark == phrase.MarkRole {
			out = append(out, promptPart{Role: textsafe.Cell(l.Text)})
			continue
		}
		one := promptLine{
			Effect: l.Effect, Class: classOf(l.Verdict), Text: textsafe.Cell(l.Text),
			Kind: map[string]string{phrase.MarkAdded: "ins", phrase.MarkGone: "del"}[l.Mark],
		}
		if l.Hunk > 0 && l.IsFirst {
			one.Hunk = fmt.Sprint(l.Hunk)
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, one)
	}
	return out
}
