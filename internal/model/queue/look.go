package queue

import (
	"context"
	"time"
)

const (
	// lookEvery is how often it is looked whether workers are there.
	lookEvery = 5 * time.Second
	// overdue is when an item is looked for that has no reply.
	overdue = 30 * time.Second
)

// look sees to what nobody says: that no worker is there, and that the server has
// lost an item or a reply.
func (l *Lane) look(ctx context.Context, reconnects <-chan struct{}) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	looked := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-reconnects:
			looked = time.Now()
			l.restore(ctx, 0)
		case <-ticker.C:
			l.census(ctx)
			if time.Since(looked) >= overdue {
				looked = time.Now()
				l.restore(ctx, overdue)
			}
		}
	}
}

// census says when no worker takes the lane's items, and when one does again.
func (l *Lane) census(ctx context.Context) {
	l.mu.Lock()
	out := len(l.calls)
	l.mu.Unlock()
	waiting, busy, err := l.Workers(ctx)
	if err != nil {
		return // the connection says what is wrong with it
	}
	none := out > 0 && waiting+busy == 0
	if none != l.quiet {
		if l.quiet = none; none {
			l.c.note("no worker takes the calls; start one: promptbench worker --queue " + l.c.at)
		} else {
			l.c.note("a worker takes the calls")
		}
	}
}

// restore publishes again what is out for at least so long and neither an item
// nor a reply in the server, which happens to one that dies before it has
// written what it said it had.
func (l *Lane) restore(ctx context.Context, age time.Duration) {
	if err := l.mend(ctx); err != nil {
		return // looked at again when connected again
	}
	l.mu.Lock()
	missing := map[string]*call{}
	for key, c := range l.calls {
		if !c.sent.IsZero() && time.Since(c.sent) >= age {
			missing[key] = c
		}
	}
	l.mu.Unlock()
	if len(missing) == 0 {
		return
	}
	places, err := l.places(ctx, l.work)
	if err != nil {
		return
	}
	answered, err := l.places(ctx, l.replies)
	if err != nil {
		return
	}
	for _, p := range append(places, answered...) {
		delete(missing, p.key)
	}
	for key, c := range missing {
		l.mu.Lock()
		lost := l.calls[key] == c
		if lost {
			l.attempt++ // another item than the lost one, so that the server does not take it for a repeat
			c.attempt = l.attempt
		}
		l.mu.Unlock()
		if lost && l.publish(ctx, key, c) != nil {
			return
		}
	}
}

// mend makes anew what the server lacks: all of it where it lost its disk, or what
// somebody deleted.
func (l *Lane) mend(ctx context.Context) error {
	_, work := l.work.Consumer(ctx, l.id)
	_, replies := l.replies.Consumer(ctx, l.id)
	for _, err := range []error{work, replies} {
		if err != nil && !isGone(err) {
			return err
		}
	}
	if work == nil && replies == nil && !l.deaf {
		return nil
	}
	if err := l.c.ensure(ctx); err != nil {
		return err
	}
	if replies != nil || l.deaf {
		l.inbox.Stop()
		l.deaf = true
		if err := l.listen(ctx); err != nil {
			return err
		}
		l.deaf = false
	}
	if work == nil {
		return nil
	}
	return l.announce(ctx)
}
