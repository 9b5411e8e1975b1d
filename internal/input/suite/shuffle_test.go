package suite_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
)

// A sample is the same each time, keeps the suite's order, and grows without changing.
func TestSample(t *testing.T) {
	t.Parallel()
	ids := make([]string, 100)
	for i := range ids {
		ids[i] = fmt.Sprintf("사례-%02d", i)
	}
	s := &suite.Suite{Name: "todos"}
	ten := s.Sample(ids, 10, 0)
	require.Len(t, ten, 10)
	require.IsIncreasing(t, ten)
	require.Equal(t, ten, s.Sample(ids, 10, 0))
	require.Subset(t, s.Sample(ids, 20, 0), ten)
	require.NotEqual(t, ten, s.Sample(ids, 10, 1))
	require.NotEqual(t, ten, (&suite.Suite{Name: "other"}).Sample(ids, 10, 0))
	require.Equal(t, ids, s.Sample(ids, 100, 0))
	require.Equal(t, ids, s.Sample(ids, 101, 0))

	drawn := suite.Selection{Tags: []string{"emoji"}}.Draw(ten)
	require.True(t, drawn.Selects(ten[0], nil), "the draw took its tags into account")
	require.False(t, drawn.Selects("사례-xx", []string{"emoji"}))
}
