package labelling

import (
	"cmp"
	"slices"
	"time"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/record/label"
	"promptbench/internal/verdict/calibration"
)

// Cases is what one person says of proposed cases. Its methods may be called at the same time.
type Cases struct {
	source   *Source // whose file and lock it uses
	proposed *propose.Proposed
	labels   []label.CaseLabel // of the file
}

// Cases asks the person of the source about proposed cases, too.
func (s *Source) Cases(of *propose.Proposed) (*Cases, error) {
	labels, err := label.CasesIn(s.path)
	return &Cases{source: s, proposed: of, labels: labels}, err
}

// answered lists the places of the labelled cases, in the order of the labels.
func (c *Cases) answered() (at []int) {
	for _, l := range label.LatestCases(c.labels) {
		if i := c.find(l.Case); i >= 0 && c.proposed.Blanks[i].Text() == l.Text {
			at = append(at, i)
		}
	}
	return at
}

func (c *Cases) find(id string) int {
	return slices.IndexFunc(c.proposed.Blanks, func(k label.Case) bool { return k.ID == id })
}

// AskCase returns the case with an id, or the first that is not labelled where the id is empty.
func (c *Cases) AskCase(id string) (label.AskedCase, error) {
	c.source.mu.Lock()
	defer c.source.mu.Unlock()
	done, all := c.answered(), c.proposed.Blanks
	out := label.AskedCase{Types: c.proposed.Types, Answered: len(done), All: len(all), CanUndo: len(done) > 0}
	at := c.find(id)
	if id != "" && at < 0 {
		return out, label.ErrNoQuestion
	}
	if id == "" {
		for i := range all {
			if !slices.Contains(done, i) {
				at = i
				break
			}
		}
	}
	if at < 0 {
		return out, nil
	}
	out.Case = &all[at]
	for _, l := range c.labels {
		if l.Case == out.Case.ID && l.Text == out.Case.Text() && l.Answer != label.Withdrawn {
			out.Before = &l
		}
	}
	return out, nil
}

// AnswerCase keeps what the person says of the case that the label names, once it is in the file.
func (c *Cases) AnswerCase(l label.CaseLabel) error {
	c.source.mu.Lock()
	defer c.source.mu.Unlock()
	at := c.find(l.Case)
	if at < 0 || l.Answer == label.Accept && !slices.Contains(c.proposed.Types, l.Type) {
		return label.ErrNoQuestion
	}
	l.Text = c.proposed.Blanks[at].Text()
	return c.add(l)
}

// UndoCase takes the last label back and returns the id of its case, or nothing where there is none.
func (c *Cases) UndoCase() (id string, err error) {
	c.source.mu.Lock()
	defer c.source.mu.Unlock()
	done := c.answered()
	if len(done) == 0 {
		return "", nil
	}
	last := c.proposed.Blanks[done[len(done)-1]]
	return last.ID, c.add(label.CaseLabel{Case: last.ID, Text: last.Text(), Answer: label.Withdrawn})
}

// Agreement says how far people agree on each type, and shows no label of a case that this person has not labelled.
func (c *Cases) Agreement() ([]calibration.Agreement, error) {
	labels, err := label.ReadCases(c.source.project.LabelsDir())
	if err != nil {
		return nil, err
	}
	return c.source.blind(calibration.AgreeOnCases(c.proposed.Types, c.proposed.Blanks, labels)), nil
}

func (c *Cases) add(l label.CaseLabel) error {
	l.Kind, l.Suite, l.Labeller = label.KindCase, c.source.project.Suite.Name, c.source.labeller
	l.At = cmp.Or(l.At, time.Now().UTC().Truncate(time.Second))
	if err := c.source.file.AddCase(l); err != nil {
		return err
	}
	c.labels = append(c.labels, l)
	return nil
}
