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

// Kind is the kind of a label's line. A file also has lines of [KindDraw]; those of other kinds are passed over.
const Kind = "label"

// ReadDir reads all label files of a directory. One that does not exist holds none.
func ReadDir(dir string) ([]Label, error) { return readAll(dir, Read) }

// readAll reads all label files of a directory, in the order of their names.
func readAll[T any](dir string, read func(path string) ([]T, error)) ([]T, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("listing labels: %w", err)
	}
	slices.Sort(paths)
	var out []T
	for _, path := range paths {
		lines, err := read(path)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// Read reads the labels of a file. One that does not exist holds none, and a last line that was cut off is passed over.
func Read(path string) ([]Label, error) {
	out, err := readLines(path, Kind, Label.check)
	for i := range out {
		out[i].Suite, out[i].Case = norm.NFC.String(out[i].Suite), norm.NFC.String(out[i].Case)
	}
	return out, err
}

// readLines reads the lines of one kind of a label file.
func readLines[T any](path, kind string, check func(T) error) ([]T, error) {
	f, err := inputfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	var out []T
	_, err = runfile.ScanLines(f, func(line runfile.Line) error {
		if line.Kind != kind {
			return nil
		}
		var v T
		err := line.Decode(&v)
		if err != nil {
			err = fmt.Errorf("the line is no %s: %w", kind, errors.Unwrap(err))
		} else {
			err = check(v)
		}
		if err != nil {
			return problem.Problem{File: path, Line: line.Number, Message: err.Error()}
		}
		out = append(out, v)
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

// A File is a label file that is being written, by one process at a time.
type File struct {
	f       *os.File
	path    string
	release func() error
}

// Append opens a label file for appending, and makes it and its directory where they are missing. It repairs the file
// first; see [runfile.Repair]. It is a problem where another process has it open.
func Append(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the directory of labels: %w", err)
	}
	if _, err := runfile.Repair(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening labels: %w", err)
	}
	release, isLocked, err := runfile.Lock(path)
	if err != nil {
		return nil, fmt.Errorf("opening labels: %w", err)
	}
	if !isLocked {
		return nil, problem.List{{
			File: path, Message: "another promptbench writes these labels",
			Hint: "end that one, or label under another name",
		}}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening labels: %w", err), release())
	}
	return &File{f: f, path: path, release: release}, nil
}

// AppendOwn is [Append] for a file that may hold the labels of one person alone. It is a problem where it has those of
// somebody else.
func AppendOwn(path, labeller string) (*File, error) {
	names, err := labellersIn(path)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name != labeller {
			return nil, problem.List{{
				File: path, Message: fmt.Sprintf("it has the labels of %q, and %q would write there, too", name, labeller),
				Hint: "choose another name",
			}}
		}
	}
	return Append(path)
}

// labellersIn lists whose lines a label file has.
func labellersIn(path string) ([]string, error) {
	labels, err := Read(path)
	if err != nil {
		return nil, err
	}
	draws, err := DrawsIn(path)
	if err != nil {
		return nil, err
	}
	cases, err := CasesIn(path)
	var out []string
	for _, l := range cases {
		out = append(out, l.Labeller)
	}
	for _, l := range labels {
		out = append(out, l.Labeller)
	}
	for _, d := range draws {
		out = append(out, d.Labeller)
	}
	return out, err
}

// Add writes one label, whole and at once.
func (f *File) Add(l Label) error { return f.add(l) }

// Keep writes a random draw, before the first of its labels, unless the file has it. There may be none.
func (f *File) Keep(d *Draw) error {
	if d == nil {
		return nil
	}
	draws, err := DrawsIn(f.path)
	if err != nil || slices.ContainsFunc(draws, func(known Draw) bool { return known.Covers(*d) }) {
		return err
	}
	return f.add(*d)
}

func (f *File) add(record any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(record)
	if err == nil {
		_, err = f.f.Write(b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("writing a label: %w", err)
	}
	return nil
}

// Close makes the labels durable, and lets other processes write.
func (f *File) Close() error { return errors.Join(f.f.Sync(), f.f.Close(), f.release()) }
