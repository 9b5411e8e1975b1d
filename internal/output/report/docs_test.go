package report_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/output/report"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/verdict/compare"
)

// Every field of the JSON and every column of the CSV stands in docs/reports.md.
func TestDocumentNamesEveryField(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.FromSlash("../../../docs/reports.md"))
	require.NoError(t, err)
	page := string(data)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, field := range v {
				require.Contains(t, page, "`"+name+"`")
				walk(field)
			}
		case []any:
			for _, field := range v {
				walk(field)
			}
		}
	}
	c, err := compare.Compare(
		reporttest.Dirty(), reporttest.Run("v4", 1),
		compare.Options{Samples: 1000, Gates: []config.Gate{{Grader: "rubric", Of: config.Mean, Min: 0.5}}},
	)
	require.NoError(t, err)
	pair, run := report.Pair{
		Comparison: c, Base: reporttest.Dirty(), Head: reporttest.Run("v4", 1),
	}, runOf(reporttest.Stopped())
	for _, part := range []any{variants(t), variants(t).Variants[0]} {
		data, err := json.Marshal(part)
		require.NoError(t, err)
		var fields map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(data, &fields))
		for name := range fields {
			require.Contains(t, page, "`"+name+"`")
		}
	}
	for _, result := range []any{pair, run, runOf(reporttest.Repeated())} {
		var v any
		require.NoError(t, json.Unmarshal([]byte(rendered(t, report.JSON, report.Options{}, result)), &v))
		walk(v)
		rows, err := csv.NewReader(strings.NewReader(rendered(t, report.CSV, report.Options{}, result))).ReadAll()
		require.NoError(t, err)
		for _, name := range rows[0] {
			for _, grader := range []string{"case_type", "subtodo_count", "rubric/actionable", "rubric"} {
				if after, ok := strings.CutPrefix(name, grader); ok {
					name = "NAME" + after
					break
				}
			}
			require.Contains(t, page, "`"+name+"`")
		}
	}
}

// The page says which cells of the CSV begin with an apostrophe.
func TestDocumentNamesEveryGuardedCharacter(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.FromSlash("../../../docs/reports.md"))
	require.NoError(t, err)
	_, rule, ok := strings.Cut(string(data), "A spreadsheet may take a cell for a formula that begins with")
	require.True(t, ok)
	rule, _, _ = strings.Cut(rule, ".")
	named := map[rune]string{'\t': "a tab", '\n': "a line break"}
	candidates := []rune{'\t', '\n'}
	for c := '!'; c <= '~'; c++ {
		candidates = append(candidates, c, c-'!'+'！')
	}
	guarded := 0
	for some := range slices.Chunk(candidates, len(reporttest.Run("v3", 1).Cases)) {
		run := reporttest.Run("v3", 1)
		for i, c := range some {
			run.Cases[i].Input = string(c) + "1"
		}
		rows, err := csv.NewReader(strings.NewReader(rendered(t, report.CSV, report.Options{}, runOf(run)))).ReadAll()
		require.NoError(t, err)
		input := slices.Index(rows[0], "input")
		for _, row := range rows[1:] {
			text, ok := strings.CutPrefix(row[input], "'")
			if !ok || text == "" || text == "1" {
				continue
			}
			guarded++
			first := []rune(text)[0]
			require.Contains(t, rule, cmp.Or(named[first], "`"+string(first)+"`"))
		}
	}
	require.Equal(t, 10, guarded)
}
