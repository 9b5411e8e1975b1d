package engine

import (
	"time"
)

const (
	// firstWindow is how many calls are under way before the endpoint has answered any.
	firstWindow = 64
	// longestTrip bounds a round trip: where a reply takes a minute, refusals must not go unnoticed for as long.
	longestTrip = 2 * time.Second
)

// A window decides how many calls to one endpoint may be under way at once. It is pure: moments are passed in, and
// nobody waits here; see [Limiter].
//
// It does what TCP does (slow start, then additive increase and multiplicative decrease): it starts at 64, doubles each
// round trip until a call is refused for the first time, then grows by a fixed step each round trip, and halves on a
// refusal. Nothing else lowers it: the latency of a model says how long its replies are, not how busy it is.
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

// answer records that a call came back after latency and was not refused. full means that it left as the last one that
// the window had room for: a window that is not full does not grow.
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

// refuse records that a call sent at this moment was refused, and reports whether it is the first of those that were
// under way and refused together: only that one halves the window.
//
// noise is the share of calls that is refused at any rate; where it is not 0, the window is lowered by half of it (as
// in DCTCP, RFC 8257).
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
