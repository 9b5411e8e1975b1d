package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A large suite and a small one give the same suggestions, however their cases
// are written, and one that is being edited gives what can be read.
func TestSketch(t *testing.T) {
	t.Parallel()
	const head = "suite: s\nreply: {types: [answer]}\ngraders:\n  - rubric: {criteria: [{id: not-a-case, check: " +
		"'true'}]}\ncases:"
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	flow := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "\n  - {id: 치과-%d, input: 내일 %d시에 치과 가기, tags: [health, t%d]}", i, i, i%3)
		}
		return b.String()
	}
	block := strings.NewReplacer("- {id:", "- id:", ", input:", "\n    input:", ", tags:", "\n    tags:", "]}", "]")
	for _, n := range []int{3, 30_000} {
		for _, cases := range []string{flow(n), block.Replace(flow(n))} {
			ids, tags := Sketch(write("s.yaml", head+cases+"\n"))
			require.Len(t, ids, n)
			require.Equal(t, "치과-2", ids[2])
			require.Equal(t, []string{"health", "t0", "t1", "t2"}, tags)
		}
	}
	path := write("s.yaml", head+" {file: c.jsonl}\n")
	lines := `{"id":"a","input":"b","tags":["x"]}` + "\n" + `{"id":"c","inp` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "c.jsonl"), []byte(lines), 0o644))
	ids, tags := Sketch(path)
	require.Equal(t, []string{"a"}, ids)
	require.Equal(t, []string{"x"}, tags)

	ids, _ = Sketch(write("s.yaml", head+flow(2)+"\n  - {id: 치과-0, input: again}\nunknown: 1\n"))
	require.Contains(t, ids, "치과-1")
	ids, _ = Sketch(filepath.Join(t.TempDir(), "none.yaml"))
	require.Empty(t, ids)
}
