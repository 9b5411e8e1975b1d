package textsafe_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"promptbench/internal/text/textsafe"
)

func TestWriter(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"what a report prints": {
			"\x1b[1m결과\x1b[0m\t\x1b[31m✗\x1b[0m a::b ## 제목 # x[0] 👨‍👩‍👧\n:smile: :\n", "",
		},
		"control characters":    {"a\x1b[2J\x1b]0;t\ab\x07\u009b1m\rc\x00\x7f", "a[2J]0;tb1mc"},
		"direction":             {"\u202egnp.exe\u2066\u200b", "gnp.exe"},
		"broken UTF-8":          {"a\xffb", "a\ufffdb"},
		"another colour":        {"\x1b[8mhidden\x1b[0m", "[8mhidden\x1b[0m"},
		"workflow command":      {"::error::x\n  ::set-output name=a::b\n", ":\\:error::x\n  :\\:set-output name=a::b\n"},
		"behind white space":    {"\u3000\t::error::x", "\u3000\t:\\:error::x"},
		"behind a colour":       {"\x1b[31m::error::x", "\x1b[31m:\\:error::x"},
		"behind what vanishes":  {"\ufeff:\u200b:error::x", ":\\:error::x"},
		"behind a return":       {"a\r::error::x", "a::error::x"},
		"three colons":          {":::x", ":\\::x"},
		"older command":         {"a ##[error]x ##vso[task] ##teamcity[x] ###[x] #[x] ## [x]", "a ##\\[error]x ##vso\\[task] ##teamcity\\[x] ###\\[x] #[x] ## [x]"},
		"older and what's none": {"##\u200b[error]x", "##\\[error]x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.want == "" {
				tt.want = tt.in
			}
			var whole, pieces bytes.Buffer
			n, err := (&textsafe.Writer{To: &whole}).Write([]byte(tt.in))
			require.NoError(t, err)
			require.Equal(t, len(tt.in), n)
			require.Equal(t, tt.want, whole.String())
			w := &textsafe.Writer{To: &pieces}
			for i := range len(tt.in) {
				_, err := w.Write([]byte(tt.in[i : i+1]))
				require.NoError(t, err)
			}
			require.Equal(t, tt.want, pieces.String(), "byte by byte")
		})
	}
	_, err := (&textsafe.Writer{To: failing{}}).Write([]byte("a"))
	require.ErrorIs(t, err, errFull)
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// Formats for programs keep their meaning.
func TestWriterEscapesFormats(t *testing.T) {
	t.Parallel()
	const text = "a\u009b1m\u202e\U000e0041 ##[error]\n::error::가"
	var asJSON, asXML bytes.Buffer
	encoder := json.NewEncoder(&textsafe.Writer{To: &asJSON, Escape: textsafe.EscapeJSON})
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(text))
	require.Equal(t, `"a\u009b1m\u202e\udb40\udc41 ##\u005berror]\n::error::가"`+"\n", asJSON.String())
	var back string
	require.NoError(t, json.Unmarshal(asJSON.Bytes(), &back))
	require.Equal(t, text, back)

	type doc struct {
		Text string `xml:",chardata"`
	}
	_, err := (&textsafe.Writer{To: &asXML, Escape: textsafe.EscapeXML}).Write([]byte("<doc>\u202ea\n::error ##[x\x1b</doc>"))
	require.NoError(t, err)
	require.Equal(t, "<doc>&#8238;a\n:&#58;error ##&#91;x</doc>", asXML.String())
	var d doc
	require.NoError(t, xml.Unmarshal(asXML.Bytes(), &d))
	require.Equal(t, "\u202ea\n::error ##[x", d.Text)
}

func FuzzWriter(f *testing.F) {
	for _, s := range []string{"::error::", " ##[x]", "\x1b[31m\x1b[8m", "\r\n::", "a\xff:\u200b:", "\x1b[3"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, cut int) {
		cut = min(len(s), max(0, cut))
		var b, whole bytes.Buffer
		w := &textsafe.Writer{To: &b}
		_, _ = w.Write([]byte(s[:cut]))
		_, _ = w.Write([]byte(s[cut:]))
		_, _ = (&textsafe.Writer{To: &whole}).Write([]byte(s))
		require.Equal(t, whole.String(), b.String())
		plain := regexp.MustCompile("\x1b\\[(0|1|31|32|33)m").ReplaceAllString(b.String(), "")
		for _, r := range plain {
			require.False(t, unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r), "%q", r)
		}
		for line := range strings.Lines(plain) {
			require.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q", line)
			require.NotRegexp(t, `##\pL*\[`, line)
		}
	})
}
