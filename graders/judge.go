package graders

import (
	"context"
	"errors"
)

// A Judge answers questions about one reply, each by one of its options.
type Judge interface {
	// Ask puts questions about one sample, all in one call, and returns a verdict
	// for each in the order of the questions. They share their Judge and Votes.
	// It is called for many samples at once.
	//
	// An error means that the judge failed: all the questions are then unscored and
	// broken with the error's text as the reason. One that wraps [ErrStopped]
	// ends the grading instead.
	Ask(ctx context.Context, s Sample, questions []Question) ([]Verdict, error)
}

// ErrStopped says that a judge was not asked because the job is ending: the
// sample has no outcome, and is to be graded again another time.
var ErrStopped = errors.New("the judge is asked no more")

// A Question is what a judge is asked about a sample.
type Question struct {
	Criterion string            // the criterion's id
	Text      string            // the question
	Options   []string          // the only allowed verdicts, in order
	Anchors   map[string]string // what an option means, for those that need saying; may be nil
	Votes     int               // how often to ask, at least 1; the majority holds
	Judge     string            // the judge that the criterion names; empty for the usual one
}

// A Verdict is a judge's answer to a question: one of its options with a
// reason, or why there is none.
type Verdict struct {
	Option   string
	Reason   string
	Share    float64 // of the votes, those for Option, in (0.5,1]; 0 where only one was asked for
	Unscored string  // why there is no verdict; Option is then empty
	Broken   bool    // there is none because the judge failed
}
