package phrase

import (
	"fmt"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/brief"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/search"
)

// Found says in a sentence what a search came to.
func Found(r search.Result) string {
	tries := wording.Count(r.Tries, "try")
	if r.Tries != 1 {
		tries = fmt.Sprintf("%d tries", r.Tries)
	}
	switch {
	case r.Prompt == "" && r.Tries == 0:
		return fmt.Sprintf("Not found: no answer of the editor was a new, valid prompt file. Keep %s.", r.Base)
	case r.Prompt == "":
		return fmt.Sprintf("Not found: none of %s was promising on its first cases. Keep %s.", tries, r.Base)
	case r.Verdict == nil:
		return fmt.Sprintf("Not found: none of %s is better than %s on the cases that they raced on, "+
			"so the seal stays closed. Keep %[2]s.", tries, r.Base)
	case r.Found:
		return fmt.Sprintf("Found: %s, the best of %s, is better than %s on %s that the search has not seen.",
			r.Prompt, tries, r.Base, wording.Count(r.Sealed, "case"))
	}
	return fmt.Sprintf("Not found: %s, the best of %s, is %s on %s that the search has not seen. Keep %s.",
		r.Prompt, tries, r.Verdict.Words(), wording.Count(r.Sealed, "case"), r.Base)
}

// Better says that a recorded revision is better than another, by the name of that.
func Better(b brief.Better, than string) string {
	s := fmt.Sprintf(
		"%s is better than %s at %s by the recordings of this suite: %s against %s. Consider starting from it",
		b.Prompt,
		than,
		b.Grader,
		Decimals(b.Score),
		Decimals(b.Base),
	)
	if b.Mixed {
		return s + "; it is worse on some type of input, so compare the two first."
	}
	return s + "."
}

// SearchNotes say what a search took and what to know of its result.
func SearchNotes(r search.Result) []string {
	out := []string{fmt.Sprintf("%s, %d made by this command", wording.Count(r.Calls, "call"), r.Made)}
	if r.Stopped != "" {
		out = append(out, "stopped early: "+r.Stopped)
	}
	if r.Dropped > 0 {
		out = append(out, fmt.Sprintf("%s of the editor dropped: no valid prompt file, or one that was tried",
			wording.Count(r.Dropped, "answer")))
	}
	if r.HeldOut {
		out = append(out, heldOut(r.Sealed))
	}
	if t := r.Tokens; t != nil {
		out = append(out, fmt.Sprintf("tokens %.0f → %.0f a call (%+.0f)", t[0], t[1], t[1]-t[0]))
	}
	if m := r.Mean; m != nil {
		out = append(out, fmt.Sprintf("mean on the cases raced on %s → %s, which flatters the best of several",
			Decimals(m[0]), Decimals(m[1])))
	}
	if r.Verdict != nil && *r.Verdict == compare.Mixed {
		out = append(out, "the candidate is worse on some type of input; read the table before you take it")
	}
	return out
}

func heldOut(sealed int) string {
	return fmt.Sprintf("the suite seals no case, so the search held out %s; write sealed: 30%% into the suite "+
		"to keep them from everybody who edits the prompt", wording.Count(sealed, "case"))
}

// PriceNotes say what the price of a search rests on.
func PriceNotes(s search.Price) []string {
	var out []string
	if s.HeldOut {
		out = append(out, heldOut(s.Sealed))
	}
	if s.Tokens != nil {
		out = append(out, fmt.Sprintf("about %.0f tokens of %s at most, without the editor", *s.Tokens, s.Model))
	}
	cost := "cost unknown"
	if s.Cost != nil {
		cost = fmt.Sprintf("cost at most about %.2f, without the editor", *s.Cost)
	}
	out = append(out, cost)
	if s.Allowed != nil {
		out = append(out, fmt.Sprintf("--max-calls %d bounds the whole search", *s.Allowed))
	}
	return out
}
