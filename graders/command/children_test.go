//go:build unix

package command_test

import (
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func gone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	require.NoError(t, err)
	// What nobody waits for stays in the process table until init looks.
	require.Eventually(
		t, func() bool { return syscall.Kill(n, 0) != nil || zombie(pid) }, 10*time.Second, 10*time.Millisecond,
	)
}

// A child that the program leaves behind holds its streams, and goes with it.
func TestChildrenGoToo(t *testing.T) {
	t.Parallel()
	g := played(t, "child")
	first := score(t, g, sample("a"))
	require.True(t, first.Pass)
	crashed := score(t, g, sample("crash")).Unscored
	require.Contains(t, crashed, "it ended before it answered (exit status 3); its standard error ends: child ")
	gone(t, first.Reason)
	gone(t, regexp.MustCompile(`child (\d+)`).FindStringSubmatch(crashed)[1])

	second := score(t, g, sample("a"))
	require.True(t, second.Pass)
	require.NoError(t, g.Close())
	gone(t, second.Reason)
}
