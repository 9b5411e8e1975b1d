package page

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/label"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/calibration"
)

// A Labeller is a person who labels, and what the pages for that person have in common.
type Labeller struct {
	Name, File string // whose labels go where
	Language   Language
	Replies    bool // whether there are questions about replies
	Cases      bool // whether there are proposed cases
}

// frame is that of a page to label.
func (l Labeller) frame(title, here string) frame {
	words := wordsOf(l.Language)
	f := frame{Title: title, Language: l.Language, Writes: true, Here: here}
	if l.Replies {
		f.Links = append(f.Links, Link{Text: words.Replies, URL: "./"})
	}
	if l.Cases {
		f.Links = append(f.Links, Link{Text: words.Cases, URL: "cases"})
	}
	f.Links = append(f.Links, Link{Text: words.Agreement, URL: "agreement"})
	return f
}

// An asked is a question as the template shows it.
type asked struct {
	Words               labelWords
	Lead, Heading, How  string
	Answered, All       int
	Question            string
	Criterion           string
	Anchors             []anchor
	Input, Reply, Type  string
	Items               []string
	Key, Order, Note    string
	IsOpen, CanUndo     bool
	Closing, Kept       string
	OtherOrder, OtherIs string
}

// An anchor is what a step of a scale means, and whether it passes.
type anchor struct{ Option, Counts, Means string }

// Question is the page that asks a person one question about a reply. Nothing on it tells the revision, the run or what
// a judge has said. It sends the answer to "answer".
func Question(w io.Writer, by Labeller, suite string, useful bool, a label.Asked) error {
	words := wordsOf(by.Language)
	body := asked{
		Words: words, Lead: textsafe.Cell(suite), Answered: a.Answered, All: a.All, CanUndo: a.CanUndo,
		Kept: textsafe.Cell(fmt.Sprintf(words.Kept, by.Name, by.File)), OtherOrder: "./?order=useful",
		OtherIs: words.ToUseful, Heading: words.AllDone,
	}
	if useful {
		body.Order, body.OtherOrder, body.OtherIs, body.Heading = "useful", "./", words.ToOrder, words.NothingTells
	}
	if a.Question != nil {
		body.fill(*a.Question)
		body.Note, body.Heading = a.Note, fmt.Sprintf(words.Progress, min(a.Answered+1, a.All), a.All)
	}
	f := by.frame(body.Heading, "./")
	f.Script = labelScript
	return write(w, "label.tmpl", f, body)
}

func (b *asked) fill(q label.Question) {
	b.IsOpen, b.Key = true, KeyText(q.Key())
	switch q.Drawn {
	case label.AtRandom:
		b.How = b.Words.Drawn
	case label.AsUseful:
		b.How = b.Words.Useful
	}
	b.Criterion, b.Question = textsafe.Cell(q.Criterion.ID), textsafe.Block(q.Criterion.Question)
	b.Input, b.Reply = textsafe.Block(q.Reply.Input), textsafe.Block(q.Reply.Text)
	b.Type, b.Items = textsafe.Cell(q.Reply.Type), cells(q.Reply.Items)
	for _, o := range q.Criterion.Options {
		if means, ok := q.Criterion.Anchors[o]; ok {
			counts := b.Words.NoKey
			if slices.Contains(q.Criterion.Pass, o) {
				counts = b.Words.YesKey
			}
			b.Anchors = append(b.Anchors, anchor{textsafe.Cell(o), counts, textsafe.Block(means)})
		}
	}
}

// KeyText writes the key of a question for an address.
func KeyText(k label.Key) string { return k.Question + "." + k.Text }

// QuestionURL is the address of one question, or of the next one where the key is empty.
func QuestionURL(k label.Key, useful bool) string {
	v := url.Values{}
	if k != (label.Key{}) {
		v.Set("q", KeyText(k))
	}
	if useful {
		v.Set("order", "useful")
	}
	return "./?" + v.Encode()
}

// An agreeing is how far two people agree, in cells.
type agreeing struct{ Criterion, Pair, Both, Same, Kappa string }

// A differing is a question that people answer differently.
type differing struct {
	Criterion, Case, Input, Reply string
	Answers                       []answered
}

type answered struct{ Who, Answer, Note string }

// Agreement is the page that says how far people agree.
func Agreement(w io.Writer, by Labeller, all []calibration.Agreement) error {
	words := wordsOf(by.Language)
	body := struct {
		Words  labelWords
		Rows   []agreeing
		Differ []differing
	}{Words: words}
	says := map[label.Answer]string{
		label.Yes: words.Yes, label.No: words.No, label.Unsure: words.Unsure, label.Drop: words.Drop,
	}
	for _, a := range all {
		for _, r := range a.Raters {
			row := agreeing{
				Criterion: textsafe.Cell(cmp.Or(says[label.Answer(a.Criterion)], a.Criterion)),
				Pair:      textsafe.Cell(r.A + " · " + r.B), Both: strconv.Itoa(r.N),
				Same: fmt.Sprintf("%d (%.0f%%)", r.Same, 100*float64(r.Same)/float64(r.N)), Kappa: words.Undefined,
			}
			if r.Kappa != nil {
				row.Kappa = phrase.Share(r.Kappa) + " (" + phrase.Between(r.KappaCI, true) + ")"
			}
			body.Rows = append(body.Rows, row)
		}
		for _, f := range a.Differ {
			d := differing{
				Criterion: textsafe.Cell(cmp.Or(f.Criterion, words.Type)), Case: textsafe.Cell(f.Reply.Case),
				Input: textsafe.Block(f.Reply.Input), Reply: textsafe.Block(f.Reply.Text),
			}
			for _, l := range f.Labels {
				said := cmp.Or(says[l.Answer], textsafe.Cell(string(l.Answer)))
				d.Answers = append(d.Answers, answered{textsafe.Cell(l.Labeller), said, textsafe.Block(l.Note)})
			}
			body.Differ = append(body.Differ, d)
		}
	}
	return write(w, "agreement.tmpl", by.frame(words.Agreement, "agreement"), body)
}
