package runfile

// An interner keeps one copy of the strings that recur in every trial, such as
// names of graders and types, so that large runs stay small in memory.
type interner map[string]string

func (in interner) one(s *string) {
	if kept, ok := in[*s]; ok {
		*s = kept
		return
	}
	in[*s] = *s
}

func (in interner) trial(t *Trial) {
	for i := range t.Scores {
		in.one(&t.Scores[i].Grader)
		in.one(&t.Scores[i].Answer)
	}
	if t.Read != nil {
		in.one(&t.Read.Type)
	}
}

func (in interner) call(c *Call) {
	in.one(&c.For)
	in.one(&c.FinishReason)
	in.one(&c.ResponseModel)
	in.one(&c.ReplayedFrom)
}
