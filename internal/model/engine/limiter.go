package engine

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"promptbench/internal/model"
)

// How long every call waits after the second refusal in a row, doubled for each further one, where the endpoint names
// no time.
const (
	firstHold = 50 * time.Millisecond
	lastHold  = 2 * time.Second
)

// A limiter is shared by all calls to one endpoint: how many may be under way ([window]), at which pace they may leave
// ([pace]), and until when nobody may send, because the endpoint asked for it. Calls leave in the order in which they
// came.
type limiter struct {
	mu        sync.Mutex
	window    window
	pace      pace
	under     int        // calls under way
	heldUntil time.Time  // nobody sends before
	refusals  int        // refusals that were news, since the last answer
	queue     *list.List // of *turn
	timer     *time.Timer
}

// newLimiter returns the limiter of an endpoint. Never more than bound calls are under way at once; bound below 1
// counts as 1.
func newLimiter(bound int) *limiter {
	l := &limiter{window: newWindow(bound), queue: list.New()}
	l.timer = time.AfterFunc(time.Hour, l.wake)
	l.timer.Stop()
	return l
}

// limit has the attempts at next wait for their turn.
func (l *limiter) limit(next step) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		t, err := l.enter(c)
		if err != nil {
			return model.Response{}, err
		}
		c.limit = t.limit
		resp, err := next(ctx, c)
		c.isNews = l.leave(t, err)
		return resp, err
	}
}

// size returns how many calls may be under way now, and how many are.
func (l *limiter) size() (size, under int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.window.size(), l.under
}

// held returns how much longer nobody sends, because the endpoint asked for it.
func (l *limiter) held() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, time.Until(l.heldUntil))
}

// A turn is the place of a call, in the queue and then under way.
type turn struct {
	ready chan struct{} // closed when it may leave
	sent  time.Time
	limit int  // the size of the window when it left
	full  bool // it took the last place
}

func (l *limiter) enter(c *call) (*turn, error) {
	// A select with both ready chooses at random; a cancelled call must not start.
	if c.Waiting.Err() != nil {
		return nil, model.Cancelled(c.Waiting, 0)
	}
	start := time.Now()
	t := &turn{ready: make(chan struct{})}
	l.mu.Lock()
	place := l.queue.PushBack(t)
	l.admit(start)
	l.mu.Unlock()
	select {
	case <-t.ready:
		c.waited += t.sent.Sub(start)
		return t, nil
	case <-c.Waiting.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-t.ready: // both at once
		l.under--
	default:
		l.queue.Remove(place)
	}
	l.admit(time.Now())
	return nil, model.Cancelled(c.Waiting, 0)
}

// leave records how a call ended, and reports whether it is the first of those refused together.
func (l *limiter) leave(t *turn, err error) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	failure, failed := errors.AsType[*model.Error](err)
	// A refusal comes back at once. Its place stays taken for a round trip: the calls that wait would all be refused, one
	// after the other.
	trip := min(l.window.trip, longestTrip)
	if trip == 0 {
		trip = firstHold // nothing has come back yet
	}
	if rest := trip - now.Sub(t.sent); failed && failure.IsRefusal() && rest > 0 {
		time.AfterFunc(rest, l.free)
	} else {
		l.under--
	}
	switch {
	case failed && failure.IsRefusal():
		news = l.refuse(t, failure.RetryAfter, now)
	case failed && (failure.Kind == model.KindCancelled || failure.Kind == model.KindUnreachable):
		// Says nothing about the limits of the endpoint.
	default:
		l.refusals = 0
		l.window.answer(now.Sub(t.sent), t.full)
		l.pace.answer()
	}
	l.admit(now)
	return news
}

func (l *limiter) refuse(t *turn, asked time.Duration, now time.Time) (news bool) {
	l.pace.refuse(now, l.window.trip)
	hold := min(asked, model.MaxHold)
	if news = l.window.refuse(t.sent, now, l.pace.noise()); news {
		if l.refusals++; l.refusals > 1 && asked == 0 {
			hold = min(firstHold<<min(l.refusals-2, 10), lastHold)
		}
	}
	from := now
	if l.heldUntil.After(now) {
		from = l.heldUntil
	}
	if until := now.Add(hold); until.After(from) {
		l.pace.hold(until.Sub(from))
		l.heldUntil = until
	}
	return news
}

// admit releases the calls that may leave now, and sets the alarm for the next one where only time has to pass.
func (l *limiter) admit(now time.Time) {
	for l.under < l.window.size() {
		front := l.queue.Front()
		if front == nil {
			return
		}
		if wait := max(l.heldUntil.Sub(now), l.pace.wait(now)); wait > 0 {
			l.timer.Reset(wait)
			return
		}
		t, ok := l.queue.Remove(front).(*turn)
		if !ok {
			continue
		}
		l.under++
		l.pace.send(now)
		t.sent, t.limit, t.full = now, l.window.size(), l.under >= l.window.size()
		close(t.ready)
	}
}

// free releases the place of a call that was refused.
func (l *limiter) free() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
	l.admit(time.Now())
}

// wake admits the calls that waited for the alarm.
func (l *limiter) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.admit(time.Now())
}
