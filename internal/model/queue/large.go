package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// headroom is what a message needs besides its data.
const headroom = 8 << 10

// maxMessage is how much a message holds at most, even if the server allows more: large messages delay all others.
const maxMessage = 1 << 20

// maxLarge is how much data is sent and read in parts: more than any endpoint takes or answers.
const maxLarge = 64 << 20

// errForged says that a message was not made by who has the queue's key.
var errForged = errors.New("it does not bear the mark of this queue's key")

// pack makes a message of data. Data that is too large for a message is put into a stream of its own, in parts.
func (c *Connection) pack(ctx context.Context, subject string, data []byte) (*nats.Msg, error) {
	m := nats.NewMsg(subject)
	if len(c.key) > 0 {
		m.Header.Set(markHeader, c.mark(subject, data))
	}
	most := int(min(c.nats.MaxPayload(), maxMessage)) - headroom
	switch {
	case len(data) <= most:
		m.Data = data
		return m, nil
	case len(data) > maxLarge:
		return nil, fmt.Errorf("%d bytes are too many for the queue, which takes %d", len(data), maxLarge)
	}
	id, n := rand.Text(), 0
	for part := range slices.Chunk(data, most) {
		at := partOf(subject, id, n)
		if err := c.publish(ctx, &nats.Msg{Subject: at, Data: part}, at); err != nil {
			return nil, fmt.Errorf("putting %d bytes into the queue: %w", len(data), err)
		}
		n++
	}
	m.Header.Set(partsHeader, id+" "+strconv.Itoa(n))
	return m, nil
}

// partOf is the subject of a part of what is too large for a message with a subject.
func partOf(subject, id string, n int) string {
	return largePrefix + strings.TrimPrefix(subject, prefix) + "." + id + "." + strconv.Itoa(n)
}

// unpack returns the data of a message, which was made with [Connection.pack]. It reads no other message's parts and at
// most maxLarge bytes, whatever the message says.
func (c *Connection) unpack(ctx context.Context, m jetstream.Msg) ([]byte, error) {
	data := m.Data()
	if parts := m.Headers().Get(partsHeader); parts != "" {
		id, count, _ := strings.Cut(parts, " ")
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > maxLarge/headroom || id == "" || strings.ContainsAny(id, ".*> ") {
			return nil, errors.New("the parts of a message in the queue cannot be read")
		}
		if data, err = c.parts(ctx, m.Subject(), id, n); err != nil {
			return nil, err
		}
	}
	if len(c.key) > 0 && !isEqual(m.Headers().Get(markHeader), c.mark(m.Subject(), data)) {
		return nil, errForged
	}
	return data, nil
}

// getTries is how often a part is asked for, and getWithin how long the server may take each time.
const (
	getTries  = 4
	getWithin = 10 * time.Second
)

func (c *Connection) parts(ctx context.Context, subject, id string, n int) ([]byte, error) {
	var data []byte
	for i := range n {
		part, err := c.part(ctx, partOf(subject, id, i))
		if err != nil {
			return nil, fmt.Errorf("getting part %d of %d from the queue: %w", i+1, n, err)
		}
		if data = append(data, part...); len(data) > maxLarge {
			return nil, fmt.Errorf("the parts of a message in the queue are larger than %d bytes", maxLarge)
		}
	}
	return data, nil
}

func (c *Connection) part(ctx context.Context, subject string) ([]byte, error) {
	for n := 1; ; n++ {
		attempt, cancel := context.WithTimeout(ctx, getWithin)
		stream, err := c.js.Stream(attempt, largeStreamOf(subject))
		var m *jetstream.RawStreamMsg
		if err == nil {
			m, err = stream.GetLastMsgForSubject(attempt, subject)
		}
		cancel()
		switch {
		case err == nil:
			return m.Data, nil
		case ctx.Err() != nil, n == getTries, c.nats.IsClosed(), errors.Is(err, jetstream.ErrMsgNotFound):
			return nil, err
		}
		if err := model.Sleep(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

func largeStreamOf(subject string) string {
	if strings.HasPrefix(subject, largePrefix+strings.TrimPrefix(workPrefix, prefix)) {
		return largeWorkStream
	}
	return largeReplyStream
}

// discard removes the parts of messages with a subject, or with one below it. Only a run may.
func (c *Connection) discard(ctx context.Context, subject string) {
	parts := largePrefix + strings.TrimPrefix(subject, prefix)
	if stream, err := c.js.Stream(ctx, largeStreamOf(parts)); err == nil {
		_ = stream.Purge(ctx, jetstream.WithPurgeSubject(parts+".>")) // they end with the stream's age anyway
	}
}
