package label

import (
	"errors"
	"slices"
	"time"

	"promptbench/internal/input/rubric"
)

// ErrNoQuestion says that a question is none of those that are asked.
var ErrNoQuestion = errors.New("there is no such question; the suite or the runs have changed")

// A Session is one person's way through the questions. It starts at the first that is not answered yet, or at that
// which is chosen.
type Session struct {
	Suite    string
	Labeller string

	questions []Question
	places    map[Key]int // in questions
	answered  map[Key]bool
	history   []int // questions in the order in which they were answered, those before the session first
	at        int   // the current question; -1 where none is open

	choose func(labels []Label) (Question, bool) // what to ask next, given the answers so far; nil: the first open one
	given  []Label                               // in this session
}

// Asked is a question as it is put to a person, and how far that person is.
type Asked struct {
	Question      *Question // nil where none is open
	Note          string    // that the person has written to it before
	Answered, All int       // questions
	CanUndo       bool
}

// NewSession goes on where the labels of that person end.
func NewSession(suite, labeller string, questions []Question, labels []Label) *Session {
	return NewGuidedSession(suite, labeller, questions, labels, nil)
}

// NewGuidedSession is [NewSession] where choose picks the next question, given the labels of this session so far. It
// must be one of the questions, and none that this person has answered. It ends the session with false.
func NewGuidedSession(
	suite, labeller string, questions []Question, labels []Label, choose func(given []Label) (Question, bool),
) *Session {
	s := &Session{
		Suite: suite, Labeller: labeller, questions: questions, places: make(map[Key]int, len(questions)),
		answered: map[Key]bool{}, choose: choose,
	}
	for i, q := range questions {
		s.places[q.Key()] = i
	}
	for _, l := range Latest(labels) {
		if i, ok := s.places[l.Key()]; ok && l.Labeller == labeller {
			s.answered[l.Key()] = true
			s.history = append(s.history, i)
		}
	}
	s.next()
	return s
}

func (s *Session) next() {
	if s.choose != nil {
		s.at = -1
		if q, ok := s.choose(s.given); ok {
			s.at = s.places[q.Key()]
		}
		return
	}
	s.at = slices.IndexFunc(s.questions, func(q Question) bool { return !s.answered[q.Key()] })
}

// Current returns the question that is asked now, or false where none is open.
func (s *Session) Current() (Question, bool) {
	if s.at < 0 {
		return Question{}, false
	}
	return s.questions[s.at], true
}

// Ask asks one of the questions now, whether it is answered or not. It reports false where there is no such question.
func (s *Session) Ask(k Key) bool {
	at, ok := s.places[k]
	if ok {
		s.at = at
	}
	return ok
}

// Progress says how many questions are answered, of how many.
func (s *Session) Progress() (answered, all int) { return len(s.answered), len(s.questions) }

// Answer answers the current question and moves on. The label is to be kept.
func (s *Session) Answer(a Answer, now time.Time) Label {
	q := s.questions[s.at]
	s.answered[q.Key()] = true
	s.history = append(s.history, s.at)
	l := s.label(q, a, now)
	s.next()
	return l
}

// CanUndo reports whether there is an answer to take back.
func (s *Session) CanUndo() bool { return len(s.history) > 0 }

// Undo takes the answer before back and asks that question again. It reports false where there is none. The label is to
// be kept.
func (s *Session) Undo(now time.Time) (Label, bool) {
	if len(s.history) == 0 {
		return Label{}, false
	}
	last := s.history[len(s.history)-1]
	s.history = s.history[:len(s.history)-1]
	q := s.questions[last]
	delete(s.answered, q.Key())
	s.at = last
	return s.label(q, Withdrawn, now), true
}

func (s *Session) label(q Question, a Answer, now time.Time) Label {
	l := Label{
		Kind: Kind, Suite: s.Suite, Criterion: q.Criterion.ID, Question: rubric.QuestionHash(q.Criterion), Case: q.Reply.Case,
		Text: q.Reply.TextHash(), Answer: a, Labeller: s.Labeller, Drawn: q.Drawn, At: now.UTC().Truncate(time.Second),
	}
	s.given = append(s.given, l)
	return l
}
