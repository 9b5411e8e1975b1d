package importer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxFile is up to which size a file is read, maxAll how much of all together.
const (
	maxFile = 32 << 20
	maxAll  = 128 << 20
)

// Disk is the files of a directory and below. What leads out of it, by .. or by
// a link, is refused.
type Disk struct {
	root *os.Root
	left int64
}

// OpenDisk opens the files of a directory.
func OpenDisk(dir string) (*Disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	return &Disk{root: root, left: maxAll}, nil
}

// Close closes the directory.
func (d *Disk) Close() error { return d.root.Close() }

// Read returns the content of a file.
func (d *Disk) Read(name string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, errors.New("it lies outside of the directory that is imported from")
	}
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, cause(err)
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, cause(err)
	case info.IsDir():
		return nil, errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	limit := min(maxFile, d.left)
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, cause(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it is larger than %d MiB, or with the others than %d", maxFile>>20, maxAll>>20)
	}
	d.left -= int64(len(data))
	return data, nil
}

// Glob lists the files that a pattern fits, see [Glob].
func (d *Disk) Glob(pattern string) ([]string, error) { return Glob(d.root.FS(), pattern) }

// Glob lists the files that a pattern fits, sorted. It may have ** for folders, {a,b}, ?
// and [a-z]; a folder stands for the files in it. What begins with a dot is hidden.
func Glob(files fs.FS, pattern string) ([]string, error) {
	pattern = path.Clean(pattern)
	if info, err := fs.Stat(files, pattern); err == nil && info.IsDir() {
		pattern = path.Join(pattern, "*")
	}
	if strings.Count(pattern, "{") > 4 || strings.Count(pattern, "**") > 4 {
		return nil, errors.New("the pattern has too many alternatives")
	}
	out, err := doublestar.Glob(
		files, pattern, doublestar.WithFilesOnly(), doublestar.WithNoFollow(), doublestar.WithNoHidden())
	if err != nil {
		return nil, fmt.Errorf("the pattern %s: %w", pattern, err)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// cause is an error without the path in front of it.
func cause(err error) error {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		if strings.Contains(inner.Err.Error(), "escapes") {
			return errors.New("it lies outside of the directory that is imported from")
		}
		return inner.Err
	}
	return err
}
