package runfile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"promptbench/graders"
)

// PoolRuns returns one run with the trials of all runs: the run itself if there is one,
// else the newest with the trials of the others and the ids of all. The runs must be of one
// prompt on one model, over the same cases and graded alike, and each must have replies of
// its own.
func PoolRuns(list []*Run) (*Run, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *Run) int {
		return cmp.Or(b.Header.Started.Compare(a.Header.Started), cmp.Compare(b.Header.Run, a.Header.Run))
	})
	newest, end, trials := list[0], End{Kind: KindEnd, Status: Complete}, 0
	var ids []string
	for _, run := range list {
		if err := run.canBePooled(newest); err != nil {
			return nil, err
		}
		end.add(run)
		trials += max(1, run.Header.Trials)
		own := run.Header.Pooled
		if len(own) == 0 {
			own = []string{run.Header.Run}
		}
		ids = append(slices.Clone(own), ids...)
	}
	out := newest.Pool(list[1:])
	isTwice := len(slices.Compact(slices.Sorted(slices.Values(ids)))) < len(ids)
	if isTwice || out.Header.Trials < trials && end.Status == Complete {
		return nil, fmt.Errorf("run %s and the other runs have replies in common, which are no further trials; "+
			"make each run with --fresh", newest.Header.Run)
	}
	out.End, out.Header.Trials, out.Header.Pooled = &end, trials, ids
	out.Sort()
	return out, nil
}

// canBePooled refuses a run whose trials are not trials of the same as those of another one.
func (run *Run) canBePooled(with *Run) error {
	a, b := run.Header, with.Header
	var what string
	sameGrader := func(a, b graders.Spec) bool {
		return a.Name == b.Name && a.Kind == b.Kind && a.Version == b.Version && a.Says == b.Says &&
			bytes.Equal(a.Params, b.Params)
	}
	sameCase := func(a, b Case) bool { return a.Case == b.Case && a.InputHash == b.InputHash }
	switch {
	case a.Redacted != nil || b.Redacted != nil:
		what = "redacted runs cannot be pooled"
	case run.Stopped() || with.Stopped():
		what = "a run that stopped early cannot be pooled; run it again without --until-decided"
	case a.Prompt.Hash != b.Prompt.Hash:
		what = fmt.Sprintf("%s and %s are different prompts", a.Prompt.Name, b.Prompt.Name)
	case !a.Model.Same(b.Model):
		what = fmt.Sprintf("the models are %s and %s", a.Model.ID, b.Model.ID)
	case a.Suite.Hash != b.Suite.Hash, a.ReaderVersion() != b.ReaderVersion(), !SameJudge(a.Judge, b.Judge),
		!slices.EqualFunc(a.Graders, b.Graders, sameGrader):
		what = "they were graded differently; grade both with promptbench regrade"
	case !slices.EqualFunc(run.Cases, with.Cases, sameCase):
		what = "they have different cases"
	default:
		return nil
	}
	return fmt.Errorf("run %s and run %s are not trials of the same: %s", a.Run, b.Run, what)
}

// add adds up how a run ended: together, runs are complete if all are.
func (e *End) add(run *Run) {
	if status := run.Status(); status != Complete {
		e.Status, e.Reason = Incomplete, fmt.Sprintf("run %s is %s", run.Header.Run, status)
	}
	if of := run.End; of != nil {
		e.Trials += of.Trials
		e.Calls += of.Calls
		e.Replayed += of.Replayed
		e.Errors += of.Errors
		e.Unscored += of.Unscored
		if of.Ended.After(e.Ended) {
			e.Ended = of.Ended
		}
	}
}

// Pool returns the run with the trials of other runs of the same revision, model and
// suite as further trials of its cases. A reply that several of them have, because it was
// replayed, is one trial. Where cases come to different numbers of trials, the header has
// the least.
func (run *Run) Pool(others []*Run) *Run {
	out := *run
	out.Trials, out.Calls, out.Header.Trials = nil, nil, 0
	all := append([]*Run{run}, others...)
	for _, c := range run.Cases {
		n := 0
		seen := map[origin]bool{}
		for _, from := range all {
			if same, ok := from.Case(c.Case); !ok || same.InputHash != c.InputHash {
				continue
			}
			calls := from.CallsOf(c.Case)
			for _, t := range from.TrialsOf(c.Case) {
				at := originOf(from, calls, t.Trial)
				if seen[at] {
					continue
				}
				seen[at] = true
				n++
				for _, call := range calls {
					if call.Trial == t.Trial {
						call.Trial = n
						out.Calls = append(out.Calls, call)
					}
				}
				t.Trial = n
				out.Trials = append(out.Trials, t)
			}
		}
		if out.Header.Trials == 0 || n < out.Header.Trials {
			out.Header.Trials = n
		}
	}
	if run.End != nil {
		end := *run.End
		end.Trials = len(out.Trials)
		out.End = &end
	}
	return &out
}

// An origin is where a reply was first recorded.
type origin struct {
	run   string
	trial int
}

func originOf(run *Run, calls []Call, trial int) origin {
	for i := range calls {
		if c := &calls[i]; c.For == ForReply && c.Trial == trial && c.ReplayedFrom != "" {
			return origin{c.ReplayedFrom, trial}
		}
	}
	return origin{run.Header.Run, trial}
}
