package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	target := Target{Name: "fast", ID: "m", APIKey: testKey, Headers: map[string]string{"X-Api-Token": "tok-" + testKey}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U"} {
		fmt.Fprintf(&out, verb+"\n", Secret(testKey))
		fmt.Fprintf(&out, verb+"\n", []Secret{testKey})
		fmt.Fprintf(&out, verb+"\n", map[string]Secret{"k": testKey})
		fmt.Fprintf(&out, verb+"\n", struct{ Key Secret }{testKey})
		fmt.Fprintf(&out, verb+"\n", target)
		fmt.Fprintf(&out, verb+"\n", &target)
	}
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	logger.Info("key", "key", Secret(testKey), "target", target)
	for _, v := range []any{Secret(testKey), struct{ Key Secret }{testKey}, map[string]any{"k": Secret(testKey)}, target} {
		require.NoError(t, json.NewEncoder(&out).Encode(v))
	}
	require.NotContains(t, out.String(), testKey)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", testKey))
	require.Contains(t, out.String(), redacted)
	require.Empty(t, Secret("").String(), "no key is no secret")
}

func TestSanitise(t *testing.T) {
	t.Parallel()
	s := newSecrets(Target{APIKey: testKey, Headers: map[string]string{"Authorization": "Bearer geheim-123456", "Accept": "application/json"}})
	require.Equal(t, "a b", sanitise("\x1b a\r\n\t\u202eb\x00 ", s, 10))
	require.Equal(t, "키 [redacted] 와 [redacted]", sanitise("키 "+testKey+" 와 geheim-123456", s, 100))
	require.Equal(t, "application/json", sanitise("application/json", s, 100))
	require.Equal(t, "가나👨‍👩‍👧…", sanitise("가나👨‍👩‍👧라마", s, 3), "no character is split")
	require.Equal(t, "0123[redacted]…", sanitise("0123"+testKey+"rest", s, 14), "redacted before it is cut")
	require.Equal(t, "sk-[redacted]", sanitise("sk-\x00"+testKey, s, 100))
	require.Equal(t, "\ufffd 끝", sanitise("\xff 끝", nil, 10))
	zalgo := "a" + string(bytes.Repeat([]byte("\u0301"), 1000))
	require.Less(t, len(sanitise(zalgo, nil, 10)), 100, "one character can't be endless")
}
