package fakeopenai

import (
	"math/rand/v2"
	"sync"
)

// A Fault is a reply that comes instead of the right one, for this share of the requests.
type Fault struct {
	Share float64 // in [0,1]
	Reply Reply
}

// WithFaults returns a handler that answers as next does but for the faults, which strike at random, the same for the
// same seed. Their shares add up to at most 1.
func WithFaults(seed uint64, next Handler, faults ...Fault) Handler {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	return func(r Request) Reply {
		mu.Lock()
		at := random.Float64()
		mu.Unlock()
		for _, f := range faults {
			if at < f.Share {
				return f.Reply
			}
			at -= f.Share
		}
		return next(r)
	}
}
