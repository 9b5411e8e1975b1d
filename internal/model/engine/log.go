package engine

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"promptbench/internal/model"
)

// keyPrefix is how much of a key a log line holds: enough to find the call in the run file.
const keyPrefix = 12

// logAttempts writes a line for each attempt at next. It holds numbers, names and kinds, and nothing that a user, a
// model or a server wrote.
func logAttempts(next step, log *slog.Logger, t model.Target) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		start := time.Now()
		resp, err := next(ctx, c)
		latency := time.Since(start)
		var attrs []slog.Attr
		add := func(attr slog.Attr, isKnown bool) {
			if isKnown {
				attrs = append(attrs, attr)
			}
		}
		failure, failed := errors.AsType[*model.Error](err)
		level, kind := slog.LevelInfo, "answered"
		if failed {
			level, kind = slog.LevelWarn, string(failure.Kind)
		}
		add(slog.String("case", c.Label.Case), c.Label.Case != "")
		add(slog.Int("trial", cmp.Or(c.Label.Trial, c.Trial)), true)
		add(slog.String("key", c.Key[:min(keyPrefix, len(c.Key))]), true)
		add(slog.String("model", t.Name), true)
		add(slog.String("endpoint", t.Label()), true)
		add(slog.Int("attempt", max(c.attempt, 1)), true)
		add(slog.String("kind", kind), true)
		if failed {
			add(slog.Int("status", failure.Status), failure.Status != 0)
			add(slog.Int64("retry_after_ms", failure.RetryAfter.Milliseconds()), failure.RetryAfter > 0)
		}
		add(slog.Int64("latency_ms", latency.Milliseconds()), true)
		add(slog.Int64("waited_ms", c.waited.Milliseconds()), true)
		add(slog.Int("limit", c.limit), true)
		if resp.Usage != nil {
			add(slog.Int("input_tokens", resp.Usage.InputTokens), true)
			add(slog.Int("output_tokens", resp.Usage.OutputTokens), true)
		}
		log.LogAttrs(ctx, level, "attempt", attrs...)
		return resp, err
	}
}
