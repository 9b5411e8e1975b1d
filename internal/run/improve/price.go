package improve

import (
	"fmt"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/search"
)

// checkBudget refuses a limit that does not leave anything to search with.
func (s *Search) checkBudget() error {
	price, err := s.Price()
	if err != nil || s.options.Job.MaxCalls == nil {
		return err
	}
	least := price.New + s.reserved() + 2*s.options.Settings.Edits + s.options.Settings.Edits*search.Looks(len(s.open))[0]
	if most := *s.options.Job.MaxCalls; most < least && s.before == 0 {
		return problem.List{{
			Message: fmt.Sprintf("--max-calls %d is too small for one round", most),
			Hint:    fmt.Sprintf("give at least %d; --dry-run says what the whole search needs", least),
		}}
	}
	return nil
}

// Price says what the search takes at most.
func (s *Search) Price() (search.Price, error) {
	set, trials := s.options.Settings, max(1, s.options.Job.Trials)
	types := len(slices.Compact(slices.Sorted(slices.Values(s.slice))))
	out := search.Price{
		Schema: search.Schema, Base: s.base.Name, Suite: s.result.Suite, Model: s.result.Model, Editor: s.editor.name,
		Open: len(s.open), Sealed: len(s.sealed), HeldOut: s.held, Allowed: s.options.Job.MaxCalls,
		Racing: trials * search.MostReplies(set, len(s.open), types), Editing: 2 * set.Rounds * set.Edits,
		Final: s.reserved(),
	}
	replies, each, err := s.planned()
	if err != nil {
		return out, err
	}
	out.New = replies.New
	out.Calls = out.New + out.Racing + out.Editing + out.Final
	if out.Allowed != nil {
		out.Calls = min(out.Calls, *out.Allowed)
	}
	if n := each.Replies; n > 0 && each.Tokens != nil {
		share := float64(out.New+out.Racing+out.Final) / float64(n)
		out.Tokens = new(each.Tokens.High * share)
		if each.Cost != nil {
			out.Cost = new(each.Cost.High * share)
		}
	}
	return out, nil
}

// planned is what the replies of the base to the open cases take, and what all of them would if none was recorded.
func (s *Search) planned() (replies, each plan.Revision, err error) {
	of := *s.Project
	of.Prompts, of.Options.Models = []*prompt.Prompt{s.base}, nil
	o := s.options.Job
	p, err := job.Plan(&of, o, false)
	if err != nil {
		return replies, each, err
	}
	o.Fresh, o.Offline = true, false
	all, err := job.Plan(&of, o, false)
	if err != nil {
		return replies, each, err
	}
	return p.Revisions[0], all.Revisions[0], nil
}

// count adds the calls of runs to what the search took. What was replayed from a run outside of it is free.
func (s *Search) count(runs []*runfile.Run) {
	for _, run := range runs {
		price, judge := s.Project.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID), s.Project.JudgePrice(run)
		for _, c := range run.Calls {
			cost, of := 0.0, price
			if c.For == runfile.ForJudge {
				of = judge
			}
			if c.Usage != nil && of != nil {
				cost = of.Of(c.Usage.InputTokens, c.Usage.OutputTokens)
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

// exceeds reports whether so many more calls would leave too few for the sealed cases, and says so in the result.
func (s *Search) exceeds(calls int) bool {
	if most := s.options.Job.MaxCalls; most != nil && s.spent.calls+calls+s.reserved() > *most {
		s.result.Stopped = fmt.Sprintf("--max-calls %d leaves too few for more", *most)
		return true
	}
	if most := s.options.Job.MaxCost; most != nil && s.spent.calls > 0 {
		each := s.spent.cost / float64(s.spent.calls)
		if s.spent.cost+each*float64(calls+s.reserved()) > *most {
			s.result.Stopped = fmt.Sprintf("--max-cost %v leaves too little for more", *most)
			return true
		}
	}
	return false
}

// reserved is how many calls the sealed cases may take.
func (s *Search) reserved() int { return 2 * len(s.sealed) * max(1, s.options.Job.Trials) }
