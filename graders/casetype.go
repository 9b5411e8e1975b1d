package graders

import "fmt"

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

// CaseType returns the grader "case_type": 1 where the type read from the reply
// is the one the case expects, else 0. Answer is the type read, or "unread", so
// that a confusion table can be made of the scores. It does not apply to a case
// that expects no type.
func CaseType() Grader {
	return newFunction(nameCaseType, nil, func(s Sample) Score {
		want, got := s.Expect.Type, s.Reply.Type
		switch {
		case want == "":
			return NotApplicable("the case expects no type")
		case got == "":
			return scoreWith(0, unread, "expected "+want+", "+whyUnreadable(s.Reply))
		}
		reason := fmt.Sprintf("expected %s, the reply is %s with %s", want, got, plural(len(s.Reply.Items), "item"))
		return scoreIf(got == want, got, reason)
	})
}
