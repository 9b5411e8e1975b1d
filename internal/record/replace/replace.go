// Package replace writes files so that each is there whole or as it was before, whatever
// interrupts the writing.
package replace

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File replaces the file at path, or makes it, with what write writes. A link stays a link,
// a file keeps its permissions, and one that may not be written stays as it is. What is no
// regular file, such as a pipe, is written to in place, and so is a file in a directory
// that no other file can be made in.
func File(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var info fs.FileInfo
	if err == nil {
		defer old.Close() //nolint:errcheck // what is written to it is checked below
		if info, err = old.Stat(); err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return errors.Join(write(old), old.Close())
		}
	}
	name := filepath.Join(filepath.Dir(path), ".promptbench-"+rand.Text())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		if info != nil && errors.Is(err, fs.ErrPermission) {
			return inPlace(old, write)
		}
		return err
	}
	if err = write(f); err == nil && info != nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// inPlace has all of the content before it touches the file.
func inPlace(old *os.File, write func(io.Writer) error) error {
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return err
	}
	if err := old.Truncate(0); err != nil {
		return err
	}
	_, err := content.WriteTo(old)
	return errors.Join(err, old.Sync())
}

// Stage makes a directory within dir for files that are moved into dir once all of them are
// written, and removes those that an interrupted call left behind. The caller removes it.
func Stage(dir, purpose string) (string, error) {
	pattern := ".promptbench-" + purpose + "-*"
	left, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil { // for a name with brackets
		left = nil
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return "", fmt.Errorf("removing %s, which an interrupted command left: %w", path, err)
		}
	}
	return os.MkdirTemp(dir, pattern)
}
