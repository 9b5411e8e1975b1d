package progress_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/progress"
)

func TestDescribeEndsAfterTheFirstProblems(t *testing.T) {
	t.Parallel()
	list := make(problem.List, 100_000)
	for i := range list {
		list[i] = problem.Problem{File: "none.yaml", Line: i + 1, Message: "wrong"}
	}
	c := &progress.Console{Err: &bytes.Buffer{}}
	lines := c.Describe(list)
	require.Len(t, lines, 101)
	require.Equal(t, "none.yaml:100: wrong", lines[99])
	require.Equal(t, "promptbench: 99900 more problems, see promptbench validate --format json", lines[100])
	require.Len(t, c.Describe(list[:100]), 100)
}
