package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

const testKey = "sk-test-0123456789abcdef"

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	target := Target{
		Name: "fast", ID: "m", APIKey: testKey, Headers: map[string]string{"X-Api-Token": "tok-" + testKey},
	}
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
	require.Contains(t, out.String(), Redacted)
	require.Empty(t, Secret("").String(), "no key is no secret")
}
