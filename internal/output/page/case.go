package page

import (
	"fmt"
	"io"
	"net/url"
	"strconv"

	"promptbench/internal/record/label"
	"promptbench/internal/text/textsafe"
)

// A typeChoice is a type that a case may expect.
type typeChoice struct {
	Name, Key string // the key that chooses it; empty after the ninth
	IsChosen  bool
}

// Case is the page that asks a person which type and how many items a proposed case expects. It sends the answer to
// "case".
func Case(w io.Writer, by Labeller, a label.AskedCase) error {
	words := wordsOf(by.Language)
	body := struct {
		Words                 labelWords
		Heading, Kept         string
		Answered, All         int
		ID, Input, From, Note string
		Min, Max              string
		Types                 []typeChoice
		IsOpen, CanUndo       bool
	}{
		Words: words, Heading: words.AllCasesDone, Kept: textsafe.Cell(fmt.Sprintf(words.Kept, by.Name, by.File)),
		Answered: a.Answered, All: a.All, CanUndo: a.CanUndo,
	}
	if c := a.Case; c != nil {
		body.IsOpen, body.ID, body.Input, body.From = true, c.ID, textsafe.Block(c.Input), textsafe.Cell(c.Note)
		body.Heading = fmt.Sprintf(words.CaseProgress, min(a.Answered+1, a.All), a.All)
		before := label.CaseLabel{}
		if a.Before != nil {
			before = *a.Before
		}
		for i, name := range a.Types {
			choice := typeChoice{Name: name, IsChosen: name == before.Type}
			if i < 9 { // keys have one digit
				choice.Key = strconv.Itoa(i + 1)
			}
			body.Types = append(body.Types, choice)
		}
		body.Note = before.Note
		if r := before.Count; r != nil {
			body.Min, body.Max = bound(r.Min), bound(r.Max)
		}
	}
	f := by.frame(body.Heading, "cases")
	f.Script = labelScript
	return write(w, "case.tmpl", f, body)
}

func bound(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// CaseURL is the address of one proposed case, or of the next one where the id is empty.
func CaseURL(id string) string {
	if id == "" {
		return "cases"
	}
	return "cases?" + url.Values{"case": {id}}.Encode()
}
