// Package cause finds which part of a prompt's change did it: it draws variants of the change, has a job ask them,
// reads what each hunk does, and confirms the hunk that it names by a paired run of the head with and without it.
package cause

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
)

// mostHunks is how many hunks a change may have: no suite of a realistic size tells more of them apart.
const mostHunks = 200

// Options say how a cause is looked for.
type Options struct {
	Job     job.Options
	Grader  string // that the answer is about; empty: the first that gates
	Draws   int    // variants of each case, beside base and head
	Seed    uint64
	Budget  *int // calls that may be made; nil: any number
	Confirm bool // run the head without the hunk that is named
}

// A Search looks for the cause of a change.
type Search struct {
	Project *project.Project
	Change  *blame.Change

	options Options
	reading blame.Options
}

// Open prepares to look for the cause. The project has a base and a head, or one prompt whose parts are compared with
// the prompt without them. It makes no call.
func Open(p *project.Project, o Options) (*Search, error) {
	var change *blame.Change
	var err error
	switch len(p.Prompts) {
	case 1:
		change, err = blame.Parts(p.Prompts[0])
	default:
		change, err = blame.Diff(p.Prompts[0], p.Prompts[1])
	}
	switch {
	case errors.Is(err, blame.ErrSame):
		return nil, problem.List{{
			Message: fmt.Sprintf("%s and %s send the same messages and parameters", p.Prompts[0].Name, p.Prompts[1].Name),
			Hint:    "name two revisions that differ, or one alone to see what its parts contribute",
		}}
	case err != nil:
		return nil, problem.List{{File: p.Prompts[0].Path, Message: err.Error()}}
	}
	if n := len(change.Hunks); n > mostHunks {
		return nil, problem.List{{
			File:    p.Prompts[len(p.Prompts)-1].Path,
			Message: fmt.Sprintf("the change has %d hunks; their effects can be told apart for at most %d", n, mostHunks),
			Hint:    "name two revisions that differ less",
		}}
	}
	if len(p.Prompts) == 2 { // of different models no hunk is the cause
		if _, err := p.Variants(); err != nil {
			return nil, err
		}
	}
	s := &Search{Project: p, Change: change, options: o, reading: result.BlameOptions(p, o.Grader)}
	if known := p.Suite.ScoreNames(); o.Grader != "" && !slices.Contains(known, o.Grader) {
		return nil, problem.List{{
			Message: fmt.Sprintf("--grader %s: %s has no such grader", o.Grader, p.Suite.Path),
			Hint:    project.HintFor(o.Grader, known),
		}}
	}
	return s, nil
}

// Plan says what the search would ask and cost.
func (s *Search) Plan() (blame.Result, error) {
	out := s.Change.Describe()
	out.Suite, out.Selected = s.Project.Suite.Name, s.Project.Selected()
	out.Grader = cmp.Or(s.reading.Grader, s.Project.Suite.ScoreNames()[0])
	_, planned, err := s.drawn(s.options.Budget)
	if err != nil {
		return out, err
	}
	out.Model, out.Cases, out.Calls, out.Replayed = planned.Model, planned.Cases, planned.New, planned.Replayed
	out.Plan = &planned.Revision
	if s.options.Confirm && len(s.Change.Hunks) > 1 {
		out.Confirming = s.Project.Selected() * max(1, s.options.Job.Trials)
		if s.options.Job.Fresh { // the head is asked again as well
			out.Confirming *= 2
		}
	}
	return out, nil
}

func (s *Search) drawn(budget *int) (job.Asked, job.BlamePlan, error) {
	asked, err := job.Drawn(s.Project, s.Change, s.options.Draws, s.options.Seed)
	if err != nil {
		return asked, job.BlamePlan{}, err
	}
	return job.PlanAsked(s.Project, s.options.Job, asked, budget)
}

// Run looks for the cause. Drive runs a job until its end; an error of it ends the search.
func (s *Search) Run(ctx context.Context, drive func(*job.Revisions) error) (blame.Result, error) {
	asked, _, err := s.drawn(s.options.Budget)
	if err != nil {
		return blame.Result{}, err
	}
	if len(asked.Cases) < 2 && s.options.Budget != nil {
		return blame.Result{}, problem.List{{
			Message: fmt.Sprintf("--budget %d is too small: no two cases can be asked with all variants", *s.options.Budget),
			Hint:    fmt.Sprintf("give at least %d calls; --dry-run says how many all cases need", 2*(2+s.options.Draws)),
		}}
	}
	if most := s.options.Job.MaxCalls; s.options.Budget != nil && (most == nil || *most > *s.options.Budget) {
		s.options.Job.MaxCalls = s.options.Budget // the judge may be asked again where it answers badly
	}
	run, err := s.ask(ctx, asked, drive)
	if err != nil {
		return blame.Result{}, err
	}
	out := s.Change.Of(run, s.reading)
	out.Selected = s.Project.Selected()
	named := out.Named()
	if out.Status != runfile.Complete || named < 0 || !s.options.Confirm || len(s.Change.Hunks) < 2 {
		return out, nil
	}
	if most := s.options.Job.MaxCalls; most != nil {
		s.options.Job.MaxCalls = new(max(0, *most-out.Calls))
	}
	err = s.confirm(ctx, &out, named, drive)
	return out, err
}

func (s *Search) ask(ctx context.Context, asked job.Asked, drive func(*job.Revisions) error) (*runfile.Run, error) {
	revisions, err := job.PrepareAsked(ctx, s.Project, s.options.Job, asked)
	if err != nil {
		return nil, err
	}
	if err := drive(revisions); err != nil {
		return nil, err
	}
	return runfile.Load(revisions.Runs[0].Path, runfile.Scores)
}

// confirm runs the head with and without a hunk on all cases, and adds what that shows. It leaves the result as it is
// where the calls that are left do not suffice.
func (s *Search) confirm(ctx context.Context, to *blame.Result, hunk int, drive func(*job.Revisions) error) error {
	with := blame.NewMask(len(s.Change.Hunks), true)
	without := with.Without(hunk)
	asked, err := job.Paired(s.Project, s.Change, without, with)
	if err != nil {
		return err
	}
	all := len(asked.Cases)
	left := s.options.Job.MaxCalls
	asked, _, err = job.PlanAsked(s.Project, s.options.Job, asked, left)
	if err != nil {
		return err
	}
	if len(asked.Cases) < all {
		if s.options.Job.Note != nil {
			s.options.Job.Note(fmt.Sprintf("hunk %d is not confirmed: that takes a reply to each case, and %s %s left; "+
				"run it again with a larger --budget", hunk+1, wording.Count(*left, "call"), wording.Verb(*left, "are")))
		}
		return nil
	}
	s.options.Job.Started = time.Now() // else the run before would count as that of another process
	run, err := s.ask(ctx, asked, drive)
	if err != nil {
		return err
	}
	to.Status, to.Errors = run.Status(), max(to.Errors, run.End.Errors)
	base, head := s.Change.RunOf(run, without), s.Change.RunOf(run, with)
	c, err := compare.Compare(base, head, s.Project.Comparison(base, head, nil))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(c.Graders, func(g compare.Grader) bool { return g.Grader == to.Grader })
	if at < 0 {
		return nil
	}
	g := c.Graders[at]
	to.Confirmed = &blame.Confirmation{
		Hunk: hunk + 1, Run: run.Header.Run, Calls: run.End.Calls, Without: g.BaseMean, With: g.HeadMean, Delta: g.Delta,
		CI: g.CI, P: g.P, Better: g.Better, Worse: g.Worse,
		Confirmed: g.P != nil && *g.P < blame.Alpha && g.Delta != nil && (*g.Delta < 0) == (*to.Hunks[hunk].Effect < 0),
	}
	return nil
}
