package model

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// maxHold is how long an endpoint can make everybody wait. Whoever asks for more
// means "not today", which ends a run.
const maxHold = 10 * time.Minute

// What everybody waits after the second refusal in a row without an answer in
// between, doubled for each further one, where the endpoint names no time.
const (
	firstHold = 50 * time.Millisecond
	lastHold  = 2 * time.Second
)

// A Limiter is what all calls to one endpoint share, whichever revision or judge
// makes them: how many may be under way ([window]), at which pace they may leave
// ([pace]), and until when nobody may send, because the endpoint asked for it.
// Calls leave in the order in which they came.
type Limiter struct {
	mu     sync.Mutex
	window window
	pace   pace
	under  int        // calls under way
	closed time.Time  // nobody sends before
	barren int        // refusals that were news, since the last answer
	queue  *list.List // of *turn
	alarm  *time.Timer
}

// NewLimiter returns the limiter of an endpoint. Never more than bound calls are
// under way at once; bound below 1 counts as 1.
func NewLimiter(bound int) *Limiter {
	l := &Limiter{window: newWindow(bound), queue: list.New()}
	l.alarm = time.AfterFunc(time.Hour, l.ring)
	l.alarm.Stop()
	return l
}

// Limit returns a model whose calls to next wait for their turn. A call that
// waits ends with its context.
func (l *Limiter) Limit(next Model) Model { return &limited{next: next, limiter: l} }

// Window returns how many calls may be under way now, and how many are.
func (l *Limiter) Window() (size, under int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.window.size(), l.under
}

// Held returns how much longer nobody sends, because the endpoint asked for it.
func (l *Limiter) Held() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, time.Until(l.closed))
}

type limited struct {
	next    Model
	limiter *Limiter
}

// Complete waits for the call's turn and calls the model.
func (m *limited) Complete(ctx context.Context, r Request) (Response, error) {
	t, err := m.limiter.enter(ctx)
	if err != nil {
		return Response{}, err
	}
	c := callOf(ctx)
	c.limit = t.limit
	resp, err := m.next.Complete(ctx, r)
	c.news = m.limiter.leave(t, err)
	return resp, err
}

// A turn is a call's place in the queue, and later under way.
type turn struct {
	come  chan struct{} // closed when it may leave
	sent  time.Time
	limit int  // the size of the window when it left
	full  bool // it took the last place
}

func (l *Limiter) enter(ctx context.Context) (*turn, error) {
	waiting := waitingOf(ctx)
	// A select with both ready chooses at random; a cancelled call must not start.
	if waiting.Err() != nil {
		return nil, cancelled(waiting, 0)
	}
	start := time.Now()
	t := &turn{come: make(chan struct{})}
	l.mu.Lock()
	place := l.queue.PushBack(t)
	l.admit(start)
	l.mu.Unlock()
	select {
	case <-t.come:
		callOf(ctx).waited += t.sent.Sub(start)
		return t, nil
	case <-waiting.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-t.come: // both at once
		l.under--
	default:
		l.queue.Remove(place)
	}
	l.admit(time.Now())
	return nil, cancelled(waiting, 0)
}

// leave takes note of how a call ended, and reports whether it was refused and
// that is news.
func (l *Limiter) leave(t *turn, err error) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	failure, failed := errors.AsType[*Error](err)
	// A refusal comes back at once. Its place stays taken for a round trip, or all
	// that wait would run into the same wall, one after the other.
	trip := min(l.window.trip, longestTrip)
	if trip == 0 {
		trip = firstHold // nothing has come back yet
	}
	if rest := trip - now.Sub(t.sent); failed && failure.refusal() && rest > 0 {
		time.AfterFunc(rest, l.free)
	} else {
		l.under--
	}
	switch {
	case failed && failure.refusal():
		news = l.refuse(t, failure.RetryAfter, now)
	case failed && (failure.Kind == KindCancelled || failure.Kind == KindUnreachable):
		// Says nothing about what the endpoint takes.
	default:
		l.barren = 0
		l.window.answer(now.Sub(t.sent), t.full)
		l.pace.answer()
	}
	l.admit(now)
	return news
}

func (l *Limiter) refuse(t *turn, asked time.Duration, now time.Time) (news bool) {
	l.pace.refuse(now, l.window.trip)
	hold := min(asked, maxHold)
	if news = l.window.refuse(t.sent, now, l.pace.noise()); news {
		if l.barren++; l.barren > 1 && asked == 0 {
			hold = min(firstHold<<min(l.barren-2, 10), lastHold)
		}
	}
	from := now
	if l.closed.After(now) {
		from = l.closed
	}
	if until := now.Add(hold); until.After(from) {
		l.pace.hold(until.Sub(from))
		l.closed = until
	}
	return news
}

// admit lets leave who may, and sets the alarm for the next one where only time
// has to pass.
func (l *Limiter) admit(now time.Time) {
	for l.under < l.window.size() {
		front := l.queue.Front()
		if front == nil {
			return
		}
		if wait := max(l.closed.Sub(now), l.pace.wait(now)); wait > 0 {
			l.alarm.Reset(wait)
			return
		}
		t, ok := l.queue.Remove(front).(*turn)
		if !ok {
			continue
		}
		l.under++
		l.pace.send(now)
		t.sent, t.limit, t.full = now, l.window.size(), l.under >= l.window.size()
		close(t.come)
	}
}

// free gives back the place of a call that was refused.
func (l *Limiter) free() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
	l.admit(time.Now())
}

// ring admits who waited for the alarm.
func (l *Limiter) ring() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.admit(time.Now())
}
