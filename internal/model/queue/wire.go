package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

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
	workerHeader = "Promptbench-Worker" // whose reply it is
)

// takesHeader is that of a worker's note which says that it takes a lane's items.
// The others say why one does not.
const takesHeader = "Promptbench-Takes"

// isGone reports whether the server does not know what was asked for.
func isGone(err error) bool {
	return errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrConsumerDoesNotExist) ||
		errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrStreamNotFound)
}
