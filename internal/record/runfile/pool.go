package runfile

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
