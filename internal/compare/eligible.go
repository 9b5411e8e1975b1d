package compare

import (
	"fmt"
	"strings"

	"promptbench/internal/runfile"
)

// A Refusal says why two runs may not be compared. It is not a failure of the
// program: comparing them would give an answer to another question.
type Refusal struct {
	Reason string
	Hint   string // what to do instead
}

// Error renders the refusal in one line.
func (r *Refusal) Error() string {
	if r.Hint == "" {
		return r.Reason
	}
	return r.Reason + "; " + r.Hint
}

// eligible refuses what can't be compared, and returns what has to be said of
// what can.
func eligible(base, head *runfile.Run, o Options) ([]string, error) {
	b, h := base.Header, head.Header
	if b.Prompt.Hash == h.Prompt.Hash && !o.Noise {
		return nil, &Refusal{
			Reason: fmt.Sprintf("%s and %s are the same prompt: they send the same messages and parameters", b.Prompt.Name, h.Prompt.Name),
			Hint:   "use noise to see how far a revision differs from itself",
		}
	}
	var notes []string
	if other := otherModel(b.Model, h.Model); other != "" {
		if !o.AllowModel {
			return nil, &Refusal{Reason: other, Hint: "a difference would not be the prompt's; compare runs of one model, or pass --allow model"}
		}
		notes = append(notes, "allowed: "+other)
	}
	if b.Model.Name != h.Model.Name && b.Model.ID == h.Model.ID {
		notes = append(notes, fmt.Sprintf("the model is called %s in the base and %s in the head", b.Model.Name, h.Model.Name))
	}
	if b.Suite.Name != h.Suite.Name {
		notes = append(notes, fmt.Sprintf("the base ran suite %s, the head suite %s", b.Suite.Name, h.Suite.Name))
	}
	if b.Trials != h.Trials {
		notes = append(notes, fmt.Sprintf("the base has %d trials a case, the head %d", b.Trials, h.Trials))
	}
	for _, side := range []struct {
		name string
		run  *runfile.Run
	}{{"base", base}, {"head", head}} {
		if s := side.run.Status(); s != runfile.Complete {
			notes = append(notes, fmt.Sprintf("the %s run is %s: %s", side.name, s, endReason(side.run)))
		}
	}
	return notes, nil
}

func endReason(run *runfile.Run) string {
	switch {
	case run.End == nil:
		return "it has no end line"
	case run.End.Reason == "":
		return "no reason recorded"
	}
	return run.End.Reason
}

func otherModel(b, h runfile.Model) string {
	var what []string
	if b.ID != h.ID {
		what = append(what, fmt.Sprintf("model %s against %s", b.ID, h.ID))
	}
	if b.Endpoint != h.Endpoint {
		what = append(what, fmt.Sprintf("endpoint %s against %s", b.Endpoint, h.Endpoint))
	}
	if len(what) == 0 {
		return ""
	}
	return "the runs differ in more than the prompt: " + strings.Join(what, ", ")
}

// overlap refuses runs that share too few cases.
func overlap(pairs int, c Changes) error {
	all := pairs + len(c.Added) + len(c.Removed) + len(c.Changed)
	if all == 0 {
		return &Refusal{Reason: "neither run has a case", Hint: "run the suite first"}
	}
	if float64(pairs) >= DefaultOverlap*float64(all) {
		return nil
	}
	return &Refusal{
		Reason: fmt.Sprintf("only %d of %d cases are in both runs with the same input (%d added, %d removed, %d changed)",
			pairs, all, len(c.Added), len(c.Removed), len(c.Changed)),
		Hint: fmt.Sprintf("at least %.0f%% must be; run both revisions over the same suite", 100*DefaultOverlap),
	}
}
