package progress

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/report"
)

// What a terminal is told, with a file in its place, whose size is unknown.
func TestScreenDrawsSavesInPlace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "screen")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // of a test
	drawn := func() string {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, f.Truncate(0))
		_, err = f.Seek(0, io.SeekStart)
		require.NoError(t, err)
		return string(data)
	}
	s := &screenBlocks{console: &Console{NoColor: true}, f: f}
	b := Block{Title: "prompts/v3", Plan: []string{"2 calls to make"}, Progress: []string{"0 of 2 trials"}}
	require.NoError(t, s.Show(b))
	first := drawn()
	require.Contains(t, first, "\n\n\n\x1b[?7l\x1b[1;1H\x1b[Kprompts/v3\x1b[2;1H\x1b[K2 calls to make\x1b[3;1H\x1b[K0 of 2 trials", "what stood there scrolls up")

	b.Progress = []string{"1 of 2 trials", "50% pass"}
	b.Result = func(w io.Writer, o report.Options) error {
		require.Equal(t, 80, o.Width)
		_, err := fmt.Fprintln(w, "내일 치과 👨‍👩‍👧")
		return err
	}
	require.NoError(t, s.Show(b))
	require.Equal(t, "\x1b[?7l\x1b[3;1H\x1b[K1 of 2 trials · 50% pass\x1b[4;1H\x1b[K\x1b[5;1H\x1b[K내일 치과 👨‍👩‍👧\x1b[6;1H\x1b[?7h", drawn(), "what stays is not drawn again")

	s.Say("saved again")
	require.Contains(t, drawn(), "\x1b[4;1H\x1b[Ksaved again")
	b.Progress, b.Next = nil, "waiting for a save"
	require.NoError(t, s.Show(b))
	done := drawn()
	require.Contains(t, done, "\x1b[3;1H\x1b[Kwaiting for a save\x1b[4;1H\x1b[K\x1b[5;1H")
	require.NotContains(t, done, "again", "it was about the run")
}
