package watch

import (
	"context"
	"time"
)

// Debounce makes one signal of the events of one save: editors write, truncate, rename and touch a file in quick
// succession. The signal comes once no event came for quiet, and at the latest most after the first. It waits for its
// receiver, so that none is lost and those in between are one. The channel is closed when ctx or the events end.
func Debounce(ctx context.Context, events <-chan struct{}, quiet, most time.Duration) <-chan struct{} {
	out := make(chan struct{})
	go func() {
		defer close(out)
		var calm, late <-chan time.Time
		var due chan<- struct{}
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-events:
				if !ok {
					return
				}
				calm = time.After(quiet)
				if late == nil {
					late = time.After(most)
				}
			case <-calm:
				due, calm = out, nil
			case <-late:
				due = out
			case due <- struct{}{}:
				due, calm, late = nil, nil, nil
			}
		}
	}()
	return out
}
