// Package labelled says what the labels of a run's own replies tell about its judged rates, however the judge errs.
//
// [Of] lists the replies of a run by criterion, one for each case or group of paraphrases, with what the judge and
// people say of them. [Run.Rate] and [Difference] rest on labels that a [label.Draw] put in a random order: on as many
// from its beginning as are answered. Other labels do not count, since the replies that somebody chose may differ from
// the rest. [Run.Next] says which label narrows the interval of a rate most.
package labelled

import (
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
)

// Least is how many labels drawn at random an estimate rests on at least.
const Least = 30

// People is what people say of replies: their labels, and the draws among them.
type People struct {
	Labels []label.Label
	Draws  []label.Draw
}

// A Unit is a case, or the first case of a group of paraphrases, with the reply of its first trial.
type Unit struct {
	Name       string // of the case or the group
	Case       string
	Input      string // hash of the input
	Text       string // hash of what a person is shown; empty where the reply fails without a question
	Judge      *bool  // whether the judge passes it; nil where the run has no judge
	Pass       *bool  // whether people pass it; nil where they have not decided
	IsAnswered bool   // by a person, or without a question
}

// A Run is what people say of the replies of one run.
type Run struct {
	draws []label.Draw
	units map[string][]Unit // by the id of the criterion
}

// Of lists the replies of a run to some of its cases, by the criteria that apply. Texts has the hash of each reply that
// a person can be asked about, by the id of its case, of the first trial. Replies that the judge could not decide are
// left out.
func Of(
	run *runfile.Run, cases []runfile.Case, criteria []graders.Criterion, texts map[string]string, people People,
) *Run {
	r := &Run{units: map[string][]Unit{}}
	for _, d := range people.Draws { // a larger draw has the order of the smaller one
		if !slices.ContainsFunc(r.draws, func(other label.Draw) bool { return slices.Equal(other.Runs, d.Runs) }) {
			r.draws = append(r.draws, d)
		}
	}
	said, asked := byQuestion(people.Labels), map[string]bool{}
	for _, c := range graders.Questions(run.Header.Graders) {
		asked[rubric.QuestionHash(c)] = true
	}
	for _, c := range criteria {
		hash, seen := rubric.QuestionHash(c), map[string]bool{}
		for _, k := range cases {
			name := k.Case
			if k.Group != "" {
				name = "group " + k.Group
			}
			if seen[name] || !c.Applies(graders.Expect{Type: k.Expect.Type}) {
				continue
			}
			u, ok := unitOf(run, c.ID, asked[hash], k.Case, texts)
			if !ok {
				continue
			}
			seen[name] = true
			u.Name, u.Input = name, k.InputHash
			u.ask(said[question{hash, u.Text}])
			r.units[c.ID] = append(r.units[c.ID], u)
		}
	}
	return r
}

// unitOf is the reply to a case, or false where there is none, or the judge was asked and could not decide.
func unitOf(run *runfile.Run, criterion string, asked bool, id string, texts map[string]string) (Unit, bool) {
	trials := run.TrialsOf(id)
	i := slices.IndexFunc(trials, func(t runfile.Trial) bool { return t.Trial == 1 })
	if i < 0 || trials[i].Error != nil {
		return Unit{}, false
	}
	u := Unit{Case: id, Text: texts[id]}
	if !asked {
		return u, true
	}
	at := slices.IndexFunc(trials[i].Scores, func(s graders.Score) bool { return s.Grader == "rubric/"+criterion })
	if at < 0 {
		return u, false
	}
	s := trials[i].Scores[at]
	u.Judge = &s.Pass
	return u, s.Value != nil && (u.Text != "" || !s.Pass)
}

// question is what a label answers.
type question struct{ question, text string }

// byQuestion returns the last answer of each person to each question.
func byQuestion(labels []label.Label) map[question][]label.Answer {
	out := map[question][]label.Answer{}
	for _, l := range label.Latest(labels) {
		k := question{l.Question, l.Text}
		out[k] = append(out[k], l.Answer)
	}
	return out
}

// ask sets what people say.
func (u *Unit) ask(answers []label.Answer) {
	if u.Text == "" {
		fails := false
		u.Pass, u.IsAnswered = &fails, true
		return
	}
	u.IsAnswered = len(answers) > 0
	if pass, ok := label.Majority(answers); ok {
		u.Pass = &pass
	}
}

// Units returns the units of a criterion.
func (r *Run) Units(criterion string) []Unit { return r.units[criterion] }

// IsJudged reports whether the run has verdicts on a criterion.
func (r *Run) IsJudged(criterion string) bool { return len(r.judged(criterion)) > 0 }

// judged returns the units with a verdict.
func (r *Run) judged(criterion string) []Unit {
	return slices.DeleteFunc(slices.Clone(r.units[criterion]), func(u Unit) bool { return u.Judge == nil })
}

// inBestDraw puts units in the order of the draw with the most labels, and counts the labels that decide from its
// beginning to the first unit that nobody was asked about.
func inBestDraw[T any](draws []label.Draw, units []T, name func(T) string, said func(T) (decided, answered bool)) (
	best []T, drawn int,
) {
	for _, d := range draws {
		order := slices.Clone(units)
		label.Sort(d, order, name)
		n := 0
		for _, u := range order {
			decided, answered := said(u)
			if !answered {
				break
			}
			if decided {
				n++
			}
		}
		if best == nil || n > drawn {
			best, drawn = order, n
		}
	}
	return best, drawn
}
