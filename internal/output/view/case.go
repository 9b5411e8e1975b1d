package view

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"promptbench/graders"
	"promptbench/internal/output/page"
	"promptbench/internal/record/label"
)

func (h labelHandler) oneCase(w io.Writer, r *http.Request) error {
	asked, err := h.cases.AskCase(r.FormValue("case"))
	if err != nil {
		return err
	}
	return page.Case(w, h.by(r), asked)
}

// answerCase keeps what a person says of a proposed case, and goes to the next one.
func (h labelHandler) answerCase(r *http.Request) (next string, err error) {
	l := label.CaseLabel{
		Case: r.PostFormValue("case"), Answer: label.Answer(r.PostFormValue("answer")), Note: noteOf(r),
	}
	switch l.Answer {
	case label.Accept:
		l.Type = r.PostFormValue("type")
		if l.Count, err = rangeOf(r.PostFormValue("min"), r.PostFormValue("max")); err != nil {
			return "", err
		}
		if l.Type == "" {
			return "", errBadForm
		}
	case label.Drop:
	default:
		return "", errBadForm
	}
	return page.CaseURL(""), h.cases.AnswerCase(l)
}

// undoCase takes the last label of a case back, and goes to that case.
func (h labelHandler) undoCase(*http.Request) (next string, err error) {
	id, err := h.cases.UndoCase()
	return page.CaseURL(id), err
}

func noteOf(r *http.Request) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("note"), "\r\n", "\n"))
}

// rangeOf reads a range of counts; an empty bound is open, and nil is no range.
func rangeOf(least, most string) (*graders.Range, error) {
	var out graders.Range
	for text, bound := range map[string]**int{"min " + least: &out.Min, "max " + most: &out.Max} {
		if text = strings.TrimSpace(text[len("min "):]); text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, errBadForm
		}
		*bound = &n
	}
	switch {
	case out.Min == nil && out.Max == nil:
		return nil, nil //nolint:nilnil // no range is one that nobody gave
	case out.Min != nil && out.Max != nil && *out.Min > *out.Max:
		return nil, errBadRange
	}
	return &out, nil
}
