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
)

// collect downloads a file of results and notes where each one is. It adds the requests that another batch may answer
// to again.
func (c *Collector) collect(ctx context.Context, p *piece, file string, again map[string]bool) error {
	path := filepath.Join(c.dir, fmt.Sprintf("results-%d.jsonl", len(c.files)))
	err := c.o.Client.Download(ctx, file, path)
	if isUnknown(err) {
		c.o.Note(fmt.Sprintf("batch %s: the endpoint has no results of it any more", p.batch))
		return nil
	}
	if err != nil {
		return fmt.Errorf("downloading the results of batch %s: %w", p.batch, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the results of batch %s: %w", p.batch, err)
	}
	// It is read as long as it is open, and a kill leaves no replies behind. Where a system keeps open files, Close
	// removes it.
	_ = os.Remove(path)
	c.mu.Lock()
	number := int32(len(c.files))
	c.files = append(c.files, f)
	c.mu.Unlock()
	return c.readResults(f, p, number, again)
}

// readResults keeps the places of all results in a file.
func (c *Collector) readResults(f io.Reader, p *piece, number int32, again map[string]bool) error {
	lines := bufio.NewReaderSize(f, 256<<10)
	var offset int64
	unreadable := 0
	for {
		line, size, err := readLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the results of batch %s: %w", p.batch, err)
		}
		if text := bytes.TrimSpace(line); size > maxLine {
			unreadable++
		} else if len(text) > 0 {
			if r, bad := c.o.Client.parse(text); bad != nil {
				unreadable++ // its request counts as unanswered
			} else {
				c.keep(r, p, entry{piece: p, file: number, offset: offset, length: int32(size)}, again)
			}
		}
		offset += size
		if err != nil {
			break
		}
	}
	if unreadable > 0 {
		c.o.Note(fmt.Sprintf("batch %s: lines of its results that can't be read: %d", p.batch, unreadable))
	}
	return nil
}

// maxLine is the most that is held of a line: an answer, and what a batch adds to it.
const maxLine = maxBody + 64<<10

// readLine reads a line with its end. Of one that is longer than maxLine only the size counts.
func readLine(r *bufio.Reader) (line []byte, size int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if size += int64(len(part)); size <= maxLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// keep keeps where the result of a request is. A reply replaces a failure; otherwise the first of several counts.
func (c *Collector) keep(r result, p *piece, at entry, again map[string]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ours := c.entries[r.key]
	if !ours || e.piece != p || r.isSkipped {
		return
	}
	if e.length > 0 && (r.failure != nil || !again[r.key]) {
		return
	}
	c.entries[r.key] = at
	delete(again, r.key)
	if r.failure != nil && r.failure.Retryable() {
		again[r.key] = true
	}
}
