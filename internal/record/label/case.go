package label

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"promptbench/graders"
)

// KindCase is the kind of the line that says what a proposed case expects.
const KindCase = "case"

// A Case is a proposed case whose expected type a person has yet to say.
type Case struct{ ID, Input, Note string }

// Text identifies what is shown of the case, see [Reply.TextHash].
func (c Case) Text() string { return Reply{Input: c.Input}.TextHash() }

// What a person does with a proposed case.
const (
	Accept Answer = "accept" // it is a case, with a type
	Drop   Answer = "drop"   // the suite does not want it
)

// A CaseLabel is what one person says of a proposed case, a line of a label file.
type CaseLabel struct {
	Kind     string         `json:"kind"` // "case"
	Suite    string         `json:"suite"`
	Case     string         `json:"case"`
	Text     string         `json:"text_hash"` // see [Case.Text]
	Answer   Answer         `json:"label"`     // accept, drop or withdrawn
	Type     string         `json:"type,omitempty"`
	Count    *graders.Range `json:"count,omitempty"` // of items; nil: that of its type
	Labeller string         `json:"labeller"`
	Note     string         `json:"note,omitempty"`
	At       time.Time      `json:"at"`
}

// ReadCases reads what people say of proposed cases in all label files of a directory.
func ReadCases(dir string) ([]CaseLabel, error) { return readAll(dir, CasesIn) }

// CasesIn reads what people say of proposed cases in a label file. One that does not exist holds nothing.
func CasesIn(path string) ([]CaseLabel, error) {
	return readLines(path, KindCase, func(l CaseLabel) error {
		switch {
		case l.Case == "" || l.Text == "" || l.Labeller == "":
			return errors.New("the line says its case, its text's hash, and who labelled")
		case !slices.Contains([]Answer{Accept, Drop, Withdrawn}, l.Answer) || (l.Answer == Accept) != (l.Type != ""):
			return fmt.Errorf("%q with type %q; it is accept with a type, drop or withdrawn", l.Answer, l.Type)
		}
		return nil
	})
}

// LatestCases returns the last label of each person on each case, unless it was withdrawn, in the order of the file.
func LatestCases(labels []CaseLabel) []CaseLabel {
	var out []CaseLabel
	for i, l := range labels {
		isReplaced := slices.ContainsFunc(labels[i+1:], func(later CaseLabel) bool {
			return later.Case == l.Case && later.Text == l.Text && later.Labeller == l.Labeller
		})
		if !isReplaced && l.Answer != Withdrawn {
			out = append(out, l)
		}
	}
	return out
}

// AddCase writes what a person says of a proposed case, whole and at once.
func (f *File) AddCase(l CaseLabel) error { return f.add(l) }

// AskedCase is a proposed case as it is put to a person, and how far that person is.
type AskedCase struct {
	Case          *Case      // nil where none is open
	Before        *CaseLabel // what the person has said of it before
	Types         []string   // of the suite
	Answered, All int        // cases
	CanUndo       bool
}
