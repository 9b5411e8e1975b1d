package charset_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"promptbench/internal/text/charset"
)

const text = "id,input\n가,치과 가기 👍\n"

func in(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"UTF-8":               []byte(text),
		"UTF-8 with a mark":   []byte("\xEF\xBB\xBF" + text),
		"UTF-16LE":            in(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text),
		"UTF-16BE":            in(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text),
		"UTF-16LE, no mark":   in(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text),
		"UTF-16BE, no mark":   in(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text),
		"the shortest UTF-16": {0xFF, 0xFE},
	} {
		got, err := charset.Decode(data)
		require.NoError(t, err, name)
		if name == "the shortest UTF-16" {
			require.Empty(t, got, name)
			continue
		}
		require.Equal(t, text, string(got), name)
	}
}

func TestDecodeSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	korean949 := in(t, korean.EUCKR, "id,input\n가,치과 가기\n")
	for name, c := range map[string]struct {
		data []byte
		is   string
	}{
		"CP949":       {korean949, "not UTF-8 but probably CP949 (EUC-KR)"},
		"long CP949":  {bytes.Repeat(append(korean949, 'x'), 8000), "not UTF-8 but probably CP949 (EUC-KR)"},
		"Latin-1":     {[]byte("id,input\na,caf\xe9 x\n"), "not UTF-8 (byte 0xE9 in line 2)"},
		"late":        {[]byte(strings.Repeat("a,b\n", 20_000) + "caf\xe9 x\n"), "not UTF-8 (byte 0xE9 in line 20001)"},
		"Git LFS":     {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "a pointer of Git LFS"},
		"spreadsheet": {[]byte("PK\x03\x04\x14\x00"), "a spreadsheet or an archive"},
		"odd UTF-16":  {[]byte("\xFF\xFEa\x00b"), "UTF-16 that is cut in the middle of a character"},
		"UTF-32":      {[]byte("\xFF\xFE\x00\x00a\x00\x00\x00"), "no text: it has zero bytes"},
		"binary":      {[]byte("\x00\x00\x00abc\xff"), "no text: it has zero bytes"},
	} {
		_, err := charset.Decode(c.data)
		var e *charset.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, c.is, e.Is, name)
	}
}

func FuzzNewReader(f *testing.F) {
	f.Add([]byte(text))
	f.Add([]byte("\xFF\xFEa\x00"))
	f.Add([]byte("\xb0\xa1,\xb3\xaa"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := charset.NewReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.LessOrEqual(t, len(got), 3*len(data)+3)
		if text, err := charset.Decode(data); err == nil {
			require.True(t, utf8.Valid(text))
		}
	})
}
