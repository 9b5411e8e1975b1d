package graders

import (
	"fmt"
	"strconv"
	"time"
)

const nameLatency = "latency"

func latencyBuiltIn() BuiltIn {
	return BuiltIn{
		Name:   nameLatency,
		Text:   "Whether the call took no longer than this: {max: 2s}.",
		Counts: true,
		params: func() []param {
			return []param{textParam("max", "The longest time, such as 800ms or 2s.").needed(isRequired)}
		},
		build: func(p params) (Grader, error) { return Latency(p.duration(p.values["max"])) },
	}
}

// duration reads a time with its unit, or 0 where none is given.
func (d *decoder) duration(v value) time.Duration {
	const hint = "write a number and its unit, such as 800ms or 2s"
	if v.kind() == kindNumber {
		d.add(v.path, hint, "%s has no unit", v.raw)
		return 0
	}
	text := d.text(v)
	out, err := time.ParseDuration(text)
	if err != nil && text != "" {
		d.add(v.path, hint, "%s is no time", quote(text))
	}
	return out
}

// Latency returns the grader "latency": 1 where the call took at most so long,
// else 0. Answer is the time in milliseconds. A replayed reply has the latency of
// its recording. Where it is unknown, the score is unscored. A time that is not
// positive is a [ParamError].
func Latency(most time.Duration) (Grader, error) {
	if most <= 0 {
		return nil, &ParamError{Path: []any{"max"}, Msg: "max must be a time over 0", Hint: "such as {max: 2s}"}
	}
	params := struct {
		Max string `json:"max"`
	}{most.String()}
	return newFunction(nameLatency, params, func(s Sample) Score {
		if s.Call.LatencyMS == nil {
			return Unscored("the latency is unknown: " + orUnknown(s.Call.NoLatency))
		}
		took := time.Duration(*s.Call.LatencyMS) * time.Millisecond
		return scoreIf(took <= most, strconv.FormatInt(*s.Call.LatencyMS, 10),
			fmt.Sprintf("%d ms, expected at most %s", *s.Call.LatencyMS, most))
	}), nil
}
