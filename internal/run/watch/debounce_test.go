package watch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/run/watch"
)

const (
	quiet = 100 * time.Millisecond
	most  = time.Second
)

// pass lets time go by, which in a bubble takes none.
func pass(d time.Duration) { <-time.After(d) }

// signals counts what came until now, once all goroutines are at rest.
func signals(saves <-chan struct{}) int {
	synctest.Wait()
	n := 0
	for {
		select {
		case _, ok := <-saves:
			if !ok {
				return n
			}
			n++
			synctest.Wait()
		default:
			return n
		}
	}
}

func TestEventsInQuickSuccessionAreOneSave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := make(chan struct{})
		saves := watch.Debounce(ctx, events, quiet, most)
		for range 3 {
			events <- struct{}{}
			pass(quiet / 2)
		}
		require.Zero(t, signals(saves), "the editor is not done")
		pass(quiet)
		require.Equal(t, 1, signals(saves))
		pass(10 * most)
		require.Zero(t, signals(saves), "nothing was saved since")
		events <- struct{}{}
		pass(quiet)
		require.Equal(t, 1, signals(saves))
	})
}

func TestFileThatIsAlwaysWrittenIsASaveNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := make(chan struct{})
		saves := watch.Debounce(ctx, events, quiet, most)
		for begun := time.Now(); time.Since(begun) < most; {
			require.Zero(t, signals(saves))
			events <- struct{}{}
			pass(quiet / 2)
		}
		require.Equal(t, 1, signals(saves))
	})
}

func TestSaveWaitsForItsReceiver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		events := make(chan struct{})
		saves := watch.Debounce(ctx, events, quiet, most)
		for range 5 {
			events <- struct{}{}
			pass(2 * quiet)
		}
		require.Equal(t, 1, signals(saves), "what was saved meanwhile is read at once")
		cancel()
		_, open := <-saves
		require.False(t, open)
	})
}
