package queue

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// checkEvery is how often workers are looked for.
	checkEvery = 5 * time.Second
	// overdue is after how long an item without a reply is looked for.
	overdue = 30 * time.Second
)

// check finds what nobody reports: that no worker is there, and that the server has lost an item or a reply.
func (co *Coordinator) check(ctx context.Context, reconnects chan nats.Status) {
	defer co.conn.nats.RemoveStatusListener(reconnects)
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	looked := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-reconnects:
			looked = time.Now()
			co.restore(ctx, 0)
		case <-ticker.C:
			co.census(ctx)
			if time.Since(looked) >= overdue {
				looked = time.Now()
				co.restore(ctx, overdue)
			}
		}
	}
}

// census notes when no worker takes the run's items, and when one does again.
func (co *Coordinator) census(ctx context.Context) {
	co.mu.Lock()
	out := len(co.calls)
	co.mu.Unlock()
	waiting, busy, err := co.Workers(ctx)
	if err != nil {
		return // the connection says what is wrong with it
	}
	none := out > 0 && waiting+busy == 0
	if none != co.isAlone {
		if co.isAlone = none; none {
			co.conn.note("no worker takes the calls; start one: promptbench worker --queue " + co.conn.at)
		} else {
			co.conn.note("a worker takes the calls")
		}
	}
}

// restore publishes again the items that were published at least age ago and have neither an item nor a reply in the
// server: it may die before it has written what it acknowledged.
func (co *Coordinator) restore(ctx context.Context, age time.Duration) {
	if err := co.mend(ctx); err != nil {
		return // looked at again when connected again
	}
	co.mu.Lock()
	missing := map[string]*call{}
	for key, c := range co.calls {
		if !c.sent.IsZero() && time.Since(c.sent) >= age {
			missing[key] = c
		}
	}
	co.mu.Unlock()
	if len(missing) == 0 {
		return
	}
	places, err := co.places(ctx, co.work)
	if err != nil {
		return
	}
	answered, err := co.places(ctx, co.replies)
	if err != nil {
		return
	}
	for _, p := range append(places, answered...) {
		delete(missing, p.key)
	}
	for key, c := range missing {
		co.mu.Lock()
		lost := co.calls[key] == c
		if lost {
			co.attempt++ // another item than the lost one, so that the server does not take it for a repeat
			c.attempt = co.attempt
		}
		co.mu.Unlock()
		if lost && co.publish(ctx, key, c) != nil {
			return
		}
	}
}

// mend makes anew what the server lost or somebody deleted.
func (co *Coordinator) mend(ctx context.Context) error {
	_, work := co.work.Consumer(ctx, co.id)
	_, replies := co.replies.Consumer(ctx, co.id)
	for _, err := range []error{work, replies} {
		if err != nil && !isGone(err) {
			return err
		}
	}
	if work == nil && replies == nil && !co.isDeaf {
		return nil
	}
	if err := co.conn.ensure(ctx); err != nil {
		return err
	}
	if replies != nil || co.isDeaf {
		co.inbox.Stop()
		co.isDeaf = true
		if err := co.listen(ctx); err != nil {
			return err
		}
		co.isDeaf = false
	}
	if work == nil {
		return nil
	}
	return co.announce(ctx)
}
