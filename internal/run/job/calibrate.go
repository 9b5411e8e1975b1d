package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/rubric"
	"promptbench/internal/model"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/calibration"
)

// A Calibrating is a prepared calibration: the labelled replies, to be judged
// several times over.
type Calibrating struct {
	runner.Exam
	Path string // of the run file that the judge's calls go to

	suite    string
	asked    int
	criteria []graders.Criterion
	labels   []map[string][]label.Label // of each reply, by criterion
	byTrial  map[trialOf]map[string][]label.Label
	replies  []label.Reply
	missing  int
	header   runfile.Judge
	heard    *listener
	judged   *judging
	engine   *model.Engine
	programs *project.Programs
}

// trialOf tells the replies of an exam apart.
type trialOf struct {
	id    string // of the case
	trial int
}

// PrepareCalibration looks up the replies that the suite's labels are about in
// the run files at paths, and prepares to ask the judge about each: asked times
// over, and once with the options in reverse order.
func PrepareCalibration(ctx context.Context, p *project.Project, r Run, paths []string, asked int) (*Calibrating, error) {
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	if len(criteria) == 0 {
		return nil, noQuestions(p)
	}
	labels, err := label.ReadDir(p.LabelsDir())
	if err != nil {
		return nil, err
	}
	c := &Calibrating{suite: p.Suite.Name, asked: asked, criteria: criteria, engine: model.NewEngine(ctx, model.Options{
		Concurrency: r.Concurrency, MaxCalls: r.MaxCalls, MaxCost: r.MaxCost, Deadline: r.Deadline, Log: r.Log,
	})}
	if err := c.collect(p, labels, paths); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if c.judged, err = prepareJudge(ctx, p, r, c.engine); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.header, c.Judge = *c.judged.header, c.judged.judge
	c.programs = p.Programs()
	for k := range asked + 1 {
		j := &runner.Judge{Prompt: c.Judge.Prompt, Usual: c.Judge.Usual, Named: c.Judge.Named, Asked: k, Wanted: c.wanted}
		if k == asked {
			j.Asked, j.Reversed = 0, true
		}
		built, err := p.Build(j, c.programs)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.Gradings = append(c.Gradings, runner.Grading{Reader: p.Reader, Graders: built})
	}
	if err := c.programs.Start(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.Workers = r.Concurrency
	h := runfile.Header{
		Run: runfile.NewID(r.Started, c.Judge.Prompt.Name, c.header.Model.ID), Prompt: *c.header.Prompt,
		Suite: runfile.Suite{Name: p.Suite.Name, Path: p.Suite.Path, Hash: p.Suite.Hash()},
		Model: c.header.Model, Reply: p.Suite.Rules, Graders: c.Gradings[0].Specs(), Trials: 1, Judge: &c.header,
		Git: gitState(ctx), Tool: r.Tool, Started: r.Started.UTC().Truncate(time.Millisecond),
	}
	w, err := runfile.Create(p.RunsDir, h)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.heard = &listener{Recorder: w}
	c.ID, c.Run, c.Path = h.Run, c.heard, w.Path()
	return c, nil
}

// collect finds the labelled replies.
func (c *Calibrating) collect(p *project.Project, all []label.Label, paths []string) error {
	byText := map[string]map[string][]label.Label{} // then by criterion
	wanted := 0
	for _, l := range label.Latest(all) {
		i := slices.IndexFunc(c.criteria, func(k graders.Criterion) bool { return rubric.QuestionHash(k) == l.Question })
		if i < 0 {
			continue // of another question, or an earlier wording
		}
		if byText[l.Text] == nil {
			byText[l.Text] = map[string][]label.Label{}
		}
		byText[l.Text][c.criteria[i].ID] = append(byText[l.Text][c.criteria[i].ID], l)
		wanted++
	}
	if wanted == 0 {
		return problem.List{{
			Message: fmt.Sprintf("%s holds no label of the questions that %s puts now", p.LabelsDir(), p.Suite.Path),
			Hint:    "label some replies first: promptbench judge label RUN",
		}}
	}
	var list []judgeable
	found := 0
	for _, path := range paths {
		run, err := runfile.Load(path, runfile.Full)
		if err != nil {
			return err
		}
		more, err := judgeableReplies(p, run)
		if err != nil {
			return err
		}
		for _, j := range more {
			if _, ok := byText[j.hash]; !ok || slices.ContainsFunc(list, func(k judgeable) bool { return k.hash == j.hash }) {
				continue
			}
			if j.Call.ReplayedFrom == "" {
				j.Call.ReplayedFrom = run.Header.Run
			}
			list = append(list, j)
		}
	}
	// In which order the runs were named, or found, must not show.
	slices.SortFunc(list, func(a, b judgeable) int {
		return cmp.Or(strings.Compare(a.Case.Case, b.Case.Case), strings.Compare(a.hash, b.hash))
	})
	c.byTrial = map[trialOf]map[string][]label.Label{}
	for i, j := range list {
		j.Call.Trial = 1
		if i > 0 && list[i-1].Case.Case == j.Case.Case {
			j.Call.Trial = c.Replies[i-1].Call.Trial + 1
		} else {
			c.Cases = append(c.Cases, j.Case)
		}
		for _, l := range byText[j.hash] {
			found += len(l)
		}
		c.byTrial[trialOf{j.Case.Case, j.Call.Trial}] = byText[j.hash]
		c.Replies, c.replies, c.labels = append(c.Replies, j.Examined), append(c.replies, j.reply), append(c.labels, byText[j.hash])
	}
	c.missing = wanted - found
	if found == 0 {
		return fmt.Errorf("none of the %d labelled replies is in these runs; name the runs that were labelled", len(byText))
	}
	return nil
}

// wanted reports whether somebody has answered one of the questions about a reply:
// without a label, the judge's answer can't be held against anything.
func (c *Calibrating) wanted(s graders.Sample, questions []graders.Question) bool {
	labels := c.byTrial[trialOf{s.Case, s.Trial}]
	return slices.ContainsFunc(questions, func(q graders.Question) bool { return len(labels[q.Criterion]) > 0 })
}

// Stats are what the calls have come to so far.
func (c *Calibrating) Stats() model.Stats { return c.engine.Stats() }

// Close gives back what the job holds open, but for the run file.
func (c *Calibrating) Close() error {
	c.engine.Close()
	return errors.Join(c.judged.close(), c.programs.Close())
}

// Result makes the calibration of the trials that [runner.Examine] returned.
func (c *Calibrating) Result(trials [][]runfile.Trial) calibration.Calibration {
	out := calibration.Calibration{Schema: calibration.Schema, Suite: c.suite, Judge: c.header, Missing: c.missing, Asked: c.asked, Runs: []string{}}
	out.Judge.Prompt = nil // its hash tells it; the run file has its text
	var findings []calibration.Finding
	for i, graded := range trials {
		for _, k := range c.criteria {
			labels := c.labels[i][k.ID]
			f := calibration.Finding{Criterion: k.ID, Reply: c.replies[i], Labels: labels}
			if len(labels) == 0 || !f.Fill(graded) {
				continue
			}
			findings = append(findings, f)
			out.Labels += len(labels)
			first := c.heard.first(c.Replies[i].Call, k.ID)
			for _, l := range labels {
				if !first.IsZero() && l.At.After(first) {
					out.Late++
				}
			}
		}
	}
	out.Replies = len(trials)
	out.Labellers = calibration.Labellers(findings)
	out.Criteria, out.Disagree = calibration.Measure(c.criteria, findings)
	out.Raters = calibration.CompareRaters(findings)
	out.Runs, out.First, out.Last = c.heard.sources(c.ID)
	return out
}

// Unanswered says how many calls of the judge failed for a reason that has nothing
// to do with what it was asked, and what the first was. Such a judge is not
// measured: it would be called undecided for an outage.
func (c *Calibrating) Unanswered() (calls int, why string) { return c.heard.failed, c.heard.why }

// A listener keeps the judge's calls on their way into the run file.
type listener struct {
	runner.Recorder
	mu     sync.Mutex
	calls  []runfile.Call
	failed int
	why    string
}

// Call implements [runner.Recorder].
func (l *listener) Call(c runfile.Call) error {
	if c.For == runfile.ForJudge {
		l.hear(c)
	}
	return l.Recorder.Call(c)
}

func (l *listener) hear(c runfile.Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.Error == nil {
		l.calls = append(l.calls, c)
		return
	}
	switch model.Kind(c.Error.Kind) {
	case model.KindContextLength, model.KindContentFilter, model.KindBadRequest:
	default:
		if l.failed++; l.failed == 1 {
			l.why = c.Error.Message
		}
	}
}

// first is when the judge first answered about a reply by a criterion.
func (l *listener) first(reply runfile.Call, criterion string) time.Time {
	var first time.Time
	for _, c := range l.calls {
		if c.Case != reply.Case || c.Trial != reply.Trial || !slices.Contains(strings.Split(c.Criterion, ","), criterion) {
			continue
		}
		if first.IsZero() || c.At.Before(first) {
			first = c.At
		}
	}
	return first
}

// sources are the runs that the answers were recorded in, and from when they
// are.
func (l *listener) sources(own string) (runs []string, first, last time.Time) {
	runs = []string{}
	for _, c := range l.calls {
		from := cmp.Or(c.ReplayedFrom, own)
		if !slices.Contains(runs, from) {
			runs = append(runs, from)
		}
		if first.IsZero() || c.At.Before(first) {
			first = c.At
		}
		if c.At.After(last) {
			last = c.At
		}
	}
	slices.Sort(runs)
	return runs, first, last
}
