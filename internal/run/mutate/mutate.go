package mutate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/mutation"
)

// Options say which mutants are asked, and how. Of the job, MaxCalls, MaxCost and Deadline bound all of them together.
type Options struct {
	Job      job.Options
	Mutants  []string // ids; empty: all
	Rules    []string // likewise; a mutant of one of them is asked, too
	Controls int      // how often the original is asked again
	Note     func(string)
	Drive    func(*job.Revisions) error // runs a job to its end; [editor.ErrUnfinished] ends the others
}

// A Test shows whether a suite notices mutants of a prompt.
type Test struct {
	Project *project.Project // of the original, with the cases that are asked

	options Options
	base    *prompt.Prompt
	mutants []mutation.Mutant
	folder  string
	result  mutation.Result
	began   time.Time
	cost    float64      // of the calls so far
	calls   int          // so far
	run     *runfile.Run // of the original
	path    string       // of it
}

// Open makes the mutants of the only prompt of the project. It makes no call.
func Open(p *project.Project, o Options) (*Test, error) {
	of := *p
	t := &Test{Project: &of, options: o, base: p.Prompts[0], began: time.Now()}
	target, err := p.TargetFor(t.base)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	made := mutation.Of(t.base, mutation.Options{Types: p.Suite.Rules.Types, TypeOf: func(answer string) string {
		return p.Reader.Read(answer, "", t.base.ReplyFormat).Type
	}})
	if p.Options.Params.Temperature != nil { // the flag overrides that of the mutant
		made = slices.DeleteFunc(made, func(m mutation.Mutant) bool { return m.Rule == mutation.Temperature })
	}
	if t.mutants, err = chosen(made, o, t.base); err != nil {
		return nil, err
	}
	t.result = mutation.Result{
		Schema: mutation.Schema, Prompt: t.base.Name, Suite: p.Suite.Name, Model: target.ID, Status: runfile.Complete,
		Mutants: mutation.Planned(t.mutants), Without: mutation.Unused(made), Sealed: p.SelectedSealed(),
		Controls: mutation.Controls{Runs: []mutation.Outcome{}},
	}
	if err := t.chooseCases(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{t.base.Hash(), p.Suite.Hash(), target.ID}, "\x00")))
	t.folder = "mutate-" + runfile.SafeName(t.base.Name) + "-" + hex.EncodeToString(sum[:3])
	return t, nil
}

// chosen are the mutants that the options name.
func chosen(made []mutation.Mutant, o Options, base *prompt.Prompt) ([]mutation.Mutant, error) {
	if len(made) == 0 {
		return nil, problem.List{{
			File: base.Path, Message: "no rule makes a mutant of this prompt",
			Hint: "the rules need instructions in a system message, examples, or a temperature",
		}}
	}
	var probs problem.List
	ids, rules := make([]string, len(made)), make([]string, 0, len(mutation.Rules()))
	for i, m := range made {
		ids[i] = m.ID
	}
	for _, r := range mutation.Rules() {
		rules = append(rules, string(r))
	}
	check := func(flag string, names, known []string, what string) {
		for _, name := range names {
			if !slices.Contains(known, name) {
				probs.Add(problem.Problem{
					Message: fmt.Sprintf("--%s %s: %s", flag, name, what), Hint: project.HintFor(name, known),
				})
			}
		}
	}
	check("mutant", o.Mutants, ids, base.Name+" has no such mutant")
	check("rule", o.Rules, rules, "there is no such rule")
	if err := probs.Err(); err != nil || len(o.Mutants)+len(o.Rules) == 0 {
		return made, err
	}
	out := slices.DeleteFunc(slices.Clone(made), func(m mutation.Mutant) bool {
		return !slices.Contains(o.Mutants, m.ID) && !slices.Contains(o.Rules, string(m.Rule))
	})
	if len(out) == 0 {
		return nil, problem.List{{
			File: base.Path, Message: "no mutant by --rule " + strings.Join(o.Rules, ", "),
			Hint: "there is nothing in the prompt that it changes; --dry-run without --rule lists all mutants",
		}}
	}
	return out, nil
}

// chooseCases selects one case of each group of paraphrases: a verdict by single cases can be decided before the last.
func (t *Test) chooseCases() error {
	var ids []string
	groups := map[string]bool{}
	for c, err := range t.Project.Cases() {
		if err != nil {
			return err
		}
		if c.Group != "" && groups[c.Group] {
			t.result.Apart++
			continue
		}
		groups[c.Group] = true
		ids = append(ids, c.ID)
	}
	t.result.Cases = len(ids)
	if t.result.Apart > 0 {
		t.Project.Options.Select = suite.Selection{Cases: ids}
	}
	return nil
}

// Plan says which mutants there are, and what they take at most.
func (t *Test) Plan() (mutation.Result, error) {
	out := t.result
	price := &mutation.Price{}
	o := t.options.Job
	of := t.of(t.base)
	counted, err := job.CountRecorded(of, o)
	if err != nil {
		return out, err
	}
	price.Original, price.Rounds = counted.New, counted.Rounds
	for k := range t.options.Controls {
		o.After = (k + 1) * max(1, o.Trials)
		if counted, err = job.CountRecorded(of, o); err != nil {
			return out, err
		}
		price.Controls += counted.New
		price.Rounds += counted.Rounds
	}
	for i, m := range t.mutants {
		if counted, err = job.CountRecorded(t.of(m.Prompt), t.options.Job); err != nil {
			return out, err
		}
		out.Mutants[i].Calls = counted.New
		price.Mutants += counted.New
		price.Rounds += counted.Rounds
	}
	o = t.options.Job
	o.Fresh, o.Offline = true, false
	planned, err := job.Plan(of, o, false)
	if err != nil {
		return out, err
	}
	out.Calls = price.Original + price.Mutants + price.Controls
	if each := planned.Revisions[0]; each.Replies > 0 {
		price.Judging = each.Judging * (1 + len(t.mutants) + t.options.Controls)
		times := float64(out.Calls) / float64(each.Replies)
		if each.Tokens != nil {
			price.Tokens = new(each.Tokens.High * times)
		}
		if each.Cost != nil {
			price.Cost = new(each.Cost.High * times)
		}
	}
	out.Left, out.Plan = len(out.Mutants), price
	return out, nil
}

// of is the project with one other prompt.
func (t *Test) of(p *prompt.Prompt) *project.Project {
	of := *t.Project
	of.Prompts, of.Options.Models = []*prompt.Prompt{p}, nil
	return &of
}

// Run asks for what is not recorded, and says what the suite notices. Where a job ends early, so does the test, and the
// result says what is known until then.
func (t *Test) Run(ctx context.Context) (mutation.Result, error) {
	out := &t.result
	var err error
	t.note("%s on %d cases", t.base.Name, out.Cases)
	t.run, err = t.ask(ctx, t.base, t.options.Job)
	if err == nil && t.run.End.Errors == len(t.run.Trials) { // the messages of the calls say why
		out.Status, err = runfile.Incomplete, editor.ErrUnfinished
	}
	if err == nil {
		out.Run = t.run.Header.Run
		err = t.askAll(ctx)
	}
	out.Calls = t.calls
	if errors.Is(err, editor.ErrUnfinished) {
		err = nil
		out.Status = cmp.Or(out.Status, runfile.Incomplete)
	}
	out.Conclude()
	return *out, err
}

// askAll asks the mutants in their order, then the controls.
func (t *Test) askAll(ctx context.Context) error {
	for i := range t.mutants {
		m := &t.result.Mutants[i]
		if isLeft, err := t.isLeftOut(m.Prompt, t.options.Job); isLeft || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		t.note("mutant %d of %d: %s", i+1, len(t.mutants), m.ID)
		o := t.options.Job
		o.Mutant = &runfile.Mutant{Of: t.base.Hash(), ID: m.ID}
		if err := t.race(ctx, m, m.Prompt, o); err != nil {
			return err
		}
	}
	for k := range t.options.Controls {
		o := t.options.Job
		o.After = (k + 1) * max(1, o.Trials)
		if isLeft, err := t.isLeftOut(t.base, o); isLeft || err != nil {
			return err
		}
		t.note("control %d of %d: %s itself", k+1, t.options.Controls, t.base.Name)
		o.Mutant = &runfile.Mutant{Of: t.base.Hash(), Control: k + 1}
		one := mutation.Planned([]mutation.Mutant{{ID: fmt.Sprintf("control-%d", k+1)}})[0]
		if err := t.race(ctx, &one, t.base, o); err != nil {
			return err
		}
		t.result.Controls.Runs = append(t.result.Controls.Runs, one)
	}
	return nil
}

// isLeftOut reports whether nothing of a prompt is recorded though no call may be made.
func (t *Test) isLeftOut(p *prompt.Prompt, o job.Options) (bool, error) {
	if !o.Offline {
		return false, nil
	}
	counted, err := job.CountRecorded(t.of(p), o)
	return counted.Replayed == 0, err
}

// race asks a prompt until it is decided against the original, and reads what that shows.
func (t *Test) race(ctx context.Context, to *mutation.Outcome, p *prompt.Prompt, o job.Options) error {
	o.Until = &job.Until{Base: t.path, Notices: true}
	run, err := t.ask(ctx, p, o)
	if err != nil {
		return err
	}
	return to.Read(t.run, run, t.Project.Comparison(t.run, run, nil))
}

// ask runs one prompt on the cases.
func (t *Test) ask(ctx context.Context, p *prompt.Prompt, o job.Options) (*runfile.Run, error) {
	o.Started = time.Now() // else the run before would count as that of another process
	o.Spent, o.Folder = engine.Spent{Calls: t.calls, Cost: t.cost, Time: time.Since(t.began)}, t.folder
	revisions, err := job.Prepare(ctx, t.of(p), o)
	if err != nil {
		return nil, err
	}
	path := revisions.Runs[0].Path
	err = t.options.Drive(revisions)
	if cost := revisions.Stats().Cost; cost != nil {
		t.cost += *cost
	}
	if err != nil && !errors.Is(err, editor.ErrUnfinished) {
		return nil, err
	}
	run, loadErr := runfile.Load(path, runfile.Full)
	if loadErr != nil {
		return nil, cmp.Or(err, loadErr)
	}
	if run.End != nil {
		t.calls += run.End.Calls
		t.result.Replayed += run.End.Replayed
		t.result.Errors += run.End.Errors
	}
	if t.path == "" {
		t.path = path
	}
	if run.Status() != runfile.Complete {
		t.result.Status = run.Status()
		return nil, editor.ErrUnfinished
	}
	return run, err
}

func (t *Test) note(format string, args ...any) {
	if t.options.Note != nil {
		t.options.Note(fmt.Sprintf(format, args...))
	}
}
