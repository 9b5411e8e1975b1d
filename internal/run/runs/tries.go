package runs

import (
	"os"
	"slices"

	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Limits of the runs that a split score reads.
const (
	mostTries  = 50       // the newest
	largestTry = 32 << 20 // bytes of a file
)

// OnSuite lists the runs in dir on a suite, each once, the newest first. Redacted copies
// and runs that asked only a judge are left out.
func OnSuite(dir, suite string) ([]runfile.Found, error) {
	seen := map[string]bool{} // a baseline is a copy of a run
	return runfile.Find(dir, func(h runfile.Header) bool {
		if h.Suite.Name != suite || !h.OfRevision() || h.Redacted != nil || seen[h.Run] {
			return false
		}
		seen[h.Run] = true
		return true
	})
}

// TriesOf counts the prompts that were tried on a suite. If they are many, it computes
// split scores from the newest whole runs of each prompt on the model of like, as far as
// they were graded by the same suite.
func TriesOf(onSuite []runfile.Found, like runfile.Header, graders []string) summary.Tries {
	hashes := map[string]bool{}
	for _, f := range onSuite {
		hashes[f.Header.Prompt.Hash] = true
	}
	out := summary.Tries{Count: len(hashes)}
	if out.Count < summary.ManyTries {
		return out
	}
	clear(hashes)
	var tries []*runfile.Run
	for _, f := range onSuite {
		h := f.Header
		if hashes[h.Prompt.Hash] || !IsWhole(f) || h.Suite.Hash != like.Suite.Hash || !h.Model.Same(like.Model) {
			continue
		}
		if info, err := os.Stat(f.Path); err != nil || info.Size() > largestTry || len(tries) == mostTries {
			continue
		}
		if run, err := runfile.Load(f.Path, runfile.Scores); err == nil {
			hashes[h.Prompt.Hash], tries = true, append(tries, run)
		}
	}
	out.Splits = summary.SplitScores(tries, graders)
	return out
}

// Repeats lists the runs that asked for replies to the very same again, the oldest first:
// of one prompt on one model and suite, whole, each with replies of its own. Runs that
// replay the replies of others are left out.
func Repeats(onSuite []runfile.Found, like runfile.Header) (out []runfile.Found) {
	hasFirst := false
	for _, f := range slices.Backward(onSuite) {
		h := f.Header
		if !IsWhole(f) || h.Source != "" || h.Prompt.Hash != like.Prompt.Hash || h.Suite.Hash != like.Suite.Hash ||
			h.ReaderVersion() != like.ReaderVersion() || !h.Model.Same(like.Model) ||
			!params.Equal(h.Model.Params, like.Model.Params) || h.HasOpened() != like.HasOpened() {
			continue
		}
		if h.Fresh == nil { // of these, all but the first replay what there is
			if hasFirst || f.End.Calls == 0 {
				continue
			}
			hasFirst = true
		}
		out = append(out, f)
	}
	return out
}

// IsWhole reports whether a run has all its replies, over a whole suite.
func IsWhole(f runfile.Found) bool { return hasAsked(f) && f.Errors == 0 }

// hasAsked reports whether a run has asked every case of a suite, be it that calls failed for good.
func hasAsked(f runfile.Found) bool {
	return f.Status == runfile.Complete && f.Header.Selected == nil && !f.Stopped()
}

// AskedAll returns the id of a run of a prompt that has asked every case, among the runs on a suite; empty if there is
// none. Its calls may have failed: whoever saw it has seen the other results.
func AskedAll(onSuite []runfile.Found, promptHash string) string {
	i := slices.IndexFunc(onSuite, func(f runfile.Found) bool {
		return f.Header.Prompt.Hash == promptHash && hasAsked(f)
	})
	if i < 0 {
		return ""
	}
	return onSuite[i].Header.Run
}
