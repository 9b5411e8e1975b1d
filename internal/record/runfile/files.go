package runfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files lists the run files in dir and its subfolders. The directory may be a symbolic link, and hold links to files
// and folders elsewhere; one to a file or a folder in it names nothing new. A directory that does not exist has none.
func Files(dir string) ([]string, error) {
	if err := CheckDir(dir); err != nil {
		return nil, err
	}
	var w walk
	if root, err := filepath.EvalSymlinks(dir); err == nil {
		w.roots = append(w.roots, root)
	}
	if err := w.add(dir); err != nil {
		return nil, fmt.Errorf("listing run files: %w", err)
	}
	return w.paths, nil
}

// A walk collects run files.
type walk struct {
	roots []string // the directory and what links have led to, themselves without links
	paths []string
	above []os.FileInfo // the folders from the first one to where it is, so that no link leads it round in circles
}

// add adds the run files in a folder. What vanishes meanwhile is passed over.
func (w *walk) add(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return unlessGone(err)
	}
	if slices.ContainsFunc(w.above, func(a os.FileInfo) bool { return os.SameFile(a, info) }) {
		return nil
	}
	w.above = append(w.above, info)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return unlessGone(err)
	}
	for _, e := range entries {
		path, mode := filepath.Join(dir, e.Name()), e.Type()
		if mode&fs.ModeSymlink != 0 {
			target, err := os.Stat(path)
			if err != nil || !w.isNew(path) {
				continue
			}
			mode = target.Mode().Type()
		}
		switch {
		case mode.IsDir():
			if err := w.add(path); err != nil {
				return err
			}
		case mode.IsRegular() && strings.HasSuffix(path, Ext):
			w.paths = append(w.paths, path)
		}
	}
	return nil
}

// isNew reports whether a link leads to what is not found without it.
func (w *walk) isNew(link string) bool {
	target, err := filepath.EvalSymlinks(link)
	if err != nil || slices.ContainsFunc(w.roots, func(root string) bool {
		return target == root || strings.HasPrefix(target, root+string(filepath.Separator))
	}) {
		return false
	}
	w.roots = append(w.roots, target)
	return true
}

func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// CheckDir returns what keeps dir from being a directory of run files: that it is something else. One that does not
// exist yet is fine.
func CheckDir(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("the runs directory %s is a file; name a directory with --runs", dir)
	}
	if _, lost := os.Readlink(dir); errors.Is(err, fs.ErrNotExist) && lost == nil {
		return fmt.Errorf("the runs directory %s is a link to a directory that does not exist; "+
			"make that directory, or name another with --runs", dir)
	}
	return nil
}
