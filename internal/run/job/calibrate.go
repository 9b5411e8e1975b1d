package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/calibration"
	"promptbench/internal/verdict/summary"
)

// A Calibration is the job of asking a judge about labelled replies, several times
// over.
type Calibration struct {
	*Job

	work     *runner.Calibration
	suite    string
	repeats  int
	criteria []graders.Criterion
	replies  []labelledReply // in the order of the work's
	missing  int             // labels whose reply is in none of the runs
	judge    *preparedJudge
	calls    *judgeCalls
}

// A labelledReply is a reply with its labels, by criterion.
type labelledReply struct {
	judgeable
	model  string // that gave it
	labels map[string][]label.Label
}

// PrepareCalibration looks up the replies that the suite's labels are about in
// the run files at paths, and prepares to ask the judge about each: repeats times,
// and once with the options in reverse order.
func PrepareCalibration(
	ctx context.Context, p *project.Project, o Options, paths []string, repeats int,
) (*Calibration, error) {
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	if len(criteria) == 0 {
		return nil, noQuestions(p)
	}
	c := &Calibration{Job: newJob(ctx, o), suite: p.Suite.Name, repeats: repeats, criteria: criteria}
	if err := c.prepare(ctx, p, o, paths); err != nil {
		return nil, errors.Join(err, c.Abandon())
	}
	c.Trials = len(c.replies)
	c.run = func(ctx context.Context, stop <-chan struct{}) ([]runfile.End, error) {
		end, err := runner.Calibrate(ctx, c.work, stop)
		return []runfile.End{end}, err
	}
	return c, nil
}

func (c *Calibration) prepare(ctx context.Context, p *project.Project, o Options, paths []string) (err error) {
	if c.replies, c.missing, err = labelledReplies(p, c.criteria, paths); err != nil {
		return err
	}
	if c.judge, err = c.prepareJudge(ctx, p, o); err != nil {
		return err
	}
	c.work = &runner.Calibration{Judge: c.judge.judge, Workers: o.Concurrency, Progress: c.report}
	labels := map[replyKey]map[string][]label.Label{}
	for _, r := range c.replies {
		if r.Call.Trial == 1 {
			c.work.Cases = append(c.work.Cases, r.Case)
		}
		c.work.Replies = append(c.work.Replies, r.Reply)
		labels[replyKey{r.Case.Case, r.Call.Trial}] = r.labels
	}
	// Without a label, the judge's answer can't be compared with anything.
	isWanted := func(s graders.Sample, questions []graders.Question) bool {
		return slices.ContainsFunc(questions, func(q graders.Question) bool {
			return len(labels[replyKey{s.Case, s.Trial}][q.Criterion]) > 0
		})
	}
	programs := p.Programs()
	c.onClose(programs.Close)
	transform, err := p.Transformer(programs)
	if err != nil {
		return err
	}
	for k := range c.repeats + 1 {
		of := c.judge.judge
		j := &runner.Judge{Prompt: of.Prompt, Default: of.Default, Named: of.Named, Repeat: k, IsWanted: isWanted}
		if k == c.repeats {
			j.Repeat, j.Reversed = 0, true
		}
		built, err := p.Build(graders.Models{Judge: j}, programs)
		if err != nil {
			return err
		}
		c.work.Gradings = append(c.work.Gradings, runner.Grading{Reader: p.Reader, Transform: transform, Graders: built})
	}
	if err := programs.Start(ctx); err != nil {
		return err
	}
	h := header(ctx, p, o)
	h.Prompt, h.Model, h.Judge = *c.judge.header.Prompt, c.judge.header.Model, c.judge.header
	h.Graders = c.work.Gradings[0].Specs()
	id, w, err := c.create(p, o, h)
	c.calls = &judgeCalls{Recorder: w}
	c.work.ID, c.work.Run = id, c.calls
	return err
}

// replyKey tells the replies of a calibration apart.
type replyKey struct {
	id    string // of the case
	trial int
}

// labelledReplies finds the labelled replies in the run files, each text once, and
// counts the labels whose reply is in none of them. Their trials number the replies
// to a case.
func labelledReplies(p *project.Project, criteria []graders.Criterion, paths []string) (
	out []labelledReply, missing int, err error,
) {
	labels, err := label.ReadDir(p.LabelsDir())
	if err != nil {
		return nil, 0, err
	}
	byText := map[string]map[string][]label.Label{} // then by criterion
	for _, l := range label.Latest(labels) {
		i := slices.IndexFunc(criteria, func(k graders.Criterion) bool { return rubric.QuestionHash(k) == l.Question })
		if i < 0 {
			continue // of another question, or an earlier wording
		}
		if l.Drawn == label.AsUseful {
			continue // chosen by what the judge says
		}
		if byText[l.Text] == nil {
			byText[l.Text] = map[string][]label.Label{}
		}
		byText[l.Text][criteria[i].ID] = append(byText[l.Text][criteria[i].ID], l)
		missing++
	}
	if missing == 0 {
		return nil, 0, problem.List{{
			Message: fmt.Sprintf("%s holds no label of the questions that %s puts now", p.LabelsDir(), p.Suite.Path),
			Hint:    "label some replies first: promptbench judge label RUN",
		}}
	}
	found := map[string]bool{}
	for _, path := range paths {
		run, err := runfile.Load(path, runfile.Full)
		if err != nil {
			return nil, 0, err
		}
		list, err := judgeableReplies(p, run)
		if err != nil {
			return nil, 0, err
		}
		for _, j := range list {
			if byText[j.hash] == nil || found[j.hash] {
				continue
			}
			found[j.hash] = true
			author := run.Header.Model.ID
			if !run.Header.OfRevision() { // the run of a judge, which copies the replies that it judged
				author = j.Call.ResponseModel
			}
			j.Call.ReplayedFrom = cmp.Or(j.Call.ReplayedFrom, run.Header.Run)
			out = append(out, labelledReply{judgeable: j, model: author, labels: byText[j.hash]})
			for _, l := range byText[j.hash] {
				missing -= len(l)
			}
		}
	}
	if len(out) == 0 {
		return nil, 0, fmt.Errorf("none of the %d labelled replies is in these runs; name the runs that were labelled",
			len(byText))
	}
	// The order in which the runs are named, or found, must not show.
	slices.SortFunc(out, func(a, b labelledReply) int {
		return cmp.Or(strings.Compare(a.Case.Case, b.Case.Case), strings.Compare(a.hash, b.hash))
	})
	for i := range out {
		out[i].Call.Trial = 1
		if i > 0 && out[i-1].Case.Case == out[i].Case.Case {
			out[i].Call.Trial = out[i-1].Call.Trial + 1
		}
	}
	return out, missing, nil
}

// Result is the calibration, once the job has run to its end.
func (c *Calibration) Result() calibration.Calibration {
	out := calibration.Calibration{
		Schema: calibration.Schema, Suite: c.suite, Judge: *c.judge.header, Missing: c.missing, Asked: c.repeats,
		Runs: []string{},
	}
	out.Judge.Prompt = nil // its hash tells it; the run file has its text
	var findings []calibration.Finding
	family := summary.FamilyOf(c.judge.header.Model.ID)
	for i, r := range c.replies {
		if family != "" && summary.FamilyOf(r.model) == family {
			out.Family, out.OfFamily = family, out.OfFamily+1
		}
		for _, k := range c.criteria {
			f := calibration.Finding{Criterion: k.ID, Reply: r.reply, Labels: r.labels[k.ID]}
			if len(f.Labels) == 0 || !f.Fill(c.work.Results[i]) {
				continue
			}
			findings = append(findings, f)
			out.Labels += len(f.Labels)
			first := c.calls.first(r.Call, k.ID)
			for _, l := range f.Labels {
				if !first.IsZero() && l.At.After(first) {
					out.Late++
				}
			}
		}
	}
	out.Replies = len(c.replies)
	out.Labellers = calibration.Labellers(findings)
	out.Criteria, out.Disagree = calibration.Measure(c.criteria, findings)
	out.Raters = calibration.CompareRaters(findings)
	out.Runs, out.First, out.Last = c.calls.sources(c.work.ID)
	return out
}

// Unanswered counts the calls of the judge that failed for a reason other than
// what it was asked, and returns the message of the first. Such a judge is not measured: an
// outage would count as indecision.
func (c *Calibration) Unanswered() (calls int, why string) { return c.calls.failed, c.calls.why }
