package graders

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/graders/reply"
)

const nameFormat = "format"

func formatBuiltIn() BuiltIn {
	return BuiltIn{
		Name:   nameFormat,
		Text:   "Whether the reply is in its format, without a defect.",
		params: noParams,
		build:  func(params) (Grader, error) { return Format(), nil },
	}
}

// Format returns the grader "format", which holds a reply to the format that the
// revision declares. Only a reply that is exactly one well-formed document in
// that format, matching the schema if there is one, with nothing around it, has
// value 1 and passes. Otherwise the worst defect decides:
//
//	0.75  something around the document: a fence, prose, a thinking block
//	0.5   another shape: schema, another format, several documents
//	0.25  the document itself had to be repaired
//	0     unreadable
//
// The values are those of [reply.Severity.Ceiling]. Answer is the format the
// reply was read in, or "unread"; the reason names every defect. Where neither a
// format nor a type is asked for, every reply that is not empty has value 1.
func Format() Grader { return newFunction(nameFormat, nil, scoreFormat) }

func scoreFormat(s Sample) Score {
	r, want := s.Reply, s.Format
	switch {
	case strings.TrimSpace(r.Text) == "":
		return scoreWith(0, unread, whyUnreadable(r))
	case r.Untyped && (want == "" || want == reply.Text):
		return scoreWith(1, string(reply.Text), "any text will do")
	case !r.Readable():
		return scoreWith(0, unread, whyUnreadable(r))
	}
	defects := r.Defects
	isOther := func(d reply.Defect) bool { return d.Code == reply.CodeOtherFormat }
	if want != "" && r.Format != want && !slices.ContainsFunc(defects, isOther) {
		defects = append(slices.Clone(defects), reply.Defect{
			Code:   reply.CodeOtherFormat,
			Detail: fmt.Sprintf("the reply is %s, %s was asked for", r.Format, want),
		})
	}
	if len(defects) == 0 {
		return scoreWith(1, string(r.Format), "exactly one clean document")
	}
	return scoreWith(reply.Worst(defects).Ceiling(), string(r.Format), joinDefects(defects))
}
