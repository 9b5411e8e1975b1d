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
	workStream  = "PROMPTBENCH_WORK"
	replyStream = "PROMPTBENCH_REPLIES"
	prefix      = "promptbench."
	workPrefix  = prefix + "work."
	replyPrefix = prefix + "reply."
	runsSubject = prefix + "lanes" // the ids of new runs
	notePrefix  = prefix + "note." // notes of workers to the coordinator of a run

	// The parts of what a message can't hold. Runs put items there, and workers replies: neither can change the other's.
	largePrefix      = prefix + "large."
	largeWorkStream  = "PROMPTBENCH_LARGE_WORK"
	largeReplyStream = "PROMPTBENCH_LARGE_REPLIES"
)

// maxAge is how long the server keeps items and replies that nobody takes.
const maxAge = 7 * 24 * time.Hour

// protocol is the version of these messages. Workers take no items of a run with another one.
const protocol = "2"

// ID names a run in the server. It is safe in subjects, whatever the run is called.
func ID(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:8])
}

// A place names an item or its reply within a run.
type place struct {
	key     string
	attempt int64
}

func (p place) of(prefix, run string) string {
	return prefix + run + "." + p.key + "." + strconv.FormatInt(p.attempt, 10)
}

func placeOf(subject string) (place, bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 {
		return place{}, false
	}
	attempt, err := strconv.ParseInt(parts[4], 10, 64)
	return place{key: parts[3], attempt: attempt}, err == nil
}

// The headers of an item and of a reply. The data of an item is the body of the request, that of a reply an [outcome].
const (
	trialHeader  = "Promptbench-Trial"
	partsHeader  = "Promptbench-Parts"  // id and number of the parts, if a message can't hold the data
	markHeader   = "Promptbench-Mark"   // see [Connection.mark]
	workerHeader = "Promptbench-Worker" // whose reply it is
)

// takesHeader is set in the note of a worker that takes a run's items. Other notes say why one does not.
const takesHeader = "Promptbench-Takes"

// isGone reports whether the server does not know what was asked for.
func isGone(err error) bool {
	return errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrConsumerDoesNotExist) ||
		errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrStreamNotFound)
}
