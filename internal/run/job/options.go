package job

import (
	"log/slog"
	"time"

	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
)

// Options say how a job is run.
type Options struct {
	Trials      int // per case
	After       int // the number of the trial before the first, of a repeat that replays no trial up to it
	Concurrency int
	Timeout     time.Duration   // of one attempt at a call
	Noise       bool            // the revisions are one, to see what chance does
	Fresh       bool            // replay nothing
	Offline     bool            // replay only
	MaxAge      *time.Duration  // of a recording; nil: any
	MaxCalls    *int            // nil: any number
	MaxCost     *float64        // in the currency of the prices; nil: any
	Deadline    *time.Duration  // from now on; nil: none
	Spent       engine.Spent    // of these limits, before
	Transport   Transport       // of the revisions' calls; nil: [Local]
	Log         *slog.Logger    // gets a line for each attempt at a call; nil: none
	Until       *Until          // the job ends once its verdicts are decided; nil: with the last case
	Note        func(string)    // tells a person what happens to the batches or in the queue
	Folder      string          // of the runs directory, that the run files are written to; empty: the directory itself
	Mutant      *runfile.Mutant // for the header; nil: the run is of a revision
	Tool        string          // this program's version, for the header
	Started     time.Time

	Passes func(runfile.Header) bool // reports a run that is not replayed; nil: none is
}
