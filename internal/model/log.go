package model

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// A Label says which call of a run this is, for the log. See [WithLabel].
type Label struct {
	Case  string
	Trial int
	Key   string // names the recording, see [Key]
}

type labelKey struct{}

// WithLabel returns a context whose calls are logged under l.
func WithLabel(ctx context.Context, l Label) context.Context {
	return context.WithValue(ctx, labelKey{}, l)
}

// keyPrefix is how much of a key a log line holds: enough to find the call in
// the run file.
const keyPrefix = 12

// logged writes a line for each attempt. It holds numbers, names and kinds, and
// nothing that a user, a model or a server wrote.
type logged struct {
	next   Model
	log    *slog.Logger
	target Target
}

// Complete makes an attempt and writes its line.
func (l *logged) Complete(ctx context.Context, r Request) (Response, error) {
	start := time.Now()
	resp, err := l.next.Complete(ctx, r)
	latency := time.Since(start)
	c := callOf(ctx)
	attrs := append(l.label(ctx, r),
		slog.String("model", l.target.Name),
		slog.String("endpoint", l.target.Label()),
		slog.Int("attempt", max(c.attempt, 1)),
	)
	level, kind := slog.LevelInfo, "answered"
	failure, failed := errors.AsType[*Error](err)
	if failed {
		level, kind = slog.LevelWarn, string(failure.Kind)
	}
	attrs = append(attrs, slog.String("kind", kind))
	if failed && failure.Status != 0 {
		attrs = append(attrs, slog.Int("status", failure.Status))
	}
	if failed && failure.RetryAfter > 0 {
		attrs = append(attrs, slog.Int64("retry_after_ms", failure.RetryAfter.Milliseconds()))
	}
	attrs = append(attrs,
		slog.Int64("latency_ms", latency.Milliseconds()),
		slog.Int64("waited_ms", c.waited.Milliseconds()),
		slog.Int("limit", c.limit),
	)
	if resp.Usage != nil {
		attrs = append(attrs, slog.Int("input_tokens", resp.Usage.InputTokens), slog.Int("output_tokens", resp.Usage.OutputTokens))
	}
	l.log.LogAttrs(ctx, level, "attempt", attrs...)
	return resp, err
}

func (l *logged) label(ctx context.Context, r Request) []slog.Attr {
	label, _ := ctx.Value(labelKey{}).(Label)
	if label.Trial == 0 {
		label.Trial = r.Trial
	}
	if label.Key == "" {
		if body, err := WireBody(l.target.ID, r); err == nil {
			label.Key = WireKey(l.target.Label(), body, r.Trial)
		}
	}
	attrs := make([]slog.Attr, 0, 12)
	if label.Case != "" {
		attrs = append(attrs, slog.String("case", label.Case))
	}
	return append(attrs, slog.Int("trial", label.Trial), slog.String("key", label.Key[:min(keyPrefix, len(label.Key))]))
}
