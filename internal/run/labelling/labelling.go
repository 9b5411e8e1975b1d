// Package labelling keeps what one person says of replies, as the pages of view ask for it.
//
// A [Source] asks in the order that the command chose, or for the answer that tells most. The label file is the only
// state: each step starts from its labels, so any number of tabs, and a restart, go on from the same place.
package labelling

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/calibration"
)

// A Source is one person's labels of the replies of some runs. Its methods may be called at the same time.
type Source struct {
	project  *project.Project
	runs     []*runfile.Run
	labeller string
	path     string
	file     *label.File
	work     job.Labelling

	mu     sync.Mutex
	labels []label.Label  // of the file
	next   *job.Labelling // by what an answer tells; nil until it is asked for
	known  int            // labels that next was made with
}

// Open opens the label file of a person for the questions of work, which are about the replies of runs. It is a problem
// where another process has the file open, or it holds the labels of another person.
func Open(p *project.Project, of []*runfile.Run, work job.Labelling, labeller string) (*Source, error) {
	s := &Source{
		project: p, runs: of, labeller: labeller, work: work,
		path: filepath.Join(p.LabelsDir(), label.FileName(p.Suite.Name, labeller)),
	}
	var err error
	if s.file, err = label.AppendOwn(s.path, labeller); err != nil {
		return nil, err
	}
	if s.labels, err = label.Read(s.path); err == nil {
		err = s.file.Keep(work.Draw)
	}
	if err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// Close makes the labels durable.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Close()
}

// Who returns the name of the person, and the file of the labels.
func (s *Source) Who() (labeller, file string) { return s.labeller, s.path }

// HasQuestions reports whether there is a question about a reply.
func (s *Source) HasQuestions() bool { return len(s.work.Questions) > 0 }

// Suite returns the name of the suite whose questions are asked.
func (s *Source) Suite() string { return s.project.Suite.Name }

// Progress counts the answered questions of the order that the command chose.
func (s *Source) Progress() (answered, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session(s.work).Progress()
}

// Ask returns what is asked: the question with a key, or the next one where the key is empty. With useful it is the one
// whose answer tells most, which is a problem where no verdict of a judge or no random draw is there.
func (s *Source) Ask(useful bool, k label.Key) (label.Asked, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	work, err := s.order(useful)
	if err != nil {
		return label.Asked{}, err
	}
	session := s.session(work)
	if k != (label.Key{}) && !session.Ask(k) {
		return label.Asked{}, label.ErrNoQuestion
	}
	out := label.Asked{CanUndo: session.CanUndo()}
	out.Answered, out.All = session.Progress()
	if q, ok := session.Current(); ok {
		out.Question = &q
		out.Note = s.noteOf(q.Key())
	}
	return out, nil
}

// noteOf is what the person has said of a question before, even if the answer was taken back.
func (s *Source) noteOf(k label.Key) string {
	note := ""
	for _, l := range s.labels {
		if l.Key() == k && l.Answer != label.Withdrawn {
			note = l.Note
		}
	}
	return note
}

// order returns the questions in one of the two orders.
func (s *Source) order(useful bool) (job.Labelling, error) {
	if !useful {
		return s.work, nil
	}
	if s.next == nil {
		next, err := job.ToLabelNext(s.project, s.runs)
		if err != nil {
			return job.Labelling{}, err
		}
		s.next, s.known = &next, len(s.labels)
	}
	out := *s.next
	out.Choose = func([]label.Label) (label.Question, bool) { return s.next.Choose(s.labels[s.known:]) }
	return out, nil
}

func (s *Source) session(w job.Labelling) *label.Session {
	return label.NewGuidedSession(s.project.Suite.Name, s.labeller, w.Questions, s.labels, w.Choose)
}

// Answer keeps an answer, once it is in the file. The same answer again changes nothing.
func (s *Source) Answer(useful bool, k label.Key, a label.Answer, note string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	work, err := s.order(useful)
	if err != nil {
		return err
	}
	work.Choose = nil // what comes next is asked for later
	session := s.session(work)
	if !session.Ask(k) {
		return label.ErrNoQuestion
	}
	l := session.Answer(a, time.Now())
	l.Note = note
	for _, old := range label.Latest(s.labels) {
		if old.Key() == k && old.Labeller == s.labeller && old.Answer == a && old.Note == note {
			return nil
		}
	}
	return s.add(l)
}

// Undo takes the last answer back and returns its question. It reports false where there is none.
func (s *Source) Undo(useful bool) (label.Key, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	work, err := s.order(useful)
	if err != nil {
		return label.Key{}, false, err
	}
	work.Choose = nil
	l, ok := s.session(work).Undo(time.Now())
	if !ok {
		return label.Key{}, false, nil
	}
	return l.Key(), true, s.add(l)
}

func (s *Source) add(l label.Label) error {
	if err := s.file.Add(l); err != nil {
		return err
	}
	s.labels = append(s.labels, l)
	return nil
}

// Agreement says how far the people whose labels are beside the suite agree on each criterion. It shows the answers of
// others to no question that this person has not answered.
func (s *Source) Agreement() ([]calibration.Agreement, error) {
	people, err := project.People(s.project.Suite.Path)
	if err != nil {
		return nil, err
	}
	criteria, err := s.project.Criteria()
	if err != nil {
		return nil, err
	}
	replies := map[string]label.Reply{}
	for _, q := range s.work.Questions {
		replies[q.Reply.TextHash()] = q.Reply
	}
	return s.blind(calibration.Agree(criteria, replies, people.Labels)), nil
}

// blind leaves out what others say of something that this person has not answered.
func (s *Source) blind(all []calibration.Agreement) []calibration.Agreement {
	for i := range all {
		all[i].Differ = slices.DeleteFunc(all[i].Differ, func(f calibration.Finding) bool {
			return !slices.ContainsFunc(f.Labels, func(l label.Label) bool { return l.Labeller == s.labeller })
		})
	}
	return all
}
