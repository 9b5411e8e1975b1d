package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestClean(t *testing.T) {
	t.Parallel()
	s := newSecrets(
		model.Target{
			APIKey: testKey, Headers: map[string]string{"Authorization": "Bearer geheim-123456", "Accept": "application/json"},
		},
	)
	require.Equal(t, "a b", s.clean("\x1b a\r\n\t\u202eb\x00 ", 10))
	require.Equal(t, "키 [redacted] 와 [redacted]", s.clean("키 "+testKey+" 와 geheim-123456", 100))
	require.Equal(t, "application/json", s.clean("application/json", 100))
	require.Equal(t, "가나👨‍👩‍👧…", s.clean("가나👨‍👩‍👧라마", 3), "no character is split")
	require.Equal(t, "0123[redacted]…", s.clean("0123"+testKey+"rest", 14), "redacted before it is cut")
	require.Equal(t, "sk-[redacted]", s.clean("sk-\x00"+testKey, 100))
	require.Equal(t, "\ufffd 끝", model.Clean("\xff 끝", 10))
	zalgo := "a" + string(bytes.Repeat([]byte("\u0301"), 1000))
	require.Less(t, len(model.Clean(zalgo, 10)), 100, "one character can't be endless")
}

// A server knows what it was sent, and may write it in any way.
func TestSecretsInEveryForm(t *testing.T) {
	t.Parallel()
	const inPath = "4f9a8b7c6d5e4f3a2b1c0d9e"
	target := model.Target{
		APIKey: "Sk+prod/Ab12&Cd34=Ef56", BaseURL: "https://gateway.example/" + inPath + "/v1",
		Secrets: []string{"team-7 f00d:b4r!\"quoted\"<tag>", "짧은-비밀-값이다"}, Hidden: []string{"inside.example.net"},
		Headers: map[string]string{"X-Auth": "Basic dXNlcjpwYXNzd29yZA=="},
	}
	s := newSecrets(target)
	everyByte := func(format string) func(string) string {
		return func(secret string) string {
			var b strings.Builder
			for _, c := range []byte(secret) {
				fmt.Fprintf(&b, format, c)
			}
			return b.String()
		}
	}
	forms := map[string]func(string) string{
		"as it is":           func(secret string) string { return secret },
		"upper case":         strings.ToUpper,
		"URL":                url.QueryEscape,
		"path":               url.PathEscape,
		"every byte of URL":  everyByte("%%%02x"),
		"URL twice":          func(secret string) string { return url.QueryEscape(url.QueryEscape(secret)) },
		"JSON":               func(secret string) string { return fmt.Sprintf("%q", strings.ReplaceAll(secret, "/", `\/`)) },
		"HTML":               html.EscapeString,
		"HTML by number":     everyByte("&#%d;"),
		"base64":             func(secret string) string { return base64.StdEncoding.EncodeToString([]byte(secret)) },
		"base64 with a user": func(secret string) string { return base64.StdEncoding.EncodeToString([]byte("me:" + secret)) },
		"base64 with a name": func(secret string) string { return base64.URLEncoding.EncodeToString([]byte("you:" + secret)) },
		"hexadecimal":        func(secret string) string { return hex.EncodeToString([]byte(secret)) },
		"a broken word":      func(secret string) string { return secret[:4] + "\u200b" + secret[4:] },
		"its start":          func(secret string) string { return secret[:16] + "…" },
		"its end":            func(secret string) string { return "****" + secret[len(secret)-16:] },
	}
	values := append([]string{
		string(target.APIKey), inPath, "inside.example.net", "dXNlcjpwYXNzd29yZA==",
	}, target.Secrets...)
	keysOnly := []string{"JSON", "HTML by number", "every byte of URL", "upper case"}
	for name, form := range forms {
		for _, value := range values {
			if value == target.Secrets[1] && slices.Contains(keysOnly, name) {
				continue // is no key: of a header's value outside ASCII, the usual forms are enough
			}
			text := "the server got <" + form(value) + "> from you"
			for where, clean := range map[string]func(string) string{
				"message": func(text string) string { return s.clean(text, 1000) }, "reply": s.replies.redact,
			} {
				got := clean(text)
				require.Contains(t, got, model.Redacted, "%s of %s in a %s", name, value, where)
				require.LessOrEqual(t, len(got), len("the server got <> from you")+len("****\\\"[redacted]…====")+8,
					"%s of %s in a %s: %s", name, value, where, got)
			}
		}
	}
	require.Equal(t, "key sk+prod … is wrong", s.clean("key sk+prod … is wrong", 100), "few characters tell who, not what")
	require.Equal(t, "다음 주 회의 3시 %2F &amp; \\u0041", s.replies.redact("다음 주 회의 3시 %2F &amp; \\u0041"))
	long := strings.Repeat("가", 30_000) + url.QueryEscape(string(target.APIKey)) + strings.Repeat("b", 100_000)
	require.Equal(t, strings.Repeat("가", 30_000)+model.Redacted+strings.Repeat("b", 100_000), s.replies.redact(long))
	for from := range 40 { // wherever a long text is cut for the search
		long := strings.Repeat("a", piece-from) + inPath + "b"
		require.Equal(t, strings.Repeat("a", piece-from)+model.Redacted+"b", s.replies.redact(long))
	}
}

// A stand-in for a key is a word like others.
func TestWordsAreNoSecrets(t *testing.T) {
	t.Parallel()
	s := newSecrets(model.Target{APIKey: "ollama", BaseURL: "https://gpt-4o-mini-2024-07-18.example/serving-endpoints/v1beta"})
	require.Equal(t, "[redacted] says no", s.clean("ollama says no", 100))
	require.Equal(t, "ollama pull gpt", s.replies.redact("ollama pull gpt"))
	require.Equal(t, "/serving-endpoints/v1beta", s.clean("/serving-endpoints/v1beta", 100))
	none := newSecrets(model.Target{APIKey: "none"})
	require.Equal(t, "none", none.clean("none", 100))
}

func BenchmarkRedactReply(b *testing.B) {
	s := newSecrets(model.Target{APIKey: testKey, Secrets: []string{"another-secret-of-32-characters-"}})
	text := strings.Repeat("내일 오전 10시에 치과 가기 and more words. ", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_ = s.replies.redact(text)
	}
}

func FuzzRedact(f *testing.F) {
	s := newSecrets(model.Target{APIKey: testKey})
	for _, seed := range []string{"", "%", "%2", `\u00`, "&#", "&#x110000;", "\xff\xfe%41", testKey, "가\u200b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := s.replies.redact(text + testKey + text)
		require.Contains(t, once, model.Redacted)
		require.NotContains(t, once, testKey)
		require.Equal(t, once, s.replies.redact(once))
	})
}
