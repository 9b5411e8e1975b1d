// Package inputfile opens the files that people name: regular files only, up to a
// size. A pipe would wait for a writer, and a device may have no end.
package inputfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Spelled returns the path of a file as the file system spells it, where its name is
// there in another Unicode form; else the path as it is.
func Spelled(path string) string {
	if isASCII := !strings.ContainsFunc(path, func(r rune) bool { return r >= utf8.RuneSelf }); isASCII {
		return path
	}
	if _, err := os.Lstat(path); err == nil {
		return path
	}
	dir := filepath.Dir(path)
	if dir != path {
		dir = Spelled(dir)
	}
	entries, _ := os.ReadDir(dir) // none: the path stays
	for _, e := range entries {
		if norm.NFC.String(e.Name()) == norm.NFC.String(filepath.Base(path)) {
			return filepath.Join(dir, e.Name())
		}
	}
	return path
}

// Open opens a file for reading, however its name is spelled; see [Spelled]. What is no
// regular file is an error.
func Open(path string) (*os.File, error) {
	path = Spelled(path)
	if info, err := os.Stat(path); err == nil {
		if err := check(info); err != nil {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
	return os.Open(path)
}

// Read returns the content of a file that has at most so many bytes.
func Read(path string, most int) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	data, err := ReadAll(f, most)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return data, nil
}

// ReadAll returns what r holds, or an error if that is more than so many bytes.
func ReadAll(r io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("the file is larger than %d MiB", most>>20)
	}
	return data, err
}

// BeginsWith reports whether a file begins with a text. A shorter one does not.
func BeginsWith(path, text string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	start := make([]byte, len(text))
	n, err := io.ReadFull(f, start)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return string(start[:n]) == text, err
}

func check(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("it is a directory; name a file in it")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("it is a pipe, not a file; write what comes from it to a file first")
	case mode&fs.ModeDevice != 0:
		return errors.New("it is a device, not a file")
	}
	return errors.New("it is not a regular file")
}
