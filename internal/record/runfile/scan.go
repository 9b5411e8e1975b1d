package runfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxLine bounds one line. A reply holds at most a few MiB, and JSON escaping makes at most six bytes of one.
	maxLine = 64 << 20
	// bufferSize is more than most lines take; a longer one is gathered.
	bufferSize = 256 << 10
)

// ErrNotRun says that a file is not a run file, or one of a later schema.
var ErrNotRun = errors.New("not a run file")

// errNoHeader says that a file holds no whole line.
var errNoHeader = fmt.Errorf("%w: no header", ErrNotRun)

// A Line is one raw record of a run file and its place.
type Line struct {
	Kind   string
	Data   []byte // the JSON object, without the line break; valid until the next line
	Number int    // from 1
	Offset int64  // of its first byte
}

// Decode decodes the record into v.
func (l Line) Decode(v any) error {
	if err := json.Unmarshal(l.Data, v); err != nil {
		return fmt.Errorf("line %d: %w", l.Number, plainly(err))
	}
	return nil
}

// Scan calls visit for every record of a run after its header, which header gets before. Otherwise it is as
// [ScanLines].
func Scan(r io.Reader, header func(Header) error, visit func(Line) error) (torn bool, err error) {
	begun := false
	torn, err = ScanLines(r, func(l Line) error {
		if begun {
			return visit(l)
		}
		begun = true
		h, err := checkHeader(l)
		if err != nil {
			return err
		}
		return header(h)
	})
	if err == nil && !begun {
		err = errNoHeader
	}
	return torn, err
}

// ScanLines calls visit for every whole line of r that is a record, in order, and reports whether the last line was
// torn: cut off by a kill, and passed over. A broken line elsewhere is an error that names it.
func ScanLines(r io.Reader, visit func(Line) error) (torn bool, err error) {
	br := bufio.NewReaderSize(r, bufferSize) // r itself where it is such a reader
	var offset int64
	for number := 1; ; number++ {
		data, err := readLine(br)
		if errors.Is(err, io.EOF) {
			// A line is written with its line break in one piece, so what has none was cut off, even where it happens to be
			// whole JSON.
			return len(data) > 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("line %d: %w", number, err)
		}
		line := Line{Data: bytes.TrimRight(data, "\r\n"), Number: number, Offset: offset}
		offset += int64(len(data))
		if len(line.Data) == 0 {
			continue
		}
		if line.Kind, err = kindOf(line.Data); err != nil {
			return false, fmt.Errorf("line %d is not a record: %w", number, err)
		}
		if err := visit(line); err != nil {
			return false, err
		}
	}
}

// readLine reads up to and with the next line break; without one it returns what is left and io.EOF.
func readLine(br *bufio.Reader) ([]byte, error) {
	data, err := br.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return data, err
	}
	long := bytes.Clone(data)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long) > maxLine {
			return nil, fmt.Errorf("longer than %d MiB", maxLine>>20)
		}
		data, err = br.ReadSlice('\n')
		long = append(long, data...)
	}
	return long, err
}

// kindOf finds the kind of a record. Our own lines begin with it, which spares decoding those that a caller passes
// over.
func kindOf(data []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(data, []byte(`{"kind":"`)); ok && data[len(data)-1] == '}' {
		if end := bytes.IndexByte(rest, '"'); end >= 0 && bytes.IndexByte(rest[:end], '\\') < 0 {
			return knownKind(rest[:end]), nil
		}
	}
	var record struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return "", plainly(err)
	}
	return record.Kind, nil
}

// knownKind is string(kind) without a copy for the kinds that recur.
func knownKind(kind []byte) string {
	for _, known := range []string{KindCall, KindTrial, KindCase, KindHeader, KindEnd} {
		if string(kind) == known {
			return known
		}
	}
	return string(kind)
}

// checkHeader decodes and checks the first line of a run file.
func checkHeader(l Line) (Header, error) {
	var h Header
	switch l.Kind {
	case KindHeader:
	case "":
		return h, fmt.Errorf("%w: line %d has no kind, and should be the header", ErrNotRun, l.Number)
	default:
		return h, fmt.Errorf("%w: line %d is %q, and should be the header", ErrNotRun, l.Number, l.Kind)
	}
	var version struct {
		Schema int `json:"schema"`
	}
	if err := l.Decode(&version); err != nil {
		return h, fmt.Errorf("%w: %w", ErrNotRun, err)
	}
	switch {
	case version.Schema > Schema:
		return h, fmt.Errorf(
			"%w that this promptbench can read: it has schema %d, and this one reads up to %d; use a newer promptbench",
			ErrNotRun, version.Schema, Schema)
	case version.Schema < 1:
		return h, fmt.Errorf("%w: line %d says schema %d", ErrNotRun, l.Number, version.Schema)
	}
	if err := l.Decode(&h); err != nil {
		return h, fmt.Errorf("%w: %w", ErrNotRun, err)
	}
	h.Prompt.Name, h.Suite.Name = norm.NFC.String(h.Prompt.Name), norm.NFC.String(h.Suite.Name)
	return h, nil
}
