package runner

import (
	"context"
	"sync"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// A memo keeps what a judge has answered in this job, so that the same question
// about the same text gets one answer, whichever revision gave the text. The
// zero memo is empty.
type memo struct {
	mu    sync.Mutex
	calls map[string]*memoEntry
}

type memoEntry struct {
	done chan struct{} // closed once call and err are set
	run  string
	call runfile.Call
	err  error
}

// ask is [Asker.Ask] for a request that may have been asked already, or is being
// asked. A call that failed answers nothing; then it is asked again.
func (m *memo) ask(ctx context.Context, a *Asker, p Purpose, r model.Request, run string) (runfile.Call, error) {
	r, err := a.prepare(p, r)
	if err != nil {
		return runfile.Call{}, err
	}
	for {
		kept, mine := m.claim(r.Key, run)
		if mine {
			kept.call, kept.err = a.Ask(ctx, p, r)
			m.finish(r.Key, kept)
			return kept.call, kept.err
		}
		select {
		case <-kept.done:
		case <-ctx.Done():
			return runfile.Call{}, context.Cause(ctx)
		}
		if kept.err != nil || kept.call.Error != nil {
			continue
		}
		call := p.describe(kept.call)
		if call.ReplayedFrom == "" {
			call.ReplayedFrom = kept.run
		}
		return call, nil
	}
}

// claim returns what is known of a key, or makes it the caller's to find out.
func (m *memo) claim(key, run string) (kept *memoEntry, mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.calls[key]; ok {
		return kept, false
	}
	kept = &memoEntry{done: make(chan struct{}), run: run}
	if m.calls == nil {
		m.calls = map[string]*memoEntry{}
	}
	m.calls[key] = kept
	return kept, true
}

// finish lets those that wait go on, and forgets a call that failed.
func (m *memo) finish(key string, kept *memoEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept.err != nil || kept.call.Error != nil {
		delete(m.calls, key)
	}
	close(kept.done)
}
