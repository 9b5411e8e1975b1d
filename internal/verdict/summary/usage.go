package summary

import (
	"cmp"
	"math"
	"slices"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// Usage is what the replies of a run cost. What an endpoint did not report is
// unknown and nil, never 0.
type Usage struct {
	InputTokens  *int     `json:"input_tokens"`
	OutputTokens *int     `json:"output_tokens"`
	TokensACase  *float64 `json:"tokens_a_reply"` // mean of input and output together
	Cost         *float64 `json:"cost"`           // in the currency of the configured price
	LatencyP50   *float64 `json:"latency_p50_ms"` // median of a call, in milliseconds; of those in no batch
}

// UsageOf sums the tokens and the cost of the replies of a run. A single call
// without a count makes the sums unknown; a nil price makes the cost unknown.
func UsageOf(run *runfile.Run, price *params.Price) Usage {
	return usageOf(run, runfile.ForReply, price)
}

// usageOf sums up the calls that were made for one purpose.
func usageOf(run *runfile.Run, purpose string, price *params.Price) Usage {
	var u Usage
	var latencies []int64
	n, in, out, counted := 0, 0, 0, true
	batchIn, batchOut := 0, 0 // of them, in batches
	for i := range run.Calls {
		c := &run.Calls[i]
		if c.Error != nil || !isFor(c, purpose) {
			continue
		}
		if c.For == purpose {
			n++
		}
		if c.Batch == "" {
			latencies = append(latencies, c.LatencyMS)
		}
		if c.Usage == nil {
			counted = false
			continue
		}
		in += c.Usage.InputTokens
		out += c.Usage.OutputTokens
		if c.Batch != "" {
			batchIn += c.Usage.InputTokens
			batchOut += c.Usage.OutputTokens
		}
	}
	u.LatencyP50 = median(latencies)
	if counted && n > 0 {
		u.InputTokens, u.OutputTokens = &in, &out
		u.TokensACase = Number(float64(in+out) / float64(n))
		if price != nil {
			u.Cost = Number(price.Of(in-batchIn, out-batchOut) + price.Batched().Of(batchIn, batchOut))
		}
	}
	return u
}

// isFor reports whether a call was made for a purpose. The replies of a conversation are all replies.
func isFor(c *runfile.Call, purpose string) bool {
	return c.For == purpose || purpose == runfile.ForReply && c.For == runfile.ForTurn
}

// CallOf is what the call of a reply took, for graders and comparisons. A nil price
// makes the cost unknown. A replayed call took what its recording did.
func CallOf(c *runfile.Call, price *params.Price) graders.Call {
	var out graders.Call
	switch {
	case c.Error != nil:
		out.NoLatency = "the call failed"
	case c.Batch != "":
		out.NoLatency = "the reply came in a batch"
	default:
		out.LatencyMS = &c.LatencyMS
	}
	switch {
	case c.Usage == nil:
		out.NoCost = "the endpoint reported no tokens"
		return out
	case price == nil:
		out.NoCost = "the config has no price of this model"
	default:
		each := *price
		if c.Batch != "" {
			each = price.Batched()
		}
		out.Cost = Number(each.Of(c.Usage.InputTokens, c.Usage.OutputTokens))
	}
	out.InputTokens, out.OutputTokens = &c.Usage.InputTokens, &c.Usage.OutputTokens
	return out
}

// SpentOf is what replies took together, such as those of a conversation. What is unknown of one is unknown of all.
func SpentOf(replies []runfile.Call, price *params.Price) graders.Call {
	sum := CallOf(&replies[0], price)
	for i := range replies[1:] {
		c := CallOf(&replies[1+i], price)
		sum.LatencyMS, sum.NoLatency = plus(sum.LatencyMS, c.LatencyMS), cmp.Or(sum.NoLatency, c.NoLatency)
		sum.InputTokens, sum.OutputTokens = plus(sum.InputTokens, c.InputTokens), plus(sum.OutputTokens, c.OutputTokens)
		sum.Cost, sum.NoCost = plus(sum.Cost, c.Cost), cmp.Or(sum.NoCost, c.NoCost)
	}
	return sum
}

// plus adds two numbers; the sum is unknown where one is.
func plus[T int | int64 | float64](a, b *T) *T {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}

// Basis is what the replies of a run are: how many, from when, and how many of
// them were replayed.
type Basis struct {
	Replies  int       `json:"replies"`
	Replayed int       `json:"replayed"`
	Calls    int       `json:"calls"`           // made for this run
	Turns    int       `json:"turns,omitempty"` // replies of conversations that others follow, which Replies leaves out
	First    time.Time `json:"first_reply,omitzero"`
	Last     time.Time `json:"last_reply,omitzero"`
}

// BasisOf says what the replies of a run are.
func BasisOf(run *runfile.Run) Basis { return basisOf(run, runfile.ForReply) }

func basisOf(run *runfile.Run, purpose string) Basis {
	var b Basis
	for i := range run.Calls {
		c := &run.Calls[i]
		if !isFor(c, purpose) {
			continue
		}
		if c.Made() {
			b.Calls++
		}
		if c.Error != nil {
			continue
		}
		if c.For == runfile.ForTurn {
			b.Turns++
			continue
		}
		b.Replies++
		if c.ReplayedFrom != "" {
			b.Replayed++
		}
		if b.First.IsZero() || c.At.Before(b.First) {
			b.First = c.At
		}
		if c.At.After(b.Last) {
			b.Last = c.At
		}
	}
	return b
}

func median(values []int64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	n := len(values)
	return Number(float64(values[(n-1)/2]+values[n/2]) / 2)
}

// Number is f, or nil where f is undefined, so that no output holds a NaN.
func Number(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}
