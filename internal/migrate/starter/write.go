package starter

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promptbench/internal/record/replace"
)

// An ExistsError says which files stand in the way. Nothing was changed.
type ExistsError struct{ Paths []string }

// Error names every file.
func (e *ExistsError) Error() string {
	if len(e.Paths) == 1 {
		return fmt.Sprintf("nothing was written, since %s is there already", e.Paths[0])
	}
	return "nothing was written, since these are there already: " + strings.Join(e.Paths, ", ")
}

// Write puts the files into dir, which it makes where there is none. Where one of
// them is there already, it changes nothing and returns an [ExistsError]; but where
// an interrupted Write left some of these very files, it adds the others. All are
// written beside their places first and moved there at the end, so that a full disk
// or a kill before that leaves nothing half done; a move that fails takes the ones
// before it back.
func Write(dir string, files []File) (err error) {
	if err := free(dir, files); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil { //nolint:gosec // a project's directory, as mkdir makes it
		return fmt.Errorf("making the project's directory: %w", err)
	}
	stage, err := replace.Stage(dir, "init")
	if err != nil {
		return fmt.Errorf("writing the project: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	for _, f := range files {
		name := filepath.Join(stage, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil { //nolint:gosec // as mkdir makes it
			return fmt.Errorf("writing the project: %w", err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil { //nolint:gosec // files to share and to edit
			return fmt.Errorf("writing the project: %w", err)
		}
	}
	var moved []string
	if err := move(stage, dir, &moved); err != nil {
		for _, name := range moved {
			err = errors.Join(err, os.RemoveAll(name))
		}
		return fmt.Errorf("writing the project: %w", err)
	}
	return nil
}

// free looks for files in the way: at the place of a file, or of a directory on the way to
// one. Files with the same content alone are no reason, unless all are there.
func free(dir string, files []File) error {
	var taken []string
	same := 0
	seen := map[string]bool{}
	for _, f := range files {
		parts := strings.Split(f.Path, "/")
		for i := range parts {
			name := strings.Join(parts[:i+1], "/")
			info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
			if errors.Is(err, os.ErrNotExist) {
				break
			}
			if err != nil {
				return fmt.Errorf("looking at the directory: %w", err)
			}
			isParent := i+1 < len(parts)
			if isParent && isDir(filepath.Join(dir, filepath.FromSlash(name)), info) {
				continue
			}
			if data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); !isParent && err == nil &&
				info.Mode().IsRegular() && bytes.Equal(data, f.Data) {
				same++
			}
			if !seen[name] {
				seen[name] = true
				taken = append(taken, name)
			}
			break
		}
	}
	if len(taken) > same || same == len(files) {
		return &ExistsError{Paths: taken}
	}
	return nil
}

// isDir also holds for a link to a directory.
func isDir(name string, info os.FileInfo) bool {
	if info.Mode()&os.ModeSymlink != 0 {
		var err error
		if info, err = os.Stat(name); err != nil {
			return false
		}
	}
	return info.IsDir()
}

// move takes what is in from into to, whole directories where to has none of that
// name, and notes what it moved.
func move(from, to string, moved *[]string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if _, err := os.Lstat(target); err == nil {
			if e.IsDir() {
				if err := move(source, target, moved); err != nil {
					return err
				}
			} // else it is the same file
			continue
		}
		if err := os.Rename(source, target); err != nil {
			return err
		}
		*moved = append(*moved, target)
	}
	return nil
}
