package engine

import (
	"time"
)

const (
	// firstWindow is how many calls are put under way before the endpoint has
	// shown what it takes.
	firstWindow = 64
	// longestTrip bounds what counts as a round trip: a model that takes a minute
	// for a reply must not be able to refuse calls for as long unnoticed.
	longestTrip = 2 * time.Second
)

// A window decides how many calls to one endpoint may be under way at once. It
// is pure: moments are passed in, and nobody waits here; see [Limiter].
//
// It does what TCP does (slow start, then additive increase and multiplicative
// decrease): it starts at 64, doubles each round trip until a call is refused
// for the first time, then grows by a fixed step each round trip, and halves on a
// refusal. Nothing else lowers it: the latency of a model says how long its
// replies are, not how busy it is.
type window struct {
	bound   float64 // never above
	limit   float64
	refused bool          // at least once
	cut     time.Time     // when it was last halved
	trip    time.Duration // a round trip: the smoothed latency of the calls that were answered
}

func newWindow(bound int) window {
	bound = max(bound, 1)
	return window{bound: float64(bound), limit: float64(min(firstWindow, bound))}
}

// size is how many calls may be under way, at least 1.
func (w *window) size() int { return int(w.limit) }

// answer tells that a call came back after latency and was not refused. full
// says that it left as the last one that the window had room for: a window that
// is not used up has not shown that more would be taken, and does not grow.
func (w *window) answer(latency time.Duration, full bool) {
	if w.trip == 0 {
		w.trip = latency
	}
	w.trip += (latency - w.trip) / 8 // as in RFC 6298
	switch {
	case !full:
	case !w.refused:
		w.limit = min(w.limit+1, w.bound) // one more for each, so doubled once all are back
	default:
		w.limit = min(w.limit+max(1, w.bound/16)/w.limit, w.bound)
	}
}

// refuse tells that a call sent at this moment was refused, and reports whether
// that is news. The calls that were under way together are refused together;
// only the first of them halves the window.
//
// Where it has turned out that a share of the calls is refused anyway, noise is
// that share, and the window is lowered by half of it (as in DCTCP, RFC 8257).
func (w *window) refuse(sent, now time.Time, noise float64) bool {
	w.refused = true
	if !sent.After(w.cut) || now.Sub(w.cut) < min(w.trip, longestTrip) {
		return false
	}
	w.cut = now
	less := 0.5
	if noise > 0 {
		less = noise / 2
	}
	w.limit = max(w.limit*(1-less), 1)
	return true
}
