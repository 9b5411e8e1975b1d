package suite

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/problem"
	"promptbench/internal/strictyaml"
)

// maxLine is how long one line of a JSON Lines file, or one record of a CSV
// file, may be.
const maxLine = 16 << 20

// A record is one case with its places.
type record struct {
	Case
	place func(path ...any) spot
	has   func(key string) bool // whether the field was given at all
	probs problem.List
}

// A spot is a place in a file that problems are put on.
type spot struct {
	File         string
	Line, Column int
}

// Problem returns a problem at the spot.
func (s spot) Problem(message, hint string) problem.Problem {
	return problem.Problem{File: s.File, Line: s.Line, Column: s.Column, Message: message, Hint: hint}
}

// nodeRecord decodes one case of a YAML list or a line of JSON.
func nodeRecord(n strictyaml.Node) record {
	var r record
	r.probs = n.Decode(&r.Case)
	r.has = func(key string) bool {
		k := n.Get(key).Kind()
		return k != strictyaml.None && k != strictyaml.Null
	}
	r.place = func(path ...any) spot {
		at := n.At(path...)
		if len(path) > 1 && path[0] == "vars" {
			at = n.AtKey(path...)
		}
		p := at.Problem("", "")
		return spot{p.File, p.Line, p.Column}
	}
	return r
}

// A casesFile is a file that cases stand in, one a line or a record.
type casesFile struct {
	path  string
	open  opener
	size  int64 // bytes that the checking pass read; 0 before it
	count int   // cases that it found
}

// each reads all records; it stops early where yield returns false.
func (f *casesFile) each(yield func(record) bool) error {
	read := readJSONLines
	switch ext := strings.ToLower(filepath.Ext(f.path)); ext {
	case ".jsonl", ".ndjson":
	case ".csv":
		read = readCSV
	default:
		return fmt.Errorf("cases stand in a .jsonl or a .csv file, not in %q", ext)
	}
	r, err := f.open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	counter := &countingReader{r: r}
	count, stopped := 0, false
	err = read(f.path, counter, func(rec record) bool {
		count++
		stopped = !yield(rec)
		return !stopped
	})
	if err == nil && !stopped {
		if f.size != 0 && (f.size != counter.n || f.count != count) {
			return errors.New("the file has changed since it was checked")
		}
		f.size, f.count = counter.n, count
	}
	return err
}

// stream gives the cases alone. It works on a copy, so that several streams may
// run at once.
func (f *casesFile) stream(yield func(Case, error) bool) {
	own := *f
	err := own.each(func(r record) bool {
		if err := r.probs.Err(); err != nil {
			yield(Case{}, fmt.Errorf("reading cases: %w", err))
			return false
		}
		return yield(r.Case, nil)
	})
	if err != nil {
		yield(Case{}, fmt.Errorf("reading the cases of %s: %w", f.path, err))
	}
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// readJSONLines reads one case a line; blank lines are passed over.
func readJSONLines(file string, r io.Reader, yield func(record) bool) error {
	br := bufio.NewReaderSize(r, 64<<10)
	for line := 1; ; line++ {
		data, err := readLine(br)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if line == 1 {
			data = strictyaml.TrimBOM(data)
		}
		if len(bytes.TrimSpace(data)) > 0 && !yield(jsonRecord(file, line, data)) {
			return nil
		}
		if err != nil {
			return nil
		}
	}
}

func jsonRecord(file string, line int, data []byte) record {
	doc, probs := strictyaml.ParseJSON(file, line, data)
	if doc == nil {
		return record{
			probs: probs,
			place: func(...any) spot { return spot{file, line, 1} },
			has:   func(string) bool { return false },
		}
	}
	rec := nodeRecord(doc.Root())
	rec.probs = append(probs, rec.probs...)
	return rec
}

// readLine reads up to a line feed, at most maxLine bytes.
func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("longer than %d MiB", maxLine>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
