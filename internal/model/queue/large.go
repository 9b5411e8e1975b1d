package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// headroom is what a message needs besides its data.
const headroom = 8 << 10

// maxMessage is how much a message holds at most, even if the server allows more: large messages delay all others.
const maxMessage = 1 << 20

// pack makes a message of data. Data that is too large for a message goes into the object store, under the name of the
// subject.
func (c *Connection) pack(ctx context.Context, subject string, data []byte) (*nats.Msg, error) {
	m := nats.NewMsg(subject)
	if int64(len(data)) <= min(c.nats.MaxPayload(), maxMessage)-headroom {
		m.Data = data
		return m, nil
	}
	err := c.large(ctx, forever, func(ctx context.Context, store jetstream.ObjectStore) error {
		_, err := store.PutBytes(ctx, subject, data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("putting %d bytes into the object store: %w", len(data), err)
	}
	m.Header.Set(objectHeader, subject)
	return m, nil
}

const (
	// largeWithin is how long the object store may take at first, doubled up to a minute with each try: a server that was
	// lost meanwhile never answers.
	largeWithin = 10 * time.Second
	getTries    = 4 // to read an object
	forever     = 0
)

// large does something with the object store, and again where that fails, tries times in all.
func (c *Connection) large(
	ctx context.Context, tries int, do func(context.Context, jetstream.ObjectStore) error,
) error {
	for n, within := 1, largeWithin; ; n, within = n+1, min(2*within, time.Minute) {
		attempt, cancel := context.WithTimeout(ctx, within)
		store, err := c.js.ObjectStore(attempt, largeBucket)
		if err == nil {
			err = do(attempt, store)
		}
		cancel()
		switch {
		case err == nil, ctx.Err() != nil, n == tries, c.nats.IsClosed(), errors.Is(err, jetstream.ErrObjectNotFound):
			return err
		case errors.Is(err, jetstream.ErrBucketNotFound):
			_ = c.ensure(ctx) // else the next attempt fails as well
		}
		if err := model.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

func (c *Connection) unpack(ctx context.Context, m jetstream.Msg) ([]byte, error) {
	name := m.Headers().Get(objectHeader)
	if name == "" {
		return m.Data(), nil
	}
	var data []byte
	err := c.large(ctx, getTries, func(ctx context.Context, store jetstream.ObjectStore) error {
		var err error
		data, err = store.GetBytes(ctx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("getting %s from the object store: %w", name, err)
	}
	return data, nil
}

// discard removes what [Connection.pack] may have put into the object store.
func (c *Connection) discard(ctx context.Context, header nats.Header) {
	name := header.Get(objectHeader)
	if name == "" {
		return
	}
	if store, err := c.js.ObjectStore(ctx, largeBucket); err == nil {
		_ = store.Delete(ctx, name) // it ends with the bucket's age anyway
	}
}
