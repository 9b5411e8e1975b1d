package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// headroom is what a message needs beside its data.
const headroom = 8 << 10

// maxMessage is how much a message holds at most, though a server may allow more:
// large ones hold up all others.
const maxMessage = 1 << 20

// pack makes a message of data, or puts that into the object store under name
// where a message could not hold it.
func (c *Connection) pack(ctx context.Context, subject, name string, data []byte) (*nats.Msg, error) {
	m := nats.NewMsg(subject)
	if int64(len(data)) <= min(c.nats.MaxPayload(), maxMessage)-headroom {
		m.Data = data
		return m, nil
	}
	err := c.large(ctx, forever, func(ctx context.Context, store jetstream.ObjectStore) error {
		_, err := store.PutBytes(ctx, name, data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("putting %d bytes into the object store: %w", len(data), err)
	}
	m.Header.Set(objectHeader, name)
	return m, nil
}

// How long the object store may take at first, which is doubled up to a minute,
// before what was asked of it is asked again: of a server that was lost meanwhile
// nothing would come. What is there is read so often at most.
const (
	largeWithin = 10 * time.Second
	getTries    = 4
	forever     = 0
)

// large does something with the object store, again where that fails, so many
// times.
func (c *Connection) large(ctx context.Context, tries int, do func(context.Context, jetstream.ObjectStore) error) error {
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
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// unpack returns the data of a message.
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

// discard clears away what [Connection.pack] may have put into the object store.
func (c *Connection) discard(ctx context.Context, header nats.Header) {
	name := header.Get(objectHeader)
	if name == "" {
		return
	}
	if store, err := c.js.ObjectStore(ctx, largeBucket); err == nil {
		_ = store.Delete(ctx, name) // it ends with the bucket's age anyway
	}
}
