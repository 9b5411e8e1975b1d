package batch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"promptbench/internal/model"
)

// collect downloads a file of results and notes where each one stands. Requests
// that another batch may answer are added to again.
func (d *Desk) collect(ctx context.Context, p *piece, file string, again map[key]bool) error {
	path := filepath.Join(d.dir, fmt.Sprintf("results-%d.jsonl", len(d.files)))
	err := d.o.API.Download(ctx, file, path)
	if isUnknown(err) {
		d.o.Note(fmt.Sprintf("batch %s: the endpoint has no results of it any more", p.batch))
		return nil
	}
	if err != nil {
		return fmt.Errorf("downloading the results of batch %s: %w", p.batch, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the results of batch %s: %w", p.batch, err)
	}
	// It is read as long as it is open, and a kill leaves no replies behind. Where a
	// system keeps open files, Close removes it.
	_ = os.Remove(path)
	d.mu.Lock()
	number := int32(len(d.files))
	d.files = append(d.files, f)
	d.mu.Unlock()
	return d.note(f, p, number, again)
}

// note reads results and keeps their places.
func (d *Desk) note(f io.Reader, p *piece, number int32, again map[key]bool) error {
	lines := bufio.NewReaderSize(f, 256<<10)
	var offset int64
	unreadable := 0
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the results of batch %s: %w", p.batch, err)
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			if r, bad := model.ParseBatchResult(text); bad != nil {
				unreadable++ // its request counts as unanswered
			} else {
				d.place(r, p, entry{piece: p, file: number, offset: offset, length: int32(len(line))}, again)
			}
		}
		offset += int64(len(line))
		if err != nil {
			break
		}
	}
	if unreadable > 0 {
		d.o.Note(fmt.Sprintf("batch %s: lines of its results that can't be read: %d", p.batch, unreadable))
	}
	return nil
}

// place keeps where the result of a request stands. A reply stands above a
// failure, and else the first of several.
func (d *Desk) place(r model.BatchResult, p *piece, at entry, again map[key]bool) {
	k, ok := parseKey(r.Key)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ours := d.entries[k]
	if !ours || e.piece != p || r.Skipped {
		return
	}
	if e.length > 0 && (r.Failed || !again[k]) {
		return
	}
	d.entries[k] = at
	delete(again, k)
	if r.Again {
		again[k] = true
	}
}
