// Package charset reads text in the encodings that editors and spreadsheets save.
package charset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
	utf16 "golang.org/x/text/encoding/unicode"
)

// sniffed is how many bytes of a text decide about its encoding.
const sniffed = 64 << 10

// An Error says that a text is in no encoding that can be read.
type Error struct {
	Is   string // what it is, after "the file is"
	Hint string // what to do
}

func (e *Error) Error() string { return "it is " + e.Is + "; " + e.Hint }

// NewReader returns the text of r in UTF-8, without a byte order mark. UTF-16 is
// converted. An encoding that can only be guessed, such as CP949, and what is not
// text are each an [Error]. Other bytes that are not UTF-8 are passed on.
func NewReader(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, sniffed)
	start, err := br.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading text: %w", err)
	}
	switch end, is := isUTF16(start); {
	case is:
		decoder := utf16.UTF16(end, utf16.UseBOM).NewDecoder()
		return decoder.Reader(br), nil
	case bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")):
		_, _ = br.Discard(3) // they are there
	}
	if e := foreign(start); e != nil {
		return nil, e
	}
	return br, nil
}

// Decode is [NewReader] for a text that is at hand. What is not UTF-8 is an [Error].
func Decode(data []byte) ([]byte, error) {
	if _, is := isUTF16(data[:min(len(data), sniffed)]); is && len(data)%2 != 0 {
		return nil, &Error{"UTF-16 that is cut in the middle of a character", "save it as UTF-8"}
	}
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading text: %w", err)
	}
	if at := invalid(append(text, '\n')); at >= 0 { // the line end shows a character that is cut off
		line := bytes.Count(text[:at], []byte("\n")) + 1
		return nil, &Error{fmt.Sprintf("not UTF-8 (byte 0x%02X in line %d)", text[at], line), "save it as UTF-8"}
	}
	return text, nil
}

// isUTF16 reports whether a text is UTF-16, by its byte order mark or by the zero bytes
// beside ASCII characters, which no other text has.
func isUTF16(start []byte) (utf16.Endianness, bool) {
	pairs := min(len(start)/2, 512)
	few := max(pairs/8, 1) // a zero byte alone is an accident
	var zeros [2]int
	for i := range pairs * 2 {
		if start[i] == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(start, []byte("PK")): // UTF-32, an archive
		return utf16.LittleEndian, false
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE}), zeros[1] > few && zeros[1] > 2*zeros[0]:
		return utf16.LittleEndian, true
	case bytes.HasPrefix(start, []byte{0xFE, 0xFF}), zeros[0] > few && zeros[0] > 2*zeros[1]:
		return utf16.BigEndian, true
	}
	return utf16.LittleEndian, false
}

// foreign says what a text is that is not UTF-8; nil where that can't be told.
func foreign(start []byte) *Error {
	at := invalid(start)
	switch {
	case bytes.HasPrefix(start, []byte("version https://git-lfs.github.com/")):
		return &Error{"a pointer of Git LFS", "fetch it with git lfs pull"}
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return &Error{"a spreadsheet or an archive", "export it as CSV UTF-8"}
	case bytes.IndexByte(start, 0) >= 0:
		return &Error{"no text: it has zero bytes", "save it as UTF-8"}
	case at >= 0 && isCP949(start):
		return &Error{"not UTF-8 but probably CP949 (EUC-KR)", "save it as UTF-8, or convert it: iconv -f CP949 -t UTF-8"}
	}
	return nil
}

// invalid is the place of the first byte that is not UTF-8, or -1. A character that is
// cut off at the end is passed over, as what is sniffed may end in one.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(text[i:]) {
				return -1
			}
			return i
		}
		i += size
	}
	return -1
}

// isCP949 reports whether a text reads as CP949 and then has Hangul in it.
func isCP949(text []byte) bool {
	if n := len(text); n == sniffed { // the last character may be cut off
		text = text[:n-1]
	}
	decoded, err := korean.EUCKR.NewDecoder().Bytes(text)
	hangul, wrong := 0, 0
	for _, r := range string(decoded) {
		switch {
		case r == utf8.RuneError:
			wrong++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		}
	}
	return err == nil && hangul > 0 && wrong <= 1 && hangul > wrong
}
