// Package media reads the images of cases: from a file or from a data URL, with its type by its content, its size and
// its hash. A run file holds the hash, never a copy.
package media

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/inputfile"
)

// The limits of the images of a case: those of the model API that takes the least.
const (
	MaxBytes = 5_000_000 // of one image
	MaxCount = 20        // of one case
)

// Types returns the types that every model API takes.
func Types() []string { return []string{"image/png", "image/jpeg", "image/gif", "image/webp"} }

// An Image is one image of a case.
type Image struct {
	Path   string `json:"path,omitempty"` // of its file; empty for a data URL
	Type   string `json:"type"`           // of [Types]
	SHA256 string `json:"sha256"`         // of its bytes, in hex

	data []byte // of a data URL
}

// Load reads an image: a data URL, or a file whose path is relative to dir. It keeps no copy of a file.
func Load(dir, text string) (Image, error) {
	image, data, err := read(dir, text)
	if err != nil {
		return Image{}, err
	}
	switch kind := http.DetectContentType(data); {
	case len(data) == 0:
		return Image{}, errors.New("the image is empty")
	case len(data) > MaxBytes:
		return Image{}, errTooLarge()
	case slices.Contains(Types(), kind):
		image.Type = kind
	case strings.Contains(string(data[:min(len(data), 1024)]), "<svg"):
		return Image{}, errors.New("it is an SVG, which no model takes: convert it to PNG")
	default:
		return Image{}, fmt.Errorf("it is no PNG, JPEG, GIF or WebP image, but %s", kind)
	}
	image.SHA256 = hash(data)
	return image, nil
}

func errTooLarge() error { return fmt.Errorf("the image is larger than %d MB", MaxBytes/1_000_000) }

func read(dir, text string) (image Image, data []byte, err error) {
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		head, encoded, _ := strings.Cut(rest, ",")
		if !strings.HasSuffix(head, ";base64") {
			return image, nil, errors.New("a data URL of an image is written data:image/png;base64,…")
		}
		if len(encoded) > base64.StdEncoding.EncodedLen(MaxBytes) {
			return image, nil, errTooLarge()
		}
		image.data, err = base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			err = errors.New("the data URL is no valid base64")
		}
		return image, image.data, err
	}
	if strings.Contains(text, "://") {
		return image, nil, errors.New(
			"an image is a file or a data URL: download it, so that a run does not depend on a server",
		)
	}
	image.Path = File(dir, text)
	data, err = inputfile.Read(image.Path, MaxBytes)
	return image, data, err
}

// File returns the path of the file that an image is written as, which need not be there; empty for a URL.
func File(dir, text string) string {
	path := filepath.FromSlash(text)
	switch {
	case strings.HasPrefix(text, "data:"), strings.Contains(text, "://"):
		return ""
	case filepath.IsAbs(path):
		return path
	}
	return filepath.Join(dir, path)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Data returns the bytes of an image that was loaded. A file that has changed since is an error.
func (i Image) Data() ([]byte, error) {
	if i.data != nil {
		return i.data, nil
	}
	data, err := inputfile.Read(i.Path, MaxBytes)
	if err != nil {
		return nil, err
	}
	if hash(data) != i.SHA256 {
		return nil, fmt.Errorf("%s has changed since it was checked", i.Path)
	}
	return data, nil
}

// String names the image for people: its file, its type and the beginning of its hash.
func (i Image) String() string {
	name := filepath.ToSlash(i.Path)
	if name == "" {
		name = "data URL"
	}
	return fmt.Sprintf("%s (%s, SHA-256 %.12s)", name, i.Type, i.SHA256)
}
