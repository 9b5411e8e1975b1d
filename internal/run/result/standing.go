package result

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Limits of what a list of runs computes.
const (
	mostRead     = 50       // of the newest runs
	mostVerdicts = 10       // of these; each takes the time of a compare
	largestRead  = 32 << 20 // bytes of a file
)

// Standings returns, by path, how the newest of the shown runs did, and for some of them the verdict against a base
// among all runs in the directory. It grades nothing again. A run that can't be read has none, and a pair that can't be
// compared has no verdict.
func Standings(ctx context.Context, p *project.Project, dir string, shown []runfile.Found) (
	map[string]compare.Standing, error,
) {
	all, err := runfile.Find(dir, func(runfile.Header) bool { return true })
	if err != nil {
		return nil, err
	}
	out := make(map[string]compare.Standing, len(shown))
	var mu sync.Mutex
	var working sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, f := range shown[:min(mostRead, len(shown))] {
		room <- struct{}{}
		working.Go(func() {
			defer func() { <-room }()
			base := runfile.Found{}
			if i < mostVerdicts {
				base = baseOf(f, all)
			}
			if s, ok := standing(ctx, p, f, base); ok {
				mu.Lock()
				defer mu.Unlock()
				out[f.Path] = s
			}
		})
	}
	working.Wait()
	return out, nil
}

func standing(ctx context.Context, p *project.Project, f, base runfile.Found) (compare.Standing, bool) {
	if f.Header.Blame != nil { // its trials are of many variants
		return compare.Standing{}, false
	}
	if info, err := os.Stat(f.Path); err != nil || info.Size() > largestRead {
		return compare.Standing{}, false
	}
	run, err := runfile.Load(f.Path, runfile.Scores)
	if err != nil {
		return compare.Standing{}, false
	}
	sum := summary.Of(run, nil)
	s := compare.Standing{Cases: sum.Cases, Done: sum.Done}
	for _, g := range sum.Graders {
		if !strings.Contains(g.Grader, "/") {
			s.Scores = append(s.Scores, compare.Score{Grader: g.Grader, Mean: g.Mean})
		}
	}
	if base.Path == "" {
		return s, true
	}
	pair, err := NewBase(p, base.Path, Pairing{AsRecorded: true, Drift: true, Alone: true}).Compare(ctx, f.Path)
	if err == nil {
		s.Base, s.BaseName, s.Verdict = base.Header.Run, base.Header.Prompt.Name, pair.Comparison.Verdict
	}
	return s, true
}

// baseOf is what a whole run in a list is compared with: the baseline, if it is of the same suite and model, else the
// newest older run of another prompt; nothing if there is none.
func baseOf(f runfile.Found, newestFirst []runfile.Found) (base runfile.Found) {
	if f.Stopped() { // it is shown against the base that it stopped for
		at := slices.IndexFunc(newestFirst, func(b runfile.Found) bool { return b.Header.Run == f.End.Decided.Base })
		if at >= 0 {
			base = newestFirst[at]
		}
		return base
	}
	if !f.IsWhole() {
		return base
	}
	older := false
	for _, b := range newestFirst {
		if older = older || b.Path == f.Path; b.Header.Run == f.Header.Run || !b.IsWhole() ||
			b.Header.Suite.Name != f.Header.Suite.Name || !b.Header.Model.Same(f.Header.Model) {
			continue
		}
		if filepath.Base(b.Path) == runs.BaselineName {
			return b
		}
		if base.Path == "" && older && b.Header.Prompt.Hash != f.Header.Prompt.Hash {
			base = b
		}
	}
	return base
}
