package media_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/media"
)

// png is the beginning of an image, which is all that is looked at.
const png = "\x89PNG\r\n\x1a\n"

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	write("사진.txt", []byte(png))
	image, err := media.LoadImage(dir, "사진.txt")
	require.NoError(t, err)
	require.Equal(t, "image/png", image.Type, "by its content")
	inline, err := media.LoadImage(dir, "data:image/jpeg;base64,"+base64.StdEncoding.EncodeToString([]byte(png)))
	require.NoError(t, err)
	require.Equal(t, image.SHA256, inline.SHA256)
	require.Empty(t, inline.Path)
	for _, i := range []media.Attachment{image, inline} {
		data, err := i.Data()
		require.NoError(t, err)
		require.Equal(t, png, string(data))
	}

	write("사진.txt", []byte(png+"changed"))
	_, err = image.Data()
	require.ErrorContains(t, err, "has changed since it was checked")

	write("large.png", append([]byte(png), bytes.Repeat([]byte("x"), media.MaxBytes)...))
	write("empty.png", nil)
	write("svg.png", []byte(`<?xml version="1.0"?><svg onload="alert(1)"/>`))
	for text, want := range map[string]string{
		"large.png": "larger than", "empty.png": "it is empty", "svg.png": "convert it to PNG", ".": "it is a directory",
		"none.png": "no such file", "http://example.com/a.png": "download it", "data:image/png,abc": "is written data:",
		"data:image/png;base64,*": "no valid base64",
	} {
		_, err := media.LoadImage(dir, text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"%PDF-1.7\n": "application/pdf", png: "image/png"} {
		url := "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString([]byte(text))
		file, err := media.LoadFile("", url)
		require.NoError(t, err)
		require.Equal(t, want, file.Type, "by its content")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"a.pdf": "%PDF-1.7\n", "b.pdf": "a note", "c.pdf": "PK\x03\x04"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	_, err := media.LoadImage(dir, "a.pdf")
	require.ErrorContains(t, err, "it is a PDF: write it under files")
	_, err = media.LoadFile(dir, "b.pdf")
	require.ErrorContains(t, err, "it is text: put it into the input")
	_, err = media.LoadFile(dir, "c.pdf")
	require.ErrorContains(t, err, "it is no PDF and no PNG, JPEG, GIF or WebP image, but application/zip")
}
