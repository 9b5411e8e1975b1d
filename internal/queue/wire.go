package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The names in the server. [Connection.ensure] makes what is missing.
const (
	workStream   = "PROMPTBENCH_WORK"
	replyStream  = "PROMPTBENCH_REPLIES"
	workPrefix   = "promptbench.work."
	replyPrefix  = "promptbench.reply."
	lanesSubject = "promptbench.lanes" // said when there is a new one
	notePrefix   = "promptbench.note." // what a worker has to say to a lane's coordinator
	largeBucket  = "promptbench-large"
)

// maxAge is how long the server keeps what nobody came back for.
const maxAge = 7 * 24 * time.Hour

// protocol is the version of what is said here. Workers and coordinators with
// different ones have nothing to say to each other.
const protocol = "1"

// LaneID names the lane of a run in the server: safe in subjects, whatever the
// run is called.
func LaneID(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:8])
}

// A place names an item or its reply within a lane.
type place struct {
	key     string
	attempt int64
}

func (p place) of(prefix, lane string) string {
	return prefix + lane + "." + p.key + "." + strconv.FormatInt(p.attempt, 10)
}

// placeOf reads the subject of an item or a reply.
func placeOf(subject string) (place, bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 {
		return place{}, false
	}
	attempt, err := strconv.ParseInt(parts[4], 10, 64)
	return place{key: parts[3], attempt: attempt}, err == nil
}

// The headers of an item and of a reply. Their data is the body that goes over
// the wire, and what [model.EncodeOutcome] makes.
const (
	trialHeader  = "Promptbench-Trial"
	objectHeader = "Promptbench-Object" // where the data is, if a message can't hold it
)

// takesHeader is that of a worker's note which says that it takes a lane's items.
// The others say why one does not.
const takesHeader = "Promptbench-Takes"

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
	store, err := c.js.ObjectStore(ctx, largeBucket)
	if err != nil {
		return nil, fmt.Errorf("opening the object store: %w", err)
	}
	if _, err := store.PutBytes(ctx, name, data); err != nil {
		return nil, fmt.Errorf("putting %d bytes into the object store: %w", len(data), err)
	}
	m.Header.Set(objectHeader, name)
	return m, nil
}

// unpack returns the data of a message.
func (c *Connection) unpack(ctx context.Context, m jetstream.Msg) ([]byte, error) {
	name := m.Headers().Get(objectHeader)
	if name == "" {
		return m.Data(), nil
	}
	store, err := c.js.ObjectStore(ctx, largeBucket)
	if err != nil {
		return nil, fmt.Errorf("opening the object store: %w", err)
	}
	data, err := store.GetBytes(ctx, name)
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

// isGone reports whether the server does not know what was asked for.
func isGone(err error) bool {
	return errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrConsumerDoesNotExist) ||
		errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrStreamNotFound)
}
