package engine

import (
	"math"
	"time"
)

const (
	// paceGrowth is the constant C of RFC 9438, as a share of the ceiling per cubic second: from 3% below the ceiling it
	// takes 5 s to get there, and as long again to be 3% above.
	paceGrowth = 2e-4
	// paceStart is where the curve starts at most, as a share of the ceiling.
	paceStart = 0.97
	// paceSure is how many accepted calls measure a rate well. Over fewer, the curve is steeper, up to paceUnsure times.
	paceSure   = 256
	paceUnsure = 64
	// paceSlack is how late a call may leave without putting off the next ones.
	paceSlack = 20 * time.Millisecond

	// A rate is measured over this many calls taken at least, ...
	paceSample = 16
	// ... and is what the endpoint limits where this share was refused, ...
	paceOverload = 1.0 / 3
	// ... or this share of at least so many.
	paceOften, paceOftenSample = 0.08, 64
	// Where less is refused, that may have any reason.
	paceRarely = 0.02
	// After so many slower rates at which as much was refused, slower does not help.
	paceUseless = 3
)

// A pace is the rate of calls that an endpoint accepts, as measured. A window alone can't keep to a rate: at a latency
// of 1 ms a single call under way makes a thousand a second. Like [window] it is pure.
//
// There is no pace until calls are refused, and more than a few among many answers, which may have any reason, unless
// they make everybody wait. The rate is measured from one refusal to another: it is the calls accepted in between. Then
// calls leave evenly, along the curve of CUBIC (RFC 9438): fast towards the rate that was refused, slowly near it, and
// fast again once it has proved too low; the steeper, the fewer calls the rate was measured over.
type pace struct {
	ceiling float64   // calls a second; 0 for no pace
	start   float64   // where the curve starts, as a share of the ceiling
	growth  float64   // how steep it is
	since   time.Time // when it started
	next    time.Time // when the next call may leave
	floor   float64   // few refusals never slow down below

	// What happened since mark, the refusal that the measurement began with.
	mark    time.Time
	taken   int
	refused int
	held    time.Duration // nobody was allowed to send

	share            float64 // that was refused when the pace was last set for frequent refusals
	uselessSlowdowns int     // how often as much was refused afterwards
}

// rate returns how many calls may leave a second.
func (p *pace) rate(now time.Time) float64 {
	if p.ceiling == 0 {
		return math.Inf(1)
	}
	level := math.Cbrt((1 - p.start) / p.growth) // seconds until the curve is at the ceiling
	t := now.Sub(p.since).Seconds() - level
	return p.ceiling * (1 + p.growth*t*t*t)
}

// wait returns how long the next call has to wait.
func (p *pace) wait(now time.Time) time.Duration {
	if p.ceiling == 0 {
		return 0
	}
	return p.next.Sub(now)
}

// send records that a call leaves.
func (p *pace) send(now time.Time) {
	if p.ceiling == 0 {
		return
	}
	if earliest := now.Add(-paceSlack); p.next.Before(earliest) {
		p.next = earliest
	}
	p.next = p.next.Add(time.Duration(float64(time.Second) / p.rate(now)))
}

// noise returns the share of calls that is refused at any rate; 0 while the rate may be the reason.
func (p *pace) noise() float64 {
	if p.uselessSlowdowns < paceUseless {
		return 0
	}
	return p.share
}

// answer records that a call was accepted.
func (p *pace) answer() { p.taken++ }

// hold records that nobody may send for d.
func (p *pace) hold(d time.Duration) { p.held += d }

// refuse records that a call was refused, and sets the pace where the measurement allows it. trip is the time of a
// round trip.
func (p *pace) refuse(now time.Time, trip time.Duration) {
	if p.mark.IsZero() {
		p.measure(now)
		return
	}
	p.refused++
	lasted := now.Sub(p.mark)
	if p.taken < paceSample || lasted < 2*trip || lasted <= 0 {
		return
	}
	share := float64(p.refused) / float64(p.taken+p.refused)
	floor := 0.0
	switch {
	case share >= paceOverload:
		p.share, p.uselessSlowdowns = 0, 0
	case share >= paceRarely && p.taken < paceOftenSample:
		return // too few to tell
	case share >= paceOften && p.uselessSlowdowns == paceUseless:
		return
	case share >= paceOften:
		if p.share > 0 && share > p.share/2 && p.held < lasted/2 { // a long hold is reason enough
			p.uselessSlowdowns++
		}
		p.share = share
		if p.uselessSlowdowns == paceUseless {
			p.ceiling = 0
			p.measure(now)
			return
		}
	case share >= paceRarely && p.held > lasted/2: // it does say that calls are too many
	case p.ceiling > 0 && lasted >= time.Second:
		floor = p.floor
	case share < paceRarely:
		p.measure(now)
		return
	default:
		return
	}
	p.set(lasted.Seconds(), floor, now)
	p.measure(now)
}

// set sets the pace by what was measured in the last so many seconds. The endpoint's rate lies between two bounds: at
// least what was taken in all that time, as it may have saved up nothing for us while nobody was allowed to send, and
// at most what was taken in the rest of it. It is below the pace so far, too. floor bounds the new pace.
func (p *pace) set(lasted, floor float64, now time.Time) {
	taken := float64(p.taken)
	low := max(taken/lasted, floor)
	high := max(low, min(taken/max(lasted-p.held.Seconds(), lasted/1000), p.rate(now)))
	if floor > 0 {
		// A lone refusal on the way up: it was too slow for most of that time, and is too fast by now.
		high = max(low, math.Sqrt(taken/lasted*p.rate(now)))
	}
	p.ceiling, p.start, p.since = high, min(math.Sqrt(low/high), paceStart), now
	unsure := paceSure / taken
	p.growth = paceGrowth * min(max(1, unsure*unsure), paceUnsure)
	p.next = now
	if floor == 0 {
		p.floor = p.ceiling * p.start / 2
		if lasted < 1 {
			p.floor /= 4 // what was saved up for us makes the endpoint look faster than it is
		}
	}
}

// measure begins a new measurement.
func (p *pace) measure(now time.Time) {
	p.mark, p.taken, p.refused, p.held = now, 0, 0, 0
}
