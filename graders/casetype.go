package graders

import (
	"context"
	"strings"

	"promptbench/graders/reply"
)

const nameCaseType = "case_type"

func caseTypeBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameCaseType,
		Text: "Whether the reply has the expected type.",
		Expect: Expectation{
			Key: "type", Text: "The expected type, one of reply.types.",
			words: func(e Expect) string { return e.Type },
		},
		params: noParams,
		build:  func(params) (Grader, error) { return CaseType(), nil },
	}
}

// unread is the answer of a grader that found nothing to read.
const unread = "unread"

// CaseType returns the grader "case_type": 1 where the type read from the reply
// is the one the case expects, else 0. Answer is the type read, or "unread", so
// that a confusion table can be made of the scores. It does not apply to a case
// that expects no type.
func CaseType() Grader { return caseType{} }

type caseType struct{}

func (caseType) Spec() Spec { return Spec{Name: nameCaseType, Version: 1} }

func (caseType) Grade(ctx context.Context, s Sample) ([]Score, error) {
	return one(ctx, gradeType(s))
}

func gradeType(s Sample) Score {
	want, got := s.Expect.Type, s.Reply.Type
	if want == "" {
		return notApplicable(nameCaseType, "the case expects no type")
	}
	if got == "" {
		return scored(nameCaseType, 0, unread, "expected "+want+", "+unreadable(s.Reply))
	}
	return passed(nameCaseType, got == want, got, "expected "+want+", the reply is "+describe(s.Reply))
}

// one gives the only score of a grader, or the error of a cancelled context.
func one(ctx context.Context, s Score) ([]Score, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return []Score{s}, nil
}

// describe says what a reply is: "answer with 3 items".
func describe(r reply.Reply) string {
	return r.Type + " with " + plural(len(r.Items), "item")
}

// unreadable says that a reply could not be read, and why as far as its defects
// tell.
func unreadable(r reply.Reply) string {
	if strings.TrimSpace(r.Text) == "" {
		return "the reply is empty"
	}
	why := details(r.Defects)
	if why == "" {
		return "the reply can't be read"
	}
	return "the reply can't be read: " + why
}

// details joins what the defects say.
func details(defects []reply.Defect) string {
	parts := make([]string, len(defects))
	for i, d := range defects {
		parts[i] = d.Detail
		if d.Detail == "" {
			parts[i] = string(d.Code)
		}
	}
	return list(parts)
}
