package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// paged writes text through a pager and returns what arrives on the screen.
func paged(t *testing.T, program, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "screen")
	screen, err := os.Create(path)
	require.NoError(t, err)
	p := &pager{screen: screen, program: pagerProgram(func(string) string { return program })}
	for line := range strings.Lines(text) {
		n, err := p.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	p.close()
	require.NoError(t, screen.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// The tests are not parallel: while a pager runs, an interrupt is its business.
func TestPager(t *testing.T) { //nolint:paralleltest // see above
	const text = "가\n나\n다\n"
	require.Equal(t, text, paged(t, "cat", text), "no pager")
	require.Equal(t, text, paged(t, "   ", text))
	require.Equal(t, text, paged(t, "no-such-program-anywhere", text))
	require.Empty(t, paged(t, "tail -n 1", ""), "nothing is started for nothing")
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there are no tail and head here")
	}
	require.Equal(t, "다\n", paged(t, "tail -n 1", text))
	many := strings.Repeat("사례\n", 100_000)
	require.Equal(t, "사례\n", paged(t, "head -n 1", many), "who quits has seen enough")
}
