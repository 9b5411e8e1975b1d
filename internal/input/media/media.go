// Package media reads the images and documents of cases: from a file or from a data URL, with its type by its content,
// its size and its hash. A run file holds the hash, never a copy.
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

// The limits of the attachments of a case: those of the model API that takes the least.
const (
	MaxBytes = 5_000_000 // of one attachment
	MaxCount = 20        // of one case
)

// ImageTypes returns the types of images that every model API takes.
func ImageTypes() []string { return []string{"image/png", "image/jpeg", "image/gif", "image/webp"} }

// PDF is the type of documents that every model API takes.
const PDF = "application/pdf"

// An Attachment is one image or document of a case.
type Attachment struct {
	Path   string `json:"path,omitempty"` // of its file; empty for a data URL
	Type   string `json:"type"`           // of [ImageTypes], or [PDF]
	SHA256 string `json:"sha256"`         // of its bytes, in hex

	data []byte // of a data URL
}

// LoadImage reads an image: a data URL, or a file whose path is relative to dir. It keeps no copy of a file.
func LoadImage(dir, text string) (Attachment, error) {
	a, data, err := load(dir, text)
	switch {
	case err != nil:
		return Attachment{}, err
	case a.IsImage():
		return a, nil
	case a.Type == PDF:
		return Attachment{}, errors.New("it is a PDF: write it under files")
	case strings.Contains(string(data[:min(len(data), 1024)]), "<svg"):
		return Attachment{}, errors.New("it is an SVG, which no model takes: convert it to PNG")
	}
	return Attachment{}, fmt.Errorf("it is no PNG, JPEG, GIF or WebP image, but %s", a.Type)
}

// LoadFile reads a PDF or an image, from where [LoadImage] reads.
func LoadFile(dir, text string) (Attachment, error) {
	a, _, err := load(dir, text)
	switch {
	case err != nil:
		return Attachment{}, err
	case a.Type == PDF, a.IsImage():
		return a, nil
	case strings.HasPrefix(a.Type, "text/"):
		return Attachment{}, errors.New("it is text: put it into the input, or into a var that the prompt shows")
	}
	return Attachment{}, fmt.Errorf("it is no PDF and no PNG, JPEG, GIF or WebP image, but %s", a.Type)
}

func load(dir, text string) (Attachment, []byte, error) {
	a, data, err := read(dir, text)
	switch {
	case err != nil:
		return Attachment{}, nil, err
	case len(data) == 0:
		return Attachment{}, nil, errors.New("it is empty")
	case len(data) > MaxBytes:
		return Attachment{}, nil, errTooLarge()
	}
	a.Type, a.SHA256 = http.DetectContentType(data), hash(data)
	return a, data, nil
}

func errTooLarge() error { return fmt.Errorf("it is larger than %d MB", MaxBytes/1_000_000) }

func read(dir, text string) (a Attachment, data []byte, err error) {
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		head, encoded, _ := strings.Cut(rest, ",")
		if !strings.HasSuffix(head, ";base64") {
			return a, nil, errors.New("a data URL is written data:image/png;base64,…")
		}
		if len(encoded) > base64.StdEncoding.EncodedLen(MaxBytes) {
			return a, nil, errTooLarge()
		}
		a.data, err = base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			err = errors.New("the data URL is no valid base64")
		}
		return a, a.data, err
	}
	if strings.Contains(text, "://") {
		return a, nil, errors.New("write a file or a data URL: download it, so that a run does not depend on a server")
	}
	a.Path = File(dir, text)
	data, err = inputfile.Read(a.Path, MaxBytes)
	return a, data, err
}

// File returns the path of the file that an attachment is written as, which need not be there; empty for a URL.
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

// Data returns the bytes of an attachment that was loaded. A file that has changed since is an error.
func (a Attachment) Data() ([]byte, error) {
	if a.data != nil {
		return a.data, nil
	}
	data, err := inputfile.Read(a.Path, MaxBytes)
	if err != nil {
		return nil, err
	}
	if hash(data) != a.SHA256 {
		return nil, fmt.Errorf("%s has changed since it was checked", a.Path)
	}
	return data, nil
}

// IsImage reports whether the attachment is an image, which a browser may show.
func (a Attachment) IsImage() bool { return slices.Contains(ImageTypes(), a.Type) }

// String names the attachment for people: its file, its type and the beginning of its hash.
func (a Attachment) String() string {
	name := filepath.ToSlash(a.Path)
	if name == "" {
		name = "data URL"
	}
	return fmt.Sprintf("%s (%s, SHA-256 %.12s)", name, a.Type, a.SHA256)
}
