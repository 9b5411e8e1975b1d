package api

import (
	"cmp"
	"math"
	"net/http"
	"regexp"
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
	return cmp.Or(rateLimitReset(h), resetMoment(h.Get("X-Ratelimit-Reset"), now))
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
	return cmp.Or(hit, sooner)
}

// retryAfterIn reads how long the body of an error asks to wait: Gemini's retryDelay, and fields of gateways. Headers
// that a gateway hands on stand in the body too.
func retryAfterIn(doc any, now time.Time) time.Duration { return delayIn(doc, now, 8) }

func delayIn(doc any, now time.Time, depth int) (longest time.Duration) {
	if depth == 0 {
		return 0
	}
	switch doc := doc.(type) {
	case []any:
		for _, item := range doc {
			longest = max(longest, delayIn(item, now, depth-1))
		}
	case map[string]any:
		for name, value := range doc {
			switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
			case "retrydelay", "retryafter", "retryafterseconds", "retryin", "resetafter", "resetsinseconds":
				longest = max(longest, resetTime(text(value)))
			case "retryafterms":
				if ms, ok := number(text(value)); ok {
					longest = max(longest, within(ms/1000))
				}
			case "xratelimitreset", "ratelimitreset", "resetat", "resetsat", "resettime":
				longest = max(longest, resetMoment(text(value), now))
			default:
				longest = max(longest, delayIn(value, now, depth-1))
			}
		}
	}
	return longest
}

// resetMoment reads a moment as a date, or as seconds or milliseconds since 1970; a smaller number is a delay.
func resetMoment(value string, now time.Time) time.Duration {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return within(at.Sub(now).Seconds())
	}
	n, ok := number(value)
	switch {
	case !ok:
		return resetTime(value)
	case n > 1e12:
		return within(n/1000 - float64(now.Unix()))
	case n > 1e9:
		return within(n - float64(now.Unix()))
	}
	return within(n)
}

// saysDelay finds "try again in 6m0s", "retry in 34.4s", "retry after 20 seconds", "wait 2 minutes".
var saysDelay = regexp.MustCompile(`(?i)\b(?:retry|try again|wait)(?: (?:in|after|for|about|another))* ` +
	`((?:\d+(?:\.\d+)?(?:ms|h|m|s))+|\d+(?:\.\d+)?) ?(milli|s|m|h)?`)

// saidDelay reads how long a sentence asks to wait.
func saidDelay(message string) time.Duration {
	match := saysDelay.FindStringSubmatch(message)
	if match == nil {
		return 0
	}
	seconds, ok := number(match[1])
	if !ok {
		return resetTime(match[1])
	}
	switch strings.ToLower(match[2]) {
	case "milli":
		seconds /= 1000
	case "m":
		seconds *= 60
	case "h":
		seconds *= 3600
	}
	return within(seconds)
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
