package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/verdict/blame"
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

// blamed is a change whose second hunk does harm.
func blamed(t *testing.T) blame.Result {
	t.Helper()
	change, run, err := reporttest.Blamed()
	require.NoError(t, err)
	return change.Of(run, blame.Options{Gating: []string{"case_type"}, Margin: compare.DefaultMargin})
}

// variants are v3 and v4 on three models each. The second model answers as the
// revision before does; the name of the third would break a terminal.
func variants(t *testing.T) compare.Variants {
	t.Helper()
	names := []string{"gemma-3-270m", "gpt-4.1-mini-2025-04-14", "모델\x1b[31m\n이름"}
	var all []*runfile.Run
	for _, prompt := range []string{"v3", "v4"} {
		for _, name := range names {
			said := prompt
			if name == names[1] {
				said = "v3"
			}
			run := reporttest.Run(said, 12)
			run.Header.Prompt.Name, run.Header.Model.Name, run.Header.Model.ID = prompt, name, name
			run.Header.Prompt.Hash, run.Header.Run = prompt, prompt+" on "+name
			all = append(all, run)
		}
	}
	var list []*compare.Comparison
	for _, head := range all[1:] {
		c, err := compare.Compare(all[0], head, compare.Options{
			Samples: 1000, Variants: true, HeadPrice: &params.Price{Input: 0.4, Output: 1.6},
		})
		require.NoError(t, err)
		list = append(list, c)
	}
	return compare.NewVariants(all[0], all[1:], list)
}
