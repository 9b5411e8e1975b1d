//go:build !simulation

package compare

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Without the tag simulation the tests leave the simulations out; .ci/run holds
// the verdict to them.
func TestSimulationsAreAStepOfTheirOwn(t *testing.T) {
	t.Parallel()
	const command = "go test -tags simulation -run Simulated ./internal/verdict/stats ./internal/verdict/compare"
	script, err := os.ReadFile("../../../.ci/run")
	require.NoError(t, err)
	require.Contains(t, string(script), "\n"+command+"\n")
	t.Log("left out: " + command)
}
