package improve

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/search"
)

// Options say how a search is run. Of the job, MaxCalls, MaxCost and Deadline bound the whole search.
type Options struct {
	Job      job.Options
	Editor   string // a model of the config, or an id as --model takes it; empty: that of the config
	Settings search.Settings
	Note     func(string)
	Drive    func(*job.Revisions) error // runs a job to its end; an error ends the search
}

// heldOut is the share of a suite without a seal that the search seals itself.
const heldOut = 0.3

// A Search looks for a better revision of one prompt.
type Search struct {
	Project *project.Project

	options Options
	base    *prompt.Prompt
	editor  editor.Editor
	specs   []graders.Spec
	gating  []string
	open    []suite.Case // in an order by chance
	sealed  []string     // ids
	slice   []string     // of the open cases
	held    bool         // the search has sealed them
	began   time.Time

	parts *blame.Result // what parts of the base do; nil if no run says
	first time.Time     // when the search began, in this command or one before

	folder string          // of its run files
	own    map[string]bool // its runs
	made   amount          // calls that were made for it, in this command and before
	before int             // calls of them, before this command
	spent  amount          // what it took so far, the same in every repetition

	each     int // calls that a case takes, with those to a judge
	reserved int // calls that the sealed cases may take

	replies, edits amount        // calls seen so far, replayed or not, and what they cost
	price          *params.Price // of the model; nil if unknown
	params         params.Params // of its requests

	state      *search.Search
	candidates []*candidate // as in state
	result     search.Result
}

// A candidate is a prompt with its replies so far.
type candidate struct {
	prompt *prompt.Prompt
	aim    string
	run    *runfile.Run // the open cases that it was asked with
}

// Open prepares a search for a better revision of the only prompt of the project. It makes no call.
func Open(ctx context.Context, p *project.Project, o Options) (*Search, error) {
	s := &Search{Project: p, options: o, base: p.Prompts[0], own: map[string]bool{}, began: time.Now(), first: time.Now()}
	var err error
	if s.editor, err = openEditor(ctx, p, cmp.Or(o.Editor, p.Config.Editor)); err != nil {
		return nil, err
	}
	if err := s.checkEditor(); err != nil {
		return nil, err
	}
	if s.specs, err = p.Specs(); err != nil {
		return nil, err
	}
	if err := s.checkContext(); err != nil {
		return nil, err
	}
	s.gating = p.Gating()
	if p.Suite.Sealed() == 0 {
		if s.held, err = true, p.Suite.Seal(heldOut); err != nil {
			return nil, err
		}
	}
	if err := s.order(); err != nil {
		return nil, err
	}
	target, err := p.TargetFor(s.base)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	s.price, s.params = target.Price, target.Params
	sum := sha256.Sum256([]byte(strings.Join([]string{s.base.Hash(), p.Suite.Hash(), target.ID, s.editor.Name}, "\x00")))
	s.folder = "improve-" + runfile.SafeName(s.base.Name) + "-" + hex.EncodeToString(sum[:3])
	s.result = search.Result{
		Schema: search.Schema, Base: s.base.Name, Suite: p.Suite.Name, Model: target.ID, Editor: s.editor.Name,
		Sealed: len(s.sealed), HeldOut: s.held, Open: len(s.open), Rounds: []search.Round{}, Changes: []search.Change{},
	}
	if err := s.countEarlier(); err != nil {
		return nil, err
	}
	if err := s.findParts(); err != nil {
		return nil, err
	}
	return s, s.reserve()
}

// Model is the id of the model that answers.
func (s *Search) Model() string { return s.result.Model }

// order divides the cases into open ones, in an order that the suite's name fixes, and sealed ones.
func (s *Search) order() error {
	for c, err := range s.Project.Suite.All() {
		if err != nil {
			return fmt.Errorf("reading cases: %w", err)
		}
		if s.Project.Suite.IsSealed(c.ID) {
			s.sealed = append(s.sealed, c.ID)
			continue
		}
		s.open = append(s.open, c)
	}
	s.Project.Suite.Shuffle(s.open)
	for _, c := range s.open {
		s.slice = append(s.slice, c.Expect.Type)
	}
	if len(s.sealed) == 0 || len(s.open) == 0 {
		return problem.List{{
			File: s.Project.Suite.Path, Message: "the suite has too few cases to hold some of them out",
			Hint: "improve compares on cases that the search has not seen: add cases",
		}}
	}
	return nil
}

// countEarlier counts the calls that earlier commands made for this search.
func (s *Search) countEarlier() error {
	dir := filepath.Join(s.Project.RunsDir, s.folder)
	if _, err := os.Stat(dir); err != nil {
		return nil //nolint:nilerr // there is none yet
	}
	found, err := runfile.Find(dir, func(runfile.Header) bool { return true })
	if err != nil {
		return err
	}
	for _, f := range found {
		s.own[f.Header.Run] = true
		if f.Header.Started.Before(s.first) {
			s.first = f.Header.Started
		}
		run, err := runfile.Load(f.Path, runfile.Replies)
		if err != nil {
			return err
		}
		s.count([]*runfile.Run{run})
	}
	s.before, s.spent, s.replies, s.edits = s.made.calls, amount{}, amount{}, amount{}
	return nil
}

// jobOptions are those of the next job, with what was spent of the limits.
func (s *Search) jobOptions() job.Options {
	o := s.options.Job
	o.Folder = s.folder
	o.Started = time.Now() // else a run before would count as that of another process
	o.Spent = engine.Spent{Calls: s.made.calls, Cost: s.made.cost, Time: time.Since(s.began)}
	return o
}

// drive runs the revisions of a project and returns their runs, in order.
func (s *Search) drive(ctx context.Context, p *project.Project, o job.Options) ([]*runfile.Run, error) {
	runs, err := editor.Drive(ctx, p, o, s.options.Drive)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		s.own[run.Header.Run] = true
	}
	s.count(runs)
	return runs, nil
}

// askCases asks prompts with cases.
func (s *Search) askCases(ctx context.Context, prompts []*prompt.Prompt, ids []string) ([]*runfile.Run, error) {
	of := *s.Project
	of.Prompts, of.Options.Models = prompts, nil
	of.Options.Select = suite.Selection{Cases: ids}
	return s.drive(ctx, &of, s.jobOptions())
}

// values are those of cases in a run: the mean of the gating graders that have a value.
func (s *Search) values(run *runfile.Run, cases []suite.Case) search.Values {
	sum, n := map[string]float64{}, map[string]float64{}
	for i := range run.Trials {
		for _, score := range run.Trials[i].Scores {
			if score.Value != nil && slices.Contains(s.gating, score.Grader) {
				sum[run.Trials[i].Case] += *score.Value
				n[run.Trials[i].Case]++
			}
		}
	}
	out := make(search.Values, len(cases))
	for i, c := range cases {
		out[i] = sum[c.ID] / n[c.ID] // not a number where nothing was scored
	}
	return out
}

// Run searches until its last round or its limits, and lets the best candidate meet the base on the sealed cases.
func (s *Search) Run(ctx context.Context) (search.Result, error) {
	if err := s.checkBudget(); err != nil {
		return s.result, err
	}
	s.note("%s on %s", s.base.Name, wording.Count(len(s.open), "open case"))
	runs, err := s.askCases(ctx, []*prompt.Prompt{s.base}, idsOf(s.open))
	if err != nil {
		return s.result, err
	}
	base := &candidate{prompt: s.base, run: runs[0]}
	s.candidates = []*candidate{base}
	s.state = search.New(s.values(base.run, s.open), s.slice, s.options.Settings)
	for s.result.Stopped == "" {
		proposals := s.state.Propose()
		if proposals == nil {
			break
		}
		if err := s.round(ctx, proposals); err != nil {
			return s.result, err
		}
	}
	return s.result, s.finish(ctx)
}

// round asks for revisions and races those that are valid.
func (s *Search) round(ctx context.Context, proposals []search.Proposal) error {
	s.note("round %d of %d: asking %s for %s", s.state.Round(), s.options.Settings.Rounds, s.editor.Name,
		wording.Count(len(proposals), "revision"))
	accepted, fresh, err := s.propose(ctx, proposals)
	if err != nil || s.result.Stopped != "" {
		return err
	}
	race := s.state.Race(len(fresh))
	for {
		in, from, to := s.next(race)
		if in == nil {
			break
		}
		s.note("round %d of %d: %s on %s", s.state.Round(), s.options.Settings.Rounds,
			wording.Count(len(in), "candidate"), wording.Count(to-from, "case"))
		var prompts []*prompt.Prompt
		for _, i := range in {
			prompts = append(prompts, fresh[i].prompt)
		}
		runs, err := s.askCases(ctx, prompts, idsOf(s.open[from:to]))
		if err != nil {
			return err
		}
		values := make([]search.Values, len(in))
		for k, i := range in {
			fresh[i].add(runs[k])
			values[k] = s.values(runs[k], s.open[from:to])
		}
		race.See(values)
	}
	s.candidates = append(s.candidates, fresh...)
	s.state.Add(accepted, race)
	s.tell(len(fresh))
	return nil
}

func (s *Search) note(format string, args ...any) {
	if s.options.Note != nil {
		s.options.Note(fmt.Sprintf(format, args...))
	}
}

func idsOf(cases []suite.Case) []string {
	out := make([]string, len(cases))
	for i, c := range cases {
		out[i] = c.ID
	}
	return out
}

// add takes the replies to further cases.
func (c *candidate) add(run *runfile.Run) {
	if c.run == nil {
		c.run = run
		return
	}
	c.run.Cases, c.run.Calls = append(c.run.Cases, run.Cases...), append(c.run.Calls, run.Calls...)
	c.run.Trials = append(c.run.Trials, run.Trials...)
	c.run.Sort()
}
