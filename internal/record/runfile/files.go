package runfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files lists the run files in dir and its subfolders, sorted by path. A directory that does not exist has none.
func Files(dir string) ([]string, error) {
	if err := CheckDir(dir); err != nil {
		return nil, err
	}
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.Type().IsRegular() && strings.HasSuffix(path, Ext):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing run files: %w", err)
	}
	return paths, nil
}

// CheckDir returns what keeps dir from being a directory of run files: that it is something else. One that does not
// exist yet is fine.
func CheckDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("the runs directory %s is a file; name a directory with --runs", dir)
	}
	return nil
}
