package queue

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOldServersAreRefused(t *testing.T) {
	t.Parallel()
	for version, fine := range map[string]bool{
		"2.9.10": false, "1.4.1": false, "2.10.0": true, "2.15.2": true, "3.0.1": true, "2.11.0-beta.1": true, "dev": true,
		"": true,
	} {
		if err := checkVersion(version); fine {
			require.NoError(t, err, version)
		} else {
			require.EqualError(t, err, "its version is "+version+", and 2.10 or later is needed")
		}
	}
}
