package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/text/textsafe"
)

// What stays on a terminal of 80 columns and 24 lines, below which the shell asks for the next
// command, is the whole table of types, the verdict and a next step, which can be run as it is.
// Two comparisons of the same runs print the same bytes.
func TestTheLastScreen(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	project := projectCopy(t, root)
	for id, flags := range map[string][]string{"qwen2.5-coder-1.5b": nil, "gemma-3-270m": {"--model", "gemma"}} {
		for _, pair := range [][2]string{{"v1", "v2"}, {"v2", "v3"}, {"v3", "v4"}, {"v1", "v3"}, {"v2", "v4"}, {"v1", "v4"}} {
			base, head := pair[0], pair[1]
			args := append([]string{"compare", "prompts/" + base, "prompts/" + head, "--offline"}, flags...)
			all := printed(t, project, args...)
			require.Equal(t, all, printed(t, project, args...))
			var lines []string
			for line := range strings.Lines(strings.TrimRight(all, "\n")) {
				if line = strings.TrimRight(line, "\n"); textsafe.Width(line) > 80 {
					lines = append(lines, textsafe.Wrap(line, 80, "", "  ")...)
				} else {
					lines = append(lines, line)
				}
			}
			screen := strings.Join(lines[len(lines)-23:], "\n")
			for _, want := range []string{
				"expected  right, " + base + " → " + head, "\nall ", "\n" + head + " against " + base + ": ",
				"\nmodel " + id + " · tokens ", " · latency ", "\nNext: ",
			} {
				require.Contains(t, screen, want, "%v", args)
			}
			command := strings.Fields(all[strings.LastIndex(all, "\n  "):])
			require.Equal(t, "promptbench", command[0], "%v", args)
			require.NotEmpty(t, printed(t, project, command[1:]...))
		}
	}
}
