package runner

import (
	"promptbench/internal/record/runfile"
)

// A trialWriter writes the lines of one trial, and counts them.
type trialWriter struct {
	run    Recorder
	counts *counter
	made   bool // a call that was made, not replayed
}

// call writes a finished call.
func (w *trialWriter) call(c runfile.Call) error {
	w.made = w.made || c.Made()
	w.counts.call(c)
	return w.run.Call(c)
}

// trial writes the trial after its calls. Where a call was made, the worker begins
// nothing new before that is on disk, so that a machine that stops loses few replies.
func (w *trialWriter) trial(t runfile.Trial) error {
	if err := w.run.Trial(t); err != nil {
		return err
	}
	if w.made {
		if err := w.run.Sync(); err != nil {
			return err
		}
	}
	w.counts.trial(t)
	return nil
}
