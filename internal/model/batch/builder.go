package batch

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"promptbench/internal/model"
)

// A builder collects requests in a file until it is as large as a piece may be, and submits that.
type builder struct {
	collector *Collector
	attempt   int

	piece *piece
	file  *os.File
	out   *bufio.Writer
	size  int
	keys  []string
	has   map[string]bool // these keys
}

// add puts a request into the current piece, and submits that first where there is no room.
func (b *builder) add(ctx context.Context, r model.Request) error {
	line := requestLine(r.Key, r.Body)
	if len(line) > b.collector.o.MaxBytes {
		return fmt.Errorf("a request of %d bytes is larger than a batch may be, %d bytes",
			len(line), b.collector.o.MaxBytes)
	}
	if len(b.keys) == b.collector.o.MaxRequests || b.size+len(line) > b.collector.o.MaxBytes {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	if b.file == nil {
		if err := b.begin(); err != nil {
			return err
		}
	}
	if _, err := b.out.Write(line); err != nil {
		return fmt.Errorf("writing a request file: %w", err)
	}
	b.size += len(line)
	b.keys = append(b.keys, r.Key)
	b.has[r.Key] = true
	return nil
}

func (b *builder) begin() error {
	b.piece = b.collector.newPiece(b.attempt)
	file, err := os.Create(filepath.Join(b.collector.dir, b.piece.id+".jsonl"))
	if err != nil {
		return fmt.Errorf("making a request file: %w", err)
	}
	b.file, b.out = file, bufio.NewWriterSize(file, 1<<20)
	b.size, b.keys, b.has = 0, nil, map[string]bool{}
	return nil
}

func (b *builder) flush(ctx context.Context) error {
	if b.file == nil {
		return nil
	}
	defer b.drop()
	if err := b.out.Flush(); err != nil {
		return fmt.Errorf("writing a request file: %w", err)
	}
	if err := b.collector.submit(ctx, b.piece, b.keys, b.file.Name()); err != nil {
		return err
	}
	b.collector.mu.Lock()
	defer b.collector.mu.Unlock()
	b.collector.pieces = append(b.collector.pieces, b.piece)
	for _, key := range b.keys {
		b.collector.entries[key] = entry{piece: b.piece}
	}
	return nil
}

func (b *builder) drop() {
	if b.file != nil {
		_ = b.file.Close() // what mattered was flushed
		_ = os.Remove(b.file.Name())
		b.file = nil
	}
}
