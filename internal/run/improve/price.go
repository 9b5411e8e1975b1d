package improve

import (
	"fmt"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
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
	edits := s.options.Settings.Edits
	least := price.New + s.reserved + 2*edits + s.each*edits*search.Looks(len(s.open))[0]
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
	set := s.options.Settings
	types := len(slices.Compact(slices.Sorted(slices.Values(s.slice))))
	out := search.Price{
		Schema: search.Schema, Base: s.base.Name, Suite: s.result.Suite, Model: s.result.Model, Editor: s.editor.Name,
		Open: len(s.open), Sealed: len(s.sealed), HeldOut: s.held, Allowed: s.options.Job.MaxCalls,
		Racing: s.each * search.MostReplies(set, len(s.open), types), Editing: 2 * set.Rounds * set.Edits,
		Final: s.reserved,
	}
	replies, each, err := s.planned()
	if err != nil {
		return out, err
	}
	out.New = replies.New
	if each.Rounds > 0 {
		most := search.MostReplies(set, len(s.open), types) + 2*len(s.sealed)
		out.Rounds = replies.Rounds + most*(each.Rounds+len(s.open)-1)/len(s.open)
	}
	out.Calls = out.New + out.Racing + out.Editing + out.Final + out.Rounds
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

// planned is what the replies of the base take to the cases that are not sealed, and what all of them would if none was
// recorded.
func (s *Search) planned() (replies, each plan.Revision, err error) {
	if replies, err = s.plan(s.Project.Suite, suite.Selection{}, s.options.Job); err != nil {
		return replies, each, err
	}
	o := s.options.Job
	o.Fresh, o.Offline = true, false
	each, err = s.plan(s.Project.Suite, suite.Selection{}, o)
	return replies, each, err
}

// plan says what the base takes on cases of a suite.
func (s *Search) plan(of *suite.Suite, cases suite.Selection, o job.Options) (plan.Revision, error) {
	p := *s.Project
	p.Suite, p.Prompts, p.Options.Models, p.Options.Select = of, []*prompt.Prompt{s.base}, nil, cases
	planned, err := job.Plan(&p, o, false)
	if err != nil {
		return plan.Revision{}, err
	}
	return planned.Revisions[0], nil
}

// reserve counts the calls that a case takes, with those to a judge or for vectors, and those that the sealed cases may
// take. Recordings of the base on these count, but not those of this search, so that it decides the same when it is run
// again.
func (s *Search) reserve() error {
	opened := *s.Project.Suite
	opened.OpenSeal()
	o := s.options.Job
	o.Passes = func(h runfile.Header) bool { return s.own[h.Run] }
	base, err := s.plan(&opened, suite.Selection{Cases: s.sealed}, o)
	if err != nil {
		return err
	}
	grading := base.Judging + base.Embeddings
	s.each = (base.Replies + grading + len(s.sealed) - 1) / len(s.sealed)
	s.reserved = base.New + grading + s.each*len(s.sealed)
	return nil
}
