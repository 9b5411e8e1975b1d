package job

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/plan"
)

// Revisions is the job of running the revisions of a project over its suite. Its
// Work may be changed until it runs.
type Revisions struct {
	*Job
	Work runner.Job

	judge *preparedJudge // nil where no grader asks one
}

// Prepare builds the job: the graders, the models, the recordings to replay and
// the run files. It sends nothing.
func Prepare(ctx context.Context, p *project.Project, o Options) (*Revisions, error) {
	if err := checkDistinct(p, o); err != nil {
		return nil, err
	}
	variants, err := p.Variants()
	if err != nil {
		return nil, err
	}
	r := &Revisions{Job: newJob(ctx, o), Work: runner.Job{
		Suite: p.Suite, Select: p.Options.Select, Trials: max(1, o.Trials), After: o.After, Workers: o.Concurrency,
	}}
	if o.Transport != nil {
		r.transport = o.Transport
	}
	if _, isQueue := r.transport.(*Queue); isQueue && p.Suite.HasAttachments() {
		return nil, errors.Join(problem.List{{
			File: p.Suite.Path, Message: "some cases have images or files, and workers of a queue take text alone",
			Hint: "run without --queue",
		}}, r.Abandon())
	}
	if err := r.prepare(ctx, p, o, variants); err != nil {
		return nil, errors.Join(err, r.Abandon())
	}
	if o.Until != nil {
		if err := r.openUntil(ctx, p, o, variants); err != nil {
			return nil, errors.Join(err, r.Abandon())
		}
	}
	r.Trials = p.Selected() * r.Work.Trials * len(r.Runs)
	r.Work.Drain, r.Work.Progress = r.engine.Drain, r.report
	r.run = func(ctx context.Context, stop <-chan struct{}) ([]runfile.End, error) {
		return runner.Run(ctx, r.Work, stop)
	}
	return r, nil
}

func (r *Revisions) prepare(
	ctx context.Context, p *project.Project, o Options, variants []project.Variant,
) (err error) {
	jobs := subjectsOf(p, variants)
	if !o.Offline {
		since := o.Started.Truncate(time.Millisecond)
		r.beside = &beside{dir: p.RunsDir, since: since, jobs: jobs, noticed: map[string]bool{}}
	}
	if r.fresh, err = openFresh(p, o, jobs); err != nil {
		return err
	}
	if err := r.openRecordings(p, o, ofPrompts(p.Prompts)); err != nil {
		return err
	}
	if len(r.fresh.since) > 0 && o.Note != nil {
		o.Note(r.fresh.note())
	}
	r.recordings.repair()
	isRecorded := func(name string) (bool, error) { return r.anyRecorded(p, variants, name) }
	targets := make([]project.Target, len(variants))
	for i, v := range variants {
		targets[i] = v.Target
		if note := v.Target.Unsent(); note != "" && o.Note != nil {
			o.Note(note)
		}
	}
	models, err := openModels(targets, o, r.transport, r.engine, isRecorded)
	if err != nil {
		return err
	}
	if err := r.prepareGrading(ctx, p, o); err != nil {
		return err
	}
	r.Work.Revisions = make([]runner.Revision, len(variants)) // calls point into it
	common := r.header(ctx, p, o)
	if common.Sealed, err = sealed(p, o); err != nil {
		return err
	}
	var earlier []runfile.Found
	if common.Selected != nil {
		if earlier, err = runs.OnSuite(p.RunsDir, p.Suite.Name); err != nil {
			return err
		}
	}
	for i, v := range variants {
		t := v.Target
		h := common
		h.Prompt = PromptRecord(v.Prompt)
		h.Model = t.Record()
		h.Sealed = openedFor(h.Sealed, v.Prompt.Hash())
		if h.Selected != nil && !h.Selected.IsSample() {
			selected := *h.Selected
			selected.After = runs.AskedAll(earlier, h.Prompt.Hash)
			h.Selected = &selected
		}
		id, w, err := r.create(p, o, h)
		if err != nil {
			return err
		}
		r.Runs[i].Name = v.Name
		if len(p.Options.Models) > 0 {
			r.Runs[i].Model = t.ID
		}
		asker := askerFor(t, models[t.Name], r.recordings.of(i))
		r.Work.Revisions[i] = runner.Revision{Prompt: v.Prompt, Params: t.Params, Asker: asker, ID: id, Run: w}
		r.calls = append(r.calls, &Calls{
			Name: v.Name, Revision: &r.Work.Revisions[i], Target: t, File: w, Recorded: r.recordings.of(i),
			Requests: r.requests(p, v),
		})
	}
	return nil
}

// prepareGrading builds the graders, and the judge that some of them ask.
func (r *Revisions) prepareGrading(ctx context.Context, p *project.Project, o Options) (err error) {
	if r.judge, err = r.prepareJudge(ctx, p, o); err != nil {
		return err
	}
	var asked graders.Models
	if r.judge != nil {
		r.Work.Judge, asked.Judge = r.judge.judge, r.judge.judge
	}
	if r.Work.Embedder, err = r.prepareEmbedder(p, o); err != nil {
		return err
	}
	if r.Work.Embedder != nil {
		asked.Embedder = r.Work.Embedder
	}
	programs := p.Programs()
	r.onClose(programs.Close)
	r.Work.Grading.Reader = p.Reader
	if r.Work.Grading.Transform, err = p.Transformer(programs); err != nil {
		return err
	}
	if r.Work.Grading.Graders, err = p.Build(asked, programs); err != nil {
		return err
	}
	return programs.Start(ctx)
}

func (r *Revisions) header(ctx context.Context, p *project.Project, o Options) runfile.Header {
	h := header(ctx, p, o)
	h.Reader, h.Graders = reply.Version, r.Work.Grading.Specs()
	h.Cases, h.Trials = p.Selected(), r.Work.Trials
	if r.judge != nil {
		h.Judge = r.judge.header
	}
	if r.Work.Embedder != nil {
		h.Embedder = &r.Work.Embedder.Model
	}
	h.Selected, h.Mutant = selection(p), o.Mutant
	return h
}

// ErrSameRequest says that two revisions send the same.
var ErrSameRequest = errors.New("the revisions send the same requests")

// checkDistinct refuses revisions that send the same: a comparison of the two
// would be one of the model with itself. That is what noise asks for.
func checkDistinct(p *project.Project, o Options) error {
	if o.Noise {
		return nil
	}
	var probs problem.List
	first := map[string]*prompt.Prompt{}
	for _, revision := range p.Prompts {
		hash := revision.Hash()
		if same, ok := first[hash]; ok {
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("%s and %s send the same messages and parameters", same.Name, revision.Name),
				Hint:    "run one of them; noise measures how far a revision differs from itself",
			})
			continue
		}
		first[hash] = revision
	}
	if err := probs.Err(); err != nil {
		return errors.Join(ErrSameRequest, err)
	}
	return nil
}

// requests yields what the trials of a variant ask in the stages so far.
func (r *Revisions) requests(p *project.Project, v project.Variant) iter.Seq2[model.Request, error] {
	return func(yield func(model.Request, error) bool) {
		cases := p.Cases()
		if r.until != nil {
			cases = r.until.soFar()
		}
		requests(p, v, cases, r.Work.After, r.Work.Trials, nil)(yield)
	}
}

// requests yields what so many trials of cases, after some others, ask of a variant. What a conversation asks after its
// first turn depends on the replies: requests whose earlier replies the index lacks have no key. There is one for each
// turn then, though the model may call tools and be asked again.
func requests(
	p *project.Project, v project.Variant, cases iter.Seq2[suite.Case, error], after, trials int, index *runfile.Index,
) iter.Seq2[model.Request, error] {
	target := v.Target.Priced(0)
	return func(yield func(model.Request, error) bool) {
		for c, err := range cases {
			if err != nil {
				yield(model.Request{}, err)
				return
			}
			record := runner.CaseRecord(p.Suite, c)
			r, err := requestOf(v, target, &record, nil)
			if err != nil {
				yield(model.Request{}, err)
				return
			}
			for trial := after + 1; trial <= after+max(1, trials); trial++ {
				r.Trial, r.Key = trial, target.Key(r.Body, trial) // the same body for each trial
				if !yield(r, nil) {
					return
				}
				hasMore := record.Replies() > 1 || len(record.ToolResults) > 0
				if hasMore && !laterRequests(v, target, &record, r, index, yield) {
					return
				}
			}
		}
	}
}

// requestOf is what a variant asks after some replies of a trial.
func requestOf(v project.Variant, t model.Target, c *runfile.Case, replies []runfile.Call) (model.Request, error) {
	said, _ := c.Conversation(replies)
	messages, err := runner.Messages(v.Prompt, c, said)
	if err != nil {
		return model.Request{}, err
	}
	return t.Prepare(runner.Request(v.Prompt, v.Target.Params, messages, 1))
}

// laterRequests yields the requests of a conversation after its first.
func laterRequests(
	v project.Variant, t model.Target, c *runfile.Case, r model.Request, index *runfile.Index,
	yield func(model.Request, error) bool,
) bool {
	var replies []runfile.Call
	trial := r.Trial
	for index != nil {
		call, isRecorded, err := index.Lookup(r.Key, c.Case)
		if !isRecorded || err != nil {
			break
		}
		replies = append(replies, c.Next(replies, call))
		if _, goesOn := c.Conversation(replies); !goesOn {
			return true
		}
		if r, err = requestOf(v, t, c, replies); err == nil {
			r.Trial, r.Key = trial, t.Key(r.Body, trial)
		}
		if !yield(r, err) || err != nil {
			return false
		}
	}
	r.Key = ""
	for range c.Replies() - max(1, len(runfile.TurnEnds(replies))) {
		if !yield(r, nil) {
			return false
		}
	}
	return true
}

// countRecorded counts the replies that a variant wants, how many of them the index holds, and how many calls more the
// results of tools may take; a nil index holds none.
func countRecorded(p *project.Project, v project.Variant, after, trials int, index *runfile.Index) (
	out plan.Revision, err error,
) {
	for c, err := range p.Cases() {
		if err != nil {
			return out, err
		}
		one := func(yield func(suite.Case, error) bool) { yield(c, nil) }
		for request, err := range requests(p, v, one, after, trials, index) {
			if err != nil {
				return out, err
			}
			out.Replies++
			if index != nil && index.Has(request.Key) {
				out.Replayed++
			} else {
				out.Rounds += mostRounds(c)
			}
		}
	}
	out.New = out.Replies - out.Replayed
	return out, nil
}

// mostRounds is how many calls a turn of a case takes at most, after the first one, because tools return something.
func mostRounds(c suite.Case) int {
	if len(c.ToolResults) == 0 {
		return 0
	}
	return runfile.MaxRounds
}

// anyRecorded reports whether a reply that the job wants of a target is recorded.
func (r *Revisions) anyRecorded(p *project.Project, variants []project.Variant, name string) (bool, error) {
	for i, v := range variants {
		if v.Target.Name != name {
			continue
		}
		counted, err := countRecorded(p, v, r.Work.After, r.Work.Trials, r.recordings.of(i))
		if err != nil || counted.Replayed > 0 {
			return counted.Replayed > 0, err
		}
	}
	return false, nil
}
