package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/verdict/compare"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden holds output against testdata/NAME.golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test ./internal/output/report -update")
	require.Equal(t, string(want), string(got), "%s differs; -update rewrites it", path)
}

// compared is a comparison of v3 and v4 over so many copies of the examples.
func compared(t *testing.T, copies int, o compare.Options) *compare.Comparison {
	t.Helper()
	o.BasePrice = &params.Price{Input: 0.4, Output: 1.6}
	c, err := compare.Compare(reporttest.Run("v3", copies), reporttest.Run("v4", copies), o)
	require.NoError(t, err)
	return c
}
