//go:build linux

package peak_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/peak"
)

func TestMemoryOfAnother(t *testing.T) {
	t.Parallel()
	large := make([]byte, 200<<20)
	for i := 0; i < len(large); i += 4096 {
		large[i] = 1
	}
	cmd := exec.Command("true")
	require.NoError(t, cmd.Run())
	assert.Zero(t, peak.Memory(cmd.ProcessState), "the parent's %d bytes are not the child's", len(large))
}
