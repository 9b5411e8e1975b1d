package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a server can ask for. It is more than any run waits, see [model.MaxHold].
const maxRetryAfter = 24 * time.Hour

// retryAfter reads how long a server asks to wait: Azure's retry-after-ms, the standard Retry-After in seconds or as an
// HTTP date, else the resets of the OpenAI rate-limit headers. It is 0 where there is nothing usable.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, ok := number(h.Get("Retry-After-Ms")); ok {
		return within(ms / 1000)
	}
	if value := strings.TrimSpace(h.Get("Retry-After")); value != "" {
		if seconds, ok := number(value); ok {
			return within(seconds)
		}
		if at, err := http.ParseTime(value); err == nil {
			return within(at.Sub(now).Seconds())
		}
	}
	return rateLimitReset(h)
}

// rateLimitReset returns when the limit that was hit is free again. Requests and tokens have limits of their own; the
// one with nothing remaining was hit. Where neither says so, the sooner reset is taken: to wait for a limit that was
// not hit would be waiting for nothing.
func rateLimitReset(h http.Header) time.Duration {
	var hit, sooner time.Duration
	for _, what := range []string{"Requests", "Tokens"} {
		d := resetTime(h.Get("X-Ratelimit-Reset-" + what))
		if d <= 0 {
			continue
		}
		if strings.TrimSpace(h.Get("X-Ratelimit-Remaining-"+what)) == "0" {
			hit = max(hit, d)
		}
		if sooner == 0 || d < sooner {
			sooner = d
		}
	}
	if hit > 0 {
		return hit
	}
	return sooner
}

// resetTime reads "1s", "6m0s", "120ms" or a bare number of seconds.
func resetTime(value string) time.Duration {
	value = strings.TrimSpace(value)
	if d, err := time.ParseDuration(value); err == nil {
		return within(d.Seconds())
	}
	if seconds, ok := number(value); ok {
		return within(seconds)
	}
	return 0
}

func number(value string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return f, err == nil && !math.IsNaN(f)
}

// wait turns seconds into a duration within [0, maxRetryAfter].
func within(seconds float64) time.Duration {
	if seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
}
