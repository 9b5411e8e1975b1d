package job

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// judgeCalls keeps the judge's calls on their way into the run file.
type judgeCalls struct {
	runner.Recorder
	mu     sync.Mutex
	calls  []runfile.Call
	failed int
	why    string
}

// Call implements [runner.Recorder].
func (j *judgeCalls) Call(c runfile.Call) error {
	if c.For == runfile.ForJudge {
		j.add(c)
	}
	return j.Recorder.Call(c)
}

func (j *judgeCalls) add(c runfile.Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c.Error == nil {
		j.calls = append(j.calls, c)
		return
	}
	switch model.Kind(c.Error.Kind) {
	case model.KindContextLength, model.KindContentFilter, model.KindBadRequest:
	default:
		if j.failed++; j.failed == 1 {
			j.why = c.Error.Message
		}
	}
}

// first is when the judge first answered about a reply by a criterion.
func (j *judgeCalls) first(reply runfile.Call, criterion string) time.Time {
	var first time.Time
	for _, c := range j.calls {
		if c.Case != reply.Case || c.Trial != reply.Trial || !slices.Contains(strings.Split(c.Criterion, ","), criterion) {
			continue
		}
		if first.IsZero() || c.At.Before(first) {
			first = c.At
		}
	}
	return first
}

// sources are the runs that the answers were recorded in, and from when they
// are.
func (j *judgeCalls) sources(own string) (runs []string, first, last time.Time) {
	runs = []string{}
	for _, c := range j.calls {
		from := cmp.Or(c.ReplayedFrom, own)
		if !slices.Contains(runs, from) {
			runs = append(runs, from)
		}
		if first.IsZero() || c.At.Before(first) {
			first = c.At
		}
		if c.At.After(last) {
			last = c.At
		}
	}
	slices.Sort(runs)
	return runs, first, last
}
