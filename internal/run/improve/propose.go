package improve

import (
	"context"
	"errors"
	"fmt"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/brief"
	"promptbench/internal/verdict/search"
)

// propose asks the editor for what the search proposes. It returns the proposals whose answer is a valid prompt that
// was not tried, with their candidates. A broken answer is asked again once.
func (s *Search) propose(ctx context.Context, proposals []search.Proposal) (
	accepted []search.Proposal, fresh []*candidate, err error,
) {
	tasks, ids, texts := make([]task, len(proposals)), make([]string, len(proposals)), make([]string, len(proposals))
	var tried []string
	for _, c := range s.candidates[1:] {
		tried = append(tried, c.prompt.Description)
	}
	edits := map[int]int{} // of each candidate, in this round
	for i, p := range proposals {
		t := s.task(p.Of, edits[p.Of[0]]+s.state.Round()-1, tried)
		edits[p.Of[0]]++
		ids[i] = fmt.Sprintf("round-%d-revision-%d", s.state.Round(), i+1)
		texts[i], err = s.request(t)
		if errors.Is(err, errTooLong) {
			// Two prompts, or one that has grown, may be too long for the editor: it edits the base again.
			proposals[i].Of = []int{0}
			t = s.task(proposals[i].Of, t.cause, tried)
			texts[i], err = s.request(t)
		}
		if err != nil {
			return nil, nil, err
		}
		tasks[i] = t
	}
	if !s.canPay(texts) {
		return nil, nil, nil
	}
	answers, err := s.ask(ctx, ids, texts)
	if err != nil {
		return nil, nil, err
	}
	found := make([]*candidate, len(proposals))
	var again []int
	for i, answer := range answers {
		if found[i], err = s.read(tasks[i], i, answer); err != nil {
			tasks[i].wrong, tasks[i].last = err.Error(), answer
			again = append(again, i)
		}
	}
	if err := s.askAgain(ctx, tasks, again, found); err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, c := range s.candidates {
		seen[c.prompt.Hash()] = true
	}
	for i, c := range found {
		if c == nil || seen[c.prompt.Hash()] {
			s.result.Dropped++
			continue
		}
		seen[c.prompt.Hash()] = true
		accepted, fresh = append(accepted, proposals[i]), append(fresh, c)
	}
	return accepted, fresh, nil
}

// task is an edit of one candidate, or a merge of two.
func (s *Search) task(of []int, cause int, tried []string) task {
	t := task{cause: cause, other: tried}
	if of[0] == 0 {
		t.parts = s.parts
	}
	for _, n := range of {
		// The run has no sealed case, as the search asked with none; nor shall an error in that reach the editor.
		open, _ := brief.Unsealed(s.candidates[n].run, s.Project.Suite.IsSealed)
		t.of, t.runs = append(t.of, s.candidates[n].prompt), append(t.runs, open)
	}
	return t
}

// askAgain asks once more for the answers that were no prompt.
func (s *Search) askAgain(ctx context.Context, tasks []task, again []int, found []*candidate) error {
	if len(again) == 0 {
		return nil
	}
	s.note("asking %s again for %s: no valid prompt file", s.editor.Name, wording.Count(len(again), "revision"))
	var ids, texts []string
	var asked []int
	for _, i := range again {
		text, err := s.request(tasks[i])
		if errors.Is(err, errTooLong) {
			continue
		}
		if err != nil {
			return err
		}
		ids, texts = append(ids, fmt.Sprintf("round-%d-revision-%d-again", s.state.Round(), i+1)), append(texts, text)
		asked = append(asked, i)
	}
	if len(asked) == 0 {
		return nil
	}
	answers, err := s.ask(ctx, ids, texts)
	if err != nil {
		return err
	}
	for k, i := range asked {
		if c, err := s.read(tasks[i], i, answers[k]); err == nil {
			found[i] = c
		}
	}
	return nil
}

// read is the candidate that an answer holds.
func (s *Search) read(t task, i int, answer string) (*candidate, error) {
	name := fmt.Sprintf("%s-r%d-%d", s.base.Name, s.state.Round(), i+1)
	p, err := promptIn(s.Project, s.base, name, answer)
	if err != nil {
		return nil, err
	}
	aim := "merge"
	if len(t.of) == 1 {
		aim = "shorten"
		if c, ok := t.worked(); ok {
			aim = phrase.Cause(c)
		}
	}
	return &candidate{prompt: p, aim: aim}, nil
}

// tell adds the round to the result; the last so many candidates are of it.
func (s *Search) tell(fresh int) {
	round := search.Round{Round: s.state.Round(), Tried: []search.Try{}}
	kept := map[int]bool{}
	for _, i := range s.state.Kept() {
		kept[i] = true
	}
	for i := len(s.candidates) - fresh; i < len(s.candidates); i++ {
		c, of := s.candidates[i], s.state.Candidates[i]
		try := search.Try{
			Name: c.prompt.Name, Of: []string{}, Aim: c.aim, Asked: len(of.Values), Mean: search.Mean(of.Values), Kept: kept[i],
		}
		for _, n := range of.Of {
			try.Of = append(try.Of, s.candidates[n].prompt.Name)
		}
		round.Tried = append(round.Tried, try)
	}
	s.result.Rounds = append(s.result.Rounds, round)
	s.result.Tries += fresh
}
