package progress

import (
	"encoding/json"
	"io"
)

// An Update says for programs how far a job is. A command of several jobs, such as improve, counts each from zero.
type Update struct {
	Kind     string   `json:"kind"` // progress
	Done     int      `json:"done"` // trials with an outcome
	Total    int      `json:"total"`
	Replayed int      `json:"replayed"` // of those done
	Calls    int      `json:"calls"`    // begun, to a judge too
	Errors   int      `json:"errors"`   // trials without a reply, or with a broken score
	Retries  int      `json:"retries"`
	Tokens   int      `json:"tokens"` // of input and output, as far as the endpoint counts them
	Cost     *float64 `json:"cost"`   // in the currency of the prices; null if a price is unknown
}

// kindProgress sets updates apart from other lines.
const kindProgress = "progress"

// Update returns what has become of the job so far.
func (t *Tally) Update() Update {
	state := t.state()
	t.mu.Lock()
	defer t.mu.Unlock()
	return Update{
		Kind: kindProgress, Done: t.trials, Total: t.total, Replayed: t.replayed, Calls: state.Attempts - state.Retries,
		Errors: t.errors, Retries: state.Retries, Tokens: state.Tokens, Cost: state.Cost,
	}
}

// WriteUpdates returns what writes each update to w, as a line of JSON. A reader that is gone must not end a run.
func WriteUpdates(w io.Writer) func(Update) {
	enc := json.NewEncoder(w)
	return func(u Update) { _ = enc.Encode(u) }
}
