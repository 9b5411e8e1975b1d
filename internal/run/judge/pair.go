package judge

import (
	"strings"

	"promptbench/graders"
)

// What a judge says of two replies.
const (
	First  = "first"
	Second = "second"
	Tie    = "tie"
)

// A Pair is two replies to one input, and what counts between them.
type Pair struct {
	First, Second string
	About         string   // what the assistant is for; may be empty
	Counts        []string // questions to be asked of each; may be empty
}

// PairQuestion is what a judge is asked about a pair.
func PairQuestion() graders.Question {
	return graders.Question{
		Criterion: "pairwise", Text: "Which reply is better?", Options: []string{First, Second, Tie}, Votes: 1,
	}
}

func (p *Pair) fill(vars map[string]string) {
	vars[placeFirst], vars[placeSecond] = Quote(First, p.First), Quote(Second, p.Second)
	var b strings.Builder
	if p.About != "" {
		b.WriteString("The assistant: " + strings.TrimSpace(p.About) + "\n")
	}
	b.WriteString("Which reply is better?")
	if len(p.Counts) > 0 {
		b.WriteString(" What counts:")
	}
	for _, q := range p.Counts {
		b.WriteString("\n- " + strings.TrimSpace(q))
	}
	vars[placeCriteria] = b.String()
}
