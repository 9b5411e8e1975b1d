package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/queue"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A Run says how a job is to be run.
type Run struct {
	Trials      int
	Concurrency int
	Timeout     time.Duration
	Fresh       bool          // ask anyway
	Offline     bool          // ask never
	MaxAge      time.Duration // of a recording; 0: none is too old
	MaxCalls    int           // 0: any number
	MaxCost     float64       // in the currency of the prices; 0: any
	Deadline    time.Duration // from now on; 0: none
	Log         *slog.Logger  // gets a line for each attempt at a call; nil: none
	Batch       bool          // have the requests answered in batches
	BatchSize   int           // requests in a batch; 0: as many as the provider takes
	Queue       *Queue        // have workers make the calls; nil: this process does
	Note        func(string)  // tells a person what happens to the batches or in the queue
	Tool        string        // this program's version, for the header
	Started     time.Time
}

// A Job is a prepared run of one or more revisions.
type Job struct {
	runner.Job
	Cases    int      // that are selected
	Paths    []string // the run files, in the order of the revisions
	index    *runfile.Index
	judged   *judging
	programs *project.Programs
	engine   *model.Engine
	repaired []string // what was done to recordings
	remarked int      // remarks that were given
	batching batching
	queue    *queue.Connection
	lanes    []string
	adopts   bool // lanes of earlier runs
}

// Prepare builds the job: the graders, the models, the recordings to replay and
// the run files. Nothing is sent yet.
func Prepare(ctx context.Context, p *project.Project, r Run) (*Job, error) {
	if !p.Noise {
		if err := different(p); err != nil {
			return nil, err
		}
	}
	job := &Job{Cases: p.Selected(), Job: runner.Job{Suite: p.Suite, Select: p.Options.Select, Trials: max(1, r.Trials), Workers: r.Concurrency}}
	targets, err := p.Targets()
	if err != nil {
		return nil, err
	}
	if r.Batch {
		if err := reserve(p, targets, job); err != nil {
			return nil, errors.Join(err, job.Close())
		}
	}
	if r.Queue != nil {
		// Of two runs that begin at the same time, one may take over a lane.
		release, held, err := runfile.Reserve(p.RunsDir, "queue")
		if err != nil {
			return nil, err
		}
		if job.adopts = held; held {
			defer release() //nolint:errcheck // of a lock that ends with the process anyway
		}
	}
	if r.Fresh && r.Batch {
		if err := passedOver(p, targets, r); err != nil {
			return nil, errors.Join(err, job.Close())
		}
	}
	if !r.Fresh {
		if job.index, err = recordings(p, r); err != nil {
			return nil, errors.Join(err, job.Close())
		}
		job.repair()
	}
	job.engine = model.NewEngine(ctx, model.Options{
		Concurrency: r.Concurrency, MaxCalls: r.MaxCalls, MaxCost: r.MaxCost, Deadline: r.Deadline, Log: r.Log,
	})
	job.Drain = job.engine.Drain
	if r.Queue != nil {
		if job.queue, err = queue.Connect(r.Queue.Server); err != nil {
			return nil, errors.Join(err, job.Close())
		}
	}
	models, err := models(p, targets, r, job.engine, func(name string) (bool, error) { return anyRecorded(p, targets, name, job) })
	if err == nil {
		err = prepareGrading(ctx, p, job, r)
	}
	if err != nil {
		return nil, errors.Join(err, job.Close())
	}
	git := gitState(ctx)
	var begun []*runfile.Writer
	for i, revision := range p.Prompts {
		t := targets[i]
		asker := askerFor(t, models[t.Name], job.index)
		h := header(p, revision, t, job, r)
		h.Git = git
		w, err := runfile.Create(p.RunsDir, h)
		if err != nil {
			return nil, errors.Join(err, abandon(begun), job.Close())
		}
		begun = append(begun, w)
		job.Paths = append(job.Paths, w.Path())
		job.Revisions = append(job.Revisions, runner.Revision{Prompt: revision, Params: t.Params, Asker: asker, ID: h.Run, Run: w})
		if err := route(ctx, p, job, r, t, w, i); err != nil {
			return nil, errors.Join(err, job.closeLanes(ctx), abandon(begun), job.Close())
		}
	}
	return job, nil
}

// prepareGrading builds the graders, and the judge that some of them ask.
func prepareGrading(ctx context.Context, p *project.Project, job *Job, r Run) (err error) {
	if job.judged, err = prepareJudge(ctx, p, r, job.engine); err != nil {
		return err
	}
	var asked graders.Judge
	if job.judged != nil {
		job.Judge, asked = job.judged.judge, job.judged.judge
	}
	job.Grading.Reader = p.Reader
	job.programs = p.Programs()
	if job.Grading.Graders, err = p.Build(asked, job.programs); err != nil {
		return err
	}
	return job.programs.Start(ctx)
}

// different refuses revisions that send the same: a comparison of the two would
// be one of the model with itself.
func different(p *project.Project) error {
	var probs problem.List
	first := map[string]*prompt.Prompt{}
	for _, revision := range p.Prompts {
		hash := revision.Hash()
		if same, ok := first[hash]; ok {
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("%s and %s send the same messages and parameters", same.Name, revision.Name),
				Hint:    "run one of them; how far a revision differs from itself is what noise says",
			})
			continue
		}
		first[hash] = revision
	}
	return probs.Err()
}

// abandon removes the run files that were begun before one could not be.
func abandon(begun []*runfile.Writer) error {
	var errs []error
	for _, w := range begun {
		errs = append(errs, w.Discard())
	}
	return errors.Join(errs...)
}

// Stats are what the job's calls have come to so far.
func (j *Job) Stats() model.Stats { return j.engine.Stats() }

// Close gives back what the job holds open. The run files are closed by
// [runner.Run].
func (j *Job) Close() error {
	if j.engine != nil {
		j.engine.Close()
	}
	err := errors.Join(j.judged.close(), j.batching.close(), j.programs.Close())
	if j.queue != nil {
		j.queue.Close()
	}
	if j.index != nil {
		err = errors.Join(err, j.index.Close())
	}
	return err
}

// A caller is a model, or why there is none to call.
type caller struct {
	model model.Model
	why   string
}

// models makes one client per target, shared by the revisions that run on it.
// A missing key only matters once a reply is not recorded; where held finds none
// that a target is wanted for, it stops the job before anything is written.
func models(p *project.Project, targets []project.Target, r Run, engine *model.Engine, held func(target string) (bool, error)) (map[string]caller, error) {
	out := map[string]caller{}
	for _, t := range targets {
		if _, ok := out[t.Name]; ok {
			continue
		}
		if r.Offline {
			out[t.Name] = caller{why: fmt.Sprintf("no recording of %s (%s) answers this; run without --offline to ask it", t.ID, t.Label)}
			continue
		}
		if r.MaxCost > 0 && t.Price == nil {
			return nil, noPrice(t)
		}
		if r.Queue != nil {
			m, err := viaQueue(t, engine, r.Timeout)
			if err != nil {
				return nil, err
			}
			out[t.Name] = caller{model: m}
			continue
		}
		m, err := t.Model(engine, r.Timeout)
		if err != nil {
			some, countErr := held(t.Name)
			if countErr != nil || !some {
				return nil, errors.Join(countErr, err)
			}
			out[t.Name] = caller{why: "no recording answers this, and it can't be asked: " + err.Error()}
			continue
		}
		out[t.Name] = caller{model: m}
	}
	return out, nil
}

// anyRecorded reports whether a reply that the job wants of a target is recorded.
func anyRecorded(p *project.Project, targets []project.Target, name string, job *Job) (bool, error) {
	for i, revision := range p.Prompts {
		if targets[i].Name != name {
			continue
		}
		if _, held, err := recorded(p, revision, targets[i], job.Trials, job.index); err != nil || held > 0 {
			return held > 0, err
		}
	}
	return false, nil
}

// noPrice is the problem of a cost that can't be held to --max-cost.
func noPrice(t project.Target) error {
	return problem.List{{
		Message: fmt.Sprintf("--max-cost needs the price of %s, which the config does not give", t.Name),
		Hint:    "add price: {input: …, output: …}, per million tokens, to the model in the config, or use --max-calls",
	}}
}

func header(p *project.Project, revision *prompt.Prompt, t project.Target, job *Job, r Run) runfile.Header {
	h := runfile.Header{
		Run:     runfile.NewID(r.Started, revision.Name, t.ID),
		Prompt:  PromptRecord(revision),
		Suite:   runfile.Suite{Name: p.Suite.Name, Path: p.Suite.Path, Hash: p.Suite.Hash()},
		Model:   runfile.Model{Name: t.Name, Endpoint: t.Label, ID: t.ID, Params: t.Params},
		Reply:   p.Suite.Rules,
		Reader:  reply.Version,
		Graders: job.Grading.Specs(),
		Cases:   job.Cases,
		Trials:  job.Trials,
		Tool:    r.Tool,
		Started: r.Started.UTC().Truncate(time.Millisecond),
	}
	if job.judged != nil {
		h.Judge = job.judged.header
	}
	if s := p.Options.Select; len(s.Cases)+len(s.Tags) > 0 {
		h.Selected = &runfile.Selection{Cases: s.Cases, Tags: s.Tags}
	}
	return h
}

// PromptRecord is the form of a prompt that a run's header holds.
func PromptRecord(revision *prompt.Prompt) runfile.Prompt {
	out := runfile.Prompt{
		Name: revision.Name, Path: revision.Path, Revision: revision.Revision, Hash: revision.Hash(), Description: revision.Description,
		Params: revision.Params, ResponseFormat: revision.ResponseFormat, JSONSchema: revision.JSONSchema, ReplyFormat: revision.ReplyFormat,
	}
	for _, m := range revision.Messages {
		out.Messages = append(out.Messages, runfile.Message(m))
	}
	return out
}

// gitState is the commit that a run was made at; nil outside a repository.
func gitState(ctx context.Context) *runfile.Git {
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if err != nil {
		return nil
	}
	status, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--untracked-files=no").Output()
	if err != nil {
		return nil
	}
	return &runfile.Git{Commit: strings.TrimSpace(string(out)), Dirty: len(status) > 0}
}
