package batch

import (
	"context"
	"fmt"
	"time"

	"promptbench/internal/record/runfile"
)

// Outstanding lists the pieces that an endpoint has for a model and that no run has collected yet, newest first.
func Outstanding(index *runfile.Index, endpoint, modelID string) []runfile.Piece {
	var out []runfile.Piece
	for _, p := range index.Pieces() {
		if !p.Collected && p.Endpoint == endpoint && p.Model == modelID && time.Since(p.At) <= keptFor {
			out = append(out, p)
		}
	}
	return out
}

// Cancelled is a batch after [Cancel].
type Cancelled struct {
	Batch

	Was string // its status before
}

// Cancel cancels the batches of pieces that are not over. It leaves out pieces without a batch.
func Cancel(ctx context.Context, client *Client, pieces []runfile.Piece) ([]Cancelled, error) {
	var out []Cancelled
	for _, p := range pieces {
		b, err := lookAt(ctx, client, p)
		if err != nil {
			return out, err
		}
		if b.ID == "" {
			continue
		}
		c := Cancelled{Batch: b, Was: b.Status}
		if !b.Over() {
			if c.Batch, err = client.Cancel(ctx, b.ID); err != nil {
				return out, fmt.Errorf("batch %s: %w", b.ID, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// lookAt returns the batch of a piece, or one without an id.
func lookAt(ctx context.Context, client *Client, p runfile.Piece) (Batch, error) {
	if p.Batch == "" {
		b, _, err := client.Find(ctx, p.ID, p.At)
		return b, err
	}
	b, err := client.Get(ctx, p.Batch)
	if isUnknown(err) {
		return Batch{}, nil
	}
	return b, err
}
