package label

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
)

// Kind is the kind of a label's line; lines of other kinds are passed over.
const Kind = "label"

// ReadDir reads all label files of a directory. One that does not exist holds none.
func ReadDir(dir string) ([]Label, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("listing labels: %w", err)
	}
	slices.Sort(paths)
	var out []Label
	for _, path := range paths {
		labels, err := Read(path)
		if err != nil {
			return nil, err
		}
		out = append(out, labels...)
	}
	return out, nil
}

// Read reads a label file. One that does not exist holds none, and a last line that was cut off is passed over.
func Read(path string) ([]Label, error) {
	f, err := inputfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	var out []Label
	_, err = runfile.ScanLines(f, func(line runfile.Line) error {
		if line.Kind != Kind {
			return nil
		}
		var l Label
		err := line.Decode(&l)
		if err != nil {
			err = fmt.Errorf("the line is no label: %w", errors.Unwrap(err))
		} else {
			err = l.check()
		}
		if err != nil {
			return problem.Problem{File: path, Line: line.Number, Message: err.Error()}
		}
		l.Suite, l.Case = norm.NFC.String(l.Suite), norm.NFC.String(l.Case)
		out = append(out, l)
		return nil
	})
	if _, placed := errors.AsType[problem.Problem](err); placed {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("reading labels %s: %w", path, err)
	}
	return out, nil
}

func (l Label) check() error {
	switch {
	case l.Criterion == "" || l.Question == "" || l.Text == "" || l.Labeller == "":
		return errors.New("a label says its criterion, its question's and its text's hash, and who gave it")
	case !slices.Contains([]Answer{Yes, No, Unsure, Withdrawn}, l.Answer):
		return fmt.Errorf("%q is no label; a label is yes, no, unsure or withdrawn", l.Answer)
	}
	return nil
}

// A File is a label file that is being written.
type File struct{ f *os.File }

// Append opens a label file for appending, and makes it and its directory where they are missing. It repairs the file
// first; see [runfile.Repair].
func Append(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the directory of labels: %w", err)
	}
	if _, err := runfile.Repair(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening labels: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening labels: %w", err)
	}
	return &File{f: f}, nil
}

// Add writes one label, whole and at once.
func (f *File) Add(l Label) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(l)
	if err == nil {
		_, err = f.f.Write(b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("writing a label: %w", err)
	}
	return nil
}

// Close makes the labels durable.
func (f *File) Close() error { return errors.Join(f.f.Sync(), f.f.Close()) }
