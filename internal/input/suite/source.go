package suite

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/media"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/charset"
)

// maxLine is how long one line of a JSON Lines file, or one record of a CSV
// file, may be.
const maxLine = 16 << 20

// A record is one case with its places.
type record struct {
	Case
	place func(path ...any) spot
	has   func(key string) bool // whether the field was given, as text
	probs problem.List

	inTurn bool // the last turn of a conversation has the expectations of the case
	isCopy bool // another case was made of the same record
}

// compose puts the names of a case into NFC, the form in which they are compared.
func (r *record) compose() {
	r.fill()
	r.ID, r.Group = norm.NFC.String(r.ID), norm.NFC.String(r.Group)
	for i, tag := range r.Tags {
		r.Tags[i] = norm.NFC.String(tag)
	}
}

// loadAttachments loads the images and files that a case names, from the directory of its file.
func (r *record) loadAttachments(file string) {
	if n := len(r.Images) + len(r.Files); n > media.MaxCount {
		message := fmt.Sprintf("the case has %d images and files, and may have %d", n, media.MaxCount)
		r.probs.Add(r.place().Problem(message, ""))
		return
	}
	load := func(key string, texts []string, load func(dir, text string) (media.Attachment, error)) {
		for i, text := range texts {
			a, err := load(filepath.Dir(file), text)
			if err != nil {
				message := fmt.Sprintf("the %s can't be used: %v", strings.TrimSuffix(key, "s"), err)
				r.probs.Add(r.place(key, i).Problem(message, ""))
				continue
			}
			r.attachments = append(r.attachments, a)
		}
	}
	load("images", r.Images, media.LoadImage)
	load("files", r.Files, media.LoadFile)
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
	r.probs = append(n.Decode(&r.Case), checkInputKeys(n)...)
	r.has = func(key string) bool { return n.Get(key).Kind() == strictyaml.Text }
	r.place = func(path ...any) spot {
		at := n.At(path...)
		if len(path) > 1 && (path[0] == "vars" || path[0] == "tool_results") {
			at = n.AtKey(path...)
		}
		p := at.Problem("", "")
		return spot{p.File, p.Line, p.Column}
	}
	return r
}

// A casesFile is a file that cases stand in, one a line or a record.
type casesFile struct {
	path    string
	open    opener
	combine matrix // makes cases of each record
	sum     []byte // SHA-256 of the file that the checking pass read; nil before it
}

// each reads all records; it stops early where yield returns false.
func (f *casesFile) each(yield func(record) bool) error {
	read := readJSONLines
	if f.sum != nil {
		read = rereadJSONLines
	}
	switch ext := strings.ToLower(filepath.Ext(f.path)); ext {
	case ".jsonl", ".ndjson":
	case ".csv", ".tsv":
		read = readCSV
	default:
		if ext == ".yaml" || ext == ".yml" {
			return errors.New("expected a .jsonl, .csv or .tsv file; " +
				"to have the cases of another suite, write extends: that suite")
		}
		return fmt.Errorf("expected a .jsonl, .csv or .tsv file, found %q", ext)
	}
	r, err := f.open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	sum, stopped := sha256.New(), false
	err = read(f.path, io.TeeReader(r, sum), func(rec record) bool {
		rec.compose()
		rec.loadAttachments(f.path)
		for _, one := range f.combine.expand(rec) {
			if stopped = !yield(one); stopped {
				break
			}
		}
		return !stopped
	})
	if err != nil || stopped {
		return err
	}
	now := sum.Sum(nil)
	if f.sum != nil && !bytes.Equal(f.sum, now) {
		return errors.New("the file has changed since it was checked")
	}
	f.sum = now
	return nil
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

// readJSONLines reads one case a line; blank lines are passed over.
func readJSONLines(file string, r io.Reader, yield func(record) bool) error {
	isFirst := true
	return eachLine(r, func(line int, data []byte) bool {
		if isFirst {
			isFirst = false
			if p := notLines(data); p != "" {
				at := spot{file, line, 1}
				yield(brokenRecord(at, problem.List{at.Problem(p, "write each case on a line of its own, such as with jq -c")}))
				return false
			}
		}
		rec, ok := plainRecord(file, line, data)
		if !ok {
			rec = jsonRecord(file, line, data)
		}
		return yield(rec)
	})
}

// notLines says what a file of JSON is by its first line, if it is not one value a
// line.
func notLines(first []byte) string {
	switch text := bytes.TrimSpace(first); {
	case text[0] == '[':
		return "the file is a JSON array, not a case a line"
	case text[0] == '{' && (text[len(text)-1] == '{' || text[len(text)-1] == ','):
		return "the file is JSON whose objects have several lines, not a case a line"
	}
	return ""
}

// plainRecord decodes a case in which nothing can be wrong that strict parsing
// would tell, which is several times as fast. Places in the line are looked for
// once they are asked for, while data is valid.
func plainRecord(file string, line int, data []byte) (record, bool) {
	var r record
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if dec.Decode(&r.Case) != nil || len(bytes.TrimSpace(data[dec.InputOffset():])) > 0 || r.ID == "" || r.Input == "" ||
		r.Messages != nil || r.Turns != nil || r.ToolResults != nil {
		return record{}, false
	}
	id, ok := strictyaml.Plain(data, "id")
	r.has = func(string) bool { return true } // only asked of what every case has
	r.place = func(path ...any) spot {
		if len(path) == 1 && path[0] == "id" {
			return spot{file, line, utf8.RuneCount(data[:id]) + 1}
		}
		return jsonRecord(file, line, data).place(path...)
	}
	return r, ok
}

// rereadJSONLines reads a file that was checked before; that it is still the
// same, its hash will tell. Most lines then decode the plain and much faster way;
// the others hold a number where text is meant, or have changed since.
func rereadJSONLines(file string, r io.Reader, yield func(record) bool) error {
	return eachLine(r, func(line int, data []byte) bool {
		var rec record
		if err := json.Unmarshal(data, &rec.Case); err != nil {
			rec = jsonRecord(file, line, data)
		}
		return yield(rec)
	})
}

func eachLine(r io.Reader, yield func(line int, data []byte) bool) error {
	text, err := charset.NewReader(r)
	if err != nil {
		return err
	}
	br := bufio.NewReaderSize(text, 64<<10)
	for line := 1; ; line++ {
		data, err := readLine(br)
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if len(bytes.TrimSpace(data)) > 0 && !yield(line, data) || end {
			return nil
		}
	}
}

func jsonRecord(file string, line int, data []byte) record {
	doc, probs := strictyaml.ParseJSON(file, line, data)
	if doc == nil {
		return brokenRecord(spot{file, line, 1}, probs)
	}
	rec := nodeRecord(doc.Root())
	rec.probs = append(probs, rec.probs...)
	return rec
}

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
