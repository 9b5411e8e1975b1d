package improve

import (
	"cmp"
	"fmt"
	"math"

	"promptbench/internal/input/params"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/search"
)

// count adds the calls of runs to what the search took. What was replayed from a run outside of it is free.
func (s *Search) count(runs []*runfile.Run) {
	for _, run := range runs {
		price, judge := s.Project.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID), s.Project.JudgePrice(run)
		for _, c := range run.Calls {
			cost, of := 0.0, price
			switch c.For {
			case runfile.ForJudge:
				of = judge
			case runfile.ForEmbedding:
				of = s.Project.EmbeddingPrice(run)
			}
			if c.Usage != nil && of != nil {
				cost = of.Of(c.Usage.InputTokens, c.Usage.OutputTokens)
				of := &s.replies
				if run.Header.Suite.Name != s.result.Suite {
					of = &s.edits
				}
				of.calls, of.cost = of.calls+1, of.cost+cost
			}
			if c.ReplayedFrom == "" || s.own[c.ReplayedFrom] {
				s.spent.calls, s.spent.cost = s.spent.calls+1, s.spent.cost+cost
			}
			if c.ReplayedFrom == "" {
				s.made.calls, s.made.cost = s.made.calls+1, s.made.cost+cost
			}
		}
	}
}

// An amount is what calls took.
type amount struct {
	calls int
	cost  float64 // of those whose price is known
}

// each is the mean cost of a call; 0 where none is known.
func (a amount) each() float64 { return a.cost / float64(max(1, a.calls)) }

// left is how many more calls the limits allow, without those for the sealed cases; a great number without a limit. The
// reason names the limit.
func (s *Search) left() (calls int, reason string) {
	calls = math.MaxInt
	if most := s.options.Job.MaxCalls; most != nil {
		calls, reason = *most-s.spent.calls-s.reserved, fmt.Sprintf("--max-calls %d leaves too few for more", *most)
	}
	if each := s.replies.each(); s.options.Job.MaxCost != nil && each > 0 {
		if n := int(s.leftCost() / each); n < calls {
			calls, reason = n, s.tooDear()
		}
	}
	return max(0, calls), reason
}

// leftCost is what --max-cost leaves, without what the sealed cases may cost, and without the first call of a job,
// which is let in by its longest reply.
func (s *Search) leftCost() float64 {
	size := 0
	for _, m := range s.base.Messages {
		size += len(m.Content)
	}
	first := costAtMost(size, s.params, s.price)
	return *s.options.Job.MaxCost - s.spent.cost - s.replies.each()*float64(s.reserved) - first
}

func (s *Search) tooDear() string {
	return fmt.Sprintf("--max-cost %g leaves too little for more", *s.options.Job.MaxCost)
}

// canPay reports whether the limits allow to put requests to the editor, each of them twice, and says so in the result
// if they do not. Without an answer so far, each is taken to cost as much as it may.
func (s *Search) canPay(requests []string) bool {
	if s.exceeds(2 * len(requests)) {
		return false
	}
	of := s.editor.Within(requests)
	price := s.Project.Config.Models[of.Name].Price
	if s.options.Job.MaxCost == nil || price == nil {
		return true
	}
	first := 0.0
	for _, text := range requests {
		first = max(first, costAtMost(of.Bytes(text), of.Prompt.Params.Over(of.Params), price))
	}
	each := cmp.Or(s.edits.each(), first)
	if first+float64(2*len(requests)-1)*each <= s.leftCost() {
		return true
	}
	s.result.Stopped = s.tooDear()
	return false
}

// costAtMost is what an engine takes a call to cost if it knows only its length and its parameters.
func costAtMost(bytes int, p params.Params, price *params.Price) float64 {
	if price == nil {
		return 0
	}
	return price.Of(engine.Tokens(bytes), engine.Longest(p))
}

// next is what a race asks next. It goes on with its best candidates alone where the limits are too low for all, and
// ends where they are too low for one.
func (s *Search) next(race *search.Race) (candidates []int, from, to int) {
	candidates, from, to = race.Next()
	each := (to - from) * s.each
	if candidates == nil || !s.exceeds(len(candidates)*each) {
		return candidates, from, to
	}
	if left, _ := s.left(); left >= each {
		race.Narrow(left / each)
	} else {
		race.Stop()
	}
	return race.Next()
}

// exceeds reports whether so many more calls would leave too few for the sealed cases, and says so in the result.
func (s *Search) exceeds(calls int) bool {
	left, reason := s.left()
	if calls <= left {
		return false
	}
	s.result.Stopped = reason
	return true
}
