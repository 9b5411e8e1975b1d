package propose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"promptbench/internal/input/problem"
)

// maxNesting is how deep records may be inside of lists and of what wraps them.
const maxNesting = 16

// isWrapper reports whether a field holds records: those of OTLP/JSON everywhere
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), and at the top of a document those in which
// APIs wrap a page of records.
func isWrapper(field string, isTop bool) bool {
	switch field {
	case "resourceSpans", "resource_spans", "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "spans",
		"resourceLogs", "resource_logs", "scopeLogs", "scope_logs", "logRecords", "log_records":
		return true
	case "data", "runs", "traces", "observations", "rows", "items", "examples", "trace":
		return isTop
	}
	return false
}

// A walker streams the records out of a document of JSON: the objects in its lists and wrappers.
type walker struct {
	p      *proposer
	path   string
	line   int // of the document's first
	isLine bool
	in     *metered
	dec    *json.Decoder
	visit  func(record)
}

func newWalker(p *proposer, path string, line int, r io.Reader, visit func(record)) *walker {
	in := &metered{r: r}
	return &walker{p: p, path: path, line: line, in: in, dec: json.NewDecoder(in), visit: visit}
}

// document reads all values there are, which may follow each other without a list around them.
func (w *walker) document() error {
	for {
		err := w.value(0)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.broken(err)
		}
	}
}

// broken says where a document can't be read, and why.
func (w *walker) broken(err error) problem.Problem {
	out := problem.Problem{File: w.path, Line: w.at(), Message: "the line is not JSON: " + err.Error(), Secret: true}
	if !w.isLine {
		out.Message = "the export can't be read from here: " + err.Error()
		out.Hint = "export it again, or as JSON Lines, in which single lines can be left out"
	}
	return out
}

// at is the line up to which values are read.
func (w *walker) at() int {
	ahead, _ := io.ReadAll(w.dec.Buffered()) // from memory
	return w.line + w.in.lines - bytes.Count(ahead, []byte("\n"))
}

func (w *walker) value(depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("records are inside of more than %d lists and objects", maxNesting)
	}
	w.in.used = 0
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		for w.dec.More() {
			if err := w.value(depth + 1); err != nil {
				return unexpected(err)
			}
		}
		_, err := w.dec.Token()
		return unexpected(err)
	case json.Delim('{'):
		return unexpected(w.object(depth))
	}
	if depth == 0 || w.isLine {
		w.p.leave(w.path, w.at(), "not an object", "")
	}
	return nil
}

// unexpected makes the end of the text one that is too early.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (w *walker) object(depth int) error {
	rec := record{fields: map[string]any{}, line: w.at()}
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if isWrapper(key, depth == 0 && !w.isLine) && !w.p.o.names(key) {
			rec.inner = true
			if err := w.value(depth + 1); err != nil {
				return err
			}
			continue
		}
		var v any
		if err := w.dec.Decode(&v); err != nil {
			return err
		}
		rec.fields[key] = v
	}
	if _, err := w.dec.Token(); err != nil {
		return err
	}
	// A page of Braintrust's API has its records under events, which spans have, too: theirs are beside a name.
	if page, ok := rec.fields["events"].([]any); ok && rec.fields["name"] == nil && rec.fields["attributes"] == nil {
		for _, one := range page {
			if fields, ok := one.(map[string]any); ok {
				w.visit(record{fields: fields, line: rec.line})
			}
		}
		rec.inner = true
	}
	w.visit(rec)
	return nil
}

// metered counts lines, and ends a text in which a record is too long.
type metered struct {
	r     io.Reader
	lines int
	used  int // bytes of the record
}

func (m *metered) Read(p []byte) (int, error) {
	const chunk = 16 << 10 // what is read ahead of a record
	if m.used > maxRecord {
		return 0, errors.New("a record is longer than 16 MiB")
	}
	n, err := m.r.Read(p[:min(len(p), chunk)])
	m.used += n
	m.lines += bytes.Count(p[:n], []byte("\n"))
	return n, err
}
