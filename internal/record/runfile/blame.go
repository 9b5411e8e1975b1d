package runfile

// Blame says that the calls of a run are of many variants of a prompt, each with other hunks of the change that leads
// from a base to a head. [Header.Prompt] has the messages of the head and a hash of its own, so that the run counts as
// one of neither. A trial of such a run numbers the variants of its case, too: with K trials each, those of the second
// variant begin at K+1.
type Blame struct {
	Base  Prompt `json:"base"`
	Head  string `json:"head"` // the hash of the head
	Hunks []Hunk `json:"hunks"`
}

// A Hunk is a part of the change that is in a variant or not. Base is what it takes away, Head what it adds.
type Hunk struct {
	Where string `json:"where"`
	Base  string `json:"base,omitempty"`
	Head  string `json:"head,omitempty"`
}

// IsOf reports whether a run asked with a prompt, or with variants of a change from it or to it.
func (h Header) IsOf(hash string) bool {
	return h.Prompt.Hash == hash || h.Blame != nil && (h.Blame.Base.Hash == hash || h.Blame.Head == hash)
}

// OfRevision reports whether a run is one of a revision: not of a judge alone, not of variants of a change, and not of
// a mutant.
func (h Header) OfRevision() bool { return !h.OfJudge() && h.Blame == nil && h.Mutant == nil }

// A Mutant says that a run asked with a mutant of a prompt, or with the prompt itself as a control.
type Mutant struct {
	Of      string `json:"of"`                // the hash of the original
	ID      string `json:"id,omitempty"`      // empty for a control
	Control int    `json:"control,omitempty"` // the number of a control, from 1
}
