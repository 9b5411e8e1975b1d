package watch

import (
	"crypto/sha256"
	"slices"
)

// Contents are files by path, each as the hash of what it holds. A file that is not there has none.
type Contents map[string][sha256.Size]byte

// ContentsOf reads the files at the paths; those that can't be read are as good as not there.
func ContentsOf(paths []string, read func(path string) ([]byte, error)) Contents {
	c := Contents{}
	for _, path := range paths {
		if data, err := read(path); err == nil {
			c[path] = sha256.Sum256(data)
		}
	}
	return c
}

// Since lists the files that hold something else than before, or came or went, sorted. A save that changed nothing is
// none.
func (c Contents) Since(before Contents) []string {
	var out []string
	for path, hash := range c {
		if old, ok := before[path]; !ok || old != hash {
			out = append(out, path)
		}
	}
	for path := range before {
		if _, ok := c[path]; !ok {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
