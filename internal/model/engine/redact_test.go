package engine

import (
	"bytes"
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
