package job

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/labelled"
)

// A judgeable is a reply that a judge would be asked about.
type judgeable struct {
	runner.Reply
	reply label.Reply
	hash  string // of its text, see [label.Reply.TextHash]
}

// judgeableReplies are the replies of a run that a judge would be asked about: the
// readable ones of the suite's cases that did not fail as a whole. The run must
// be loaded in full.
func judgeableReplies(p *project.Project, run *runfile.Run) ([]judgeable, error) {
	if err := runs.RefuseRedacted(run.Header, "there is no reply to judge"); err != nil {
		return nil, err
	}
	transform := p.Suite.Rules.Transform
	if !reflect.DeepEqual(run.Header.Reply.Transform, transform) {
		return nil, problem.List{{
			Message: "the replies of run " + run.Header.Run + " were not transformed as the suite says now",
			Hint:    "grade it again first: promptbench regrade " + run.Header.Run,
		}}
	}
	cases := map[string]runfile.Case{}
	for c, err := range p.Cases() {
		if err != nil {
			return nil, err
		}
		cases[c.ID] = runner.CaseRecord(p.Suite, c)
	}
	var out []judgeable
	format, reader := run.Header.Prompt.ReplyFormat, p.ReaderFor(run.Header.Model)
	textOf := func(c *runfile.Call) string { return reader.Read(c.Reply, c.Thinking, format).Text }
	for i := range run.Cases {
		then := &run.Cases[i]
		now, ok := cases[then.Case]
		if !ok || now.InputHash != then.InputHash {
			continue
		}
		for replies := range runfile.RepliesIn(run.CallsOf(then.Case)) {
			call, earlier := replies[len(replies)-1], replies[:len(replies)-1]
			if runner.FailureOf(&now, replies) != "" || call.Error != nil {
				continue
			}
			text := call.Reply
			if !transform.IsZero() {
				text = run.GradedText(&call)
			}
			read := reader.Read(text, call.Thinking, format)
			if !read.Readable() {
				continue
			}
			r := label.Reply{
				Case: call.Case, Expected: now.Expect.Type, Input: now.Asked(replies, textOf), Text: read.Text, Type: read.Type,
				Items: read.Items,
			}
			of := runner.Reply{Case: now, Call: call, Format: format, Earlier: earlier}
			out = append(out, judgeable{Reply: of, reply: r, hash: r.TextHash()})
		}
	}
	return out, nil
}

// A Labelling is what a person is asked about the replies of some runs.
type Labelling struct {
	Questions []label.Question
	Draw      *label.Draw // to be kept before the first answer, unless the labels have it; nil: no random draw

	// Choose picks the next question, given the answers of the session; nil: in the order of the questions.
	Choose func(given []label.Label) (label.Question, bool)
}

// ToLabel lists every question about the replies of some runs, in the order of a seed. It is a problem where the suite
// puts no question, or none to these replies.
func ToLabel(p *project.Project, of []*runfile.Run, seed uint64) (Labelling, error) {
	w, err := labelWork(p, of)
	if err != nil {
		return Labelling{}, err
	}
	var replies []label.Reply
	for _, side := range w.sides {
		for _, j := range side.judgeable {
			replies = append(replies, j.reply)
		}
	}
	return w.about(label.Questions(replies, w.criteria, seed))
}

// ToLabelSample draws, for each question, so many cases at random, each group of paraphrases as one, and lists the
// question about the replies of all runs to each. The runs are the seed. Replies that fail without a question count as
// drawn.
func ToLabelSample(p *project.Project, of []*runfile.Run, n int, labeller string, now time.Time) (Labelling, error) {
	w, err := labelWork(p, of)
	if err != nil {
		return Labelling{}, err
	}
	n = min(n, len(w.cases))
	d := label.Draw{
		Kind: label.KindDraw, Suite: p.Suite.Name, Runs: project.RecordedIn(of...), Sample: n, Labeller: labeller,
		At: now.UTC().Truncate(time.Second),
	}
	drawn := make([][]label.Question, n) // by the place in the draw
	for _, c := range w.criteria {
		for i, name := range w.draw(d, c.ID) {
			for _, side := range w.sides {
				isDrawn := func(u labelled.Unit) bool { return u.Name == name }
				drawn[i] = append(drawn[i], side.questions(c, label.AtRandom, isDrawn)...)
			}
		}
	}
	var questions []label.Question
	seen := map[string]bool{}
	for _, list := range drawn {
		// Which run a reply is from must not show in the order of the replies to one case.
		slices.SortStableFunc(list, func(a, b label.Question) int {
			return cmp.Or(strings.Compare(a.Reply.Case, b.Reply.Case), strings.Compare(a.Reply.TextHash(), b.Reply.TextHash()))
		})
		for _, q := range list {
			if key := q.Criterion.ID + " " + q.Reply.TextHash(); !seen[key] {
				seen[key] = true
				questions = append(questions, q)
			}
		}
	}
	if len(questions) == 0 && w.isUndecided() {
		return Labelling{}, problem.List{{
			Message: "the judge decided nothing about these replies, so none can be drawn at random: labels would have no " +
				"verdict to be held against",
			Hint: "run the revision again once the judge answers, which replays its replies; or label without --sample",
		}}
	}
	out, err := w.about(questions)
	out.Draw = &d
	return out, err
}

// A labelling is the replies of some runs, to be labelled.
type labelling struct {
	project  *project.Project
	criteria []graders.Criterion
	cases    []runfile.Case // of the suite, by id
	sides    []labelledSide
	people   labelled.People
}

// A labelledSide is one of the runs.
type labelledSide struct {
	run       *runfile.Run
	judgeable []judgeable
	texts     map[string]string      // of the first replies, by case
	replies   map[string]label.Reply // by text
	people    *labelled.Run
}

// isUndecided reports whether a judge was asked about replies of the runs, and decided nothing.
func (w *labelling) isUndecided() bool {
	wasAsked := false
	for _, side := range w.sides {
		for _, c := range w.criteria {
			if side.people.IsJudged(c.ID) {
				return false
			}
			wasAsked = wasAsked || len(graders.Questions(side.run.Header.Graders)) > 0 &&
				slices.ContainsFunc(side.judgeable, func(j judgeable) bool {
					return c.Applies(graders.Expect{Type: j.Case.Expect.Type})
				})
		}
	}
	return wasAsked
}

// ToLabelNext offers the questions whose answers narrow the intervals of the judged rates most. It is a problem where
// no judge decided, or no random draw is labelled.
func ToLabelNext(p *project.Project, of []*runfile.Run) (Labelling, error) {
	w, err := labelWork(p, of)
	if err != nil {
		return Labelling{}, err
	}
	var questions []label.Question
	isJudged, isDrawn := false, false
	for _, side := range w.sides {
		for _, c := range w.criteria {
			labels, _ := side.people.Drawn(c.ID)
			isJudged, isDrawn = isJudged || side.people.IsJudged(c.ID), isDrawn || labels > 0
			questions = append(questions, side.questions(c, label.AsUseful, func(labelled.Unit) bool { return true })...)
		}
	}
	switch {
	case !isJudged:
		return Labelling{}, problem.List{{
			Message: "these runs have no verdict of a judge on the questions of " + p.Suite.Path,
			Hint: "run the revision with --suite " + p.Suite.Path + " and a judge, which replays its replies; " +
				"or draw replies at random with --sample 30",
		}}
	case !isDrawn:
		return Labelling{}, problem.List{{
			Message: "no reply of these runs is labelled that was drawn at random, so the gain of a label is unknown",
			Hint:    "begin with --sample 30",
		}}
	}
	out, err := w.about(questions)
	out.Choose = func(given []label.Label) (label.Question, bool) { return w.next(given) }
	return out, err
}

func labelWork(p *project.Project, of []*runfile.Run) (*labelling, error) {
	w := &labelling{project: p}
	var err error
	if w.criteria, err = p.Criteria(); err != nil {
		return nil, err
	}
	if len(w.criteria) == 0 {
		return nil, noQuestions(p)
	}
	for c, err := range p.Cases() {
		if err != nil {
			return nil, err
		}
		w.cases = append(w.cases, runner.CaseRecord(p.Suite, c))
	}
	slices.SortFunc(w.cases, func(a, b runfile.Case) int { return strings.Compare(a.Case, b.Case) })
	if w.people, err = project.People(p.Suite.Path); err != nil {
		return nil, err
	}
	for _, run := range of {
		side := labelledSide{run: run, texts: map[string]string{}, replies: map[string]label.Reply{}}
		if side.judgeable, err = judgeableReplies(p, run); err != nil {
			return nil, err
		}
		for _, j := range side.judgeable {
			if j.Call.Trial == 1 {
				side.texts[j.Case.Case], side.replies[j.hash] = j.hash, j.reply
			}
		}
		side.people = w.peopleOf(side, w.people)
		w.sides = append(w.sides, side)
	}
	return w, nil
}

func (w *labelling) peopleOf(side labelledSide, people labelled.People) *labelled.Run {
	same := slices.DeleteFunc(slices.Clone(w.cases), func(c runfile.Case) bool {
		then, ok := side.run.Case(c.Case)
		return !ok || then.InputHash != c.InputHash
	})
	return labelled.Of(side.run, same, w.criteria, side.texts, people)
}

// draw names the units of a criterion that are drawn.
func (w *labelling) draw(d label.Draw, criterion string) []string {
	var names []string
	for _, side := range w.sides {
		for _, u := range side.people.Units(criterion) {
			if !slices.Contains(names, u.Name) {
				names = append(names, u.Name)
			}
		}
	}
	label.Sort(d, names, func(name string) string { return name })
	return names[:min(d.Sample, len(names))]
}

// questions puts a criterion to the units that are wanted and have a reply to ask about.
func (s labelledSide) questions(c graders.Criterion, d label.Drawn, isWanted func(labelled.Unit) bool) (
	out []label.Question,
) {
	for _, u := range s.people.Units(c.ID) {
		if u.Text != "" && isWanted(u) {
			out = append(out, label.Question{Reply: s.replies[u.Text], Criterion: c, Drawn: d})
		}
	}
	return out
}

// next is the question whose answer narrows an interval most.
func (w *labelling) next(given []label.Label) (q label.Question, ok bool) {
	people := labelled.People{Labels: slices.Concat(w.people.Labels, given), Draws: w.people.Draws}
	most := 0.0
	for _, side := range w.sides {
		now := w.peopleOf(side, people)
		for _, c := range w.criteria {
			if u, gain, open := now.Next(c.ID); open && gain > most {
				most, ok = gain, true
				q = label.Question{Reply: side.replies[u.Text], Criterion: c, Drawn: label.AsUseful}
			}
		}
	}
	return q, ok
}

// about is a labelling with these questions. There must be one.
func (w *labelling) about(questions []label.Question) (Labelling, error) {
	if len(questions) == 0 {
		return Labelling{}, problem.List{{
			Message: fmt.Sprintf("no question of %s applies to a reply of these runs", w.project.Suite.Path),
			Hint:    "check that they are runs of its cases, and readable",
		}}
	}
	return Labelling{Questions: questions}, nil
}

// noQuestions is the problem of a suite without a judged criterion.
func noQuestions(p *project.Project) error {
	return problem.List{{
		File: p.Suite.Path, Message: "no criterion of the suite has a question for a judge",
		Hint: "name a suite that does with --suite, such as cases/subtodos-judged.yaml",
	}}
}
