package report_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/compare"
	"promptbench/internal/report"
	"promptbench/internal/report/reporttest"
	"promptbench/internal/summary"
)

// Every field of the JSON and every column of the CSV stands in docs/reports.md.
func TestDocumentNamesEveryField(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.FromSlash("../../docs/reports.md"))
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
	c, err := compare.Compare(reporttest.Dirty(), reporttest.Run("v4", 1), compare.Options{Samples: 1000, Gates: []summary.Gate{{Grader: "rubric", Of: summary.GateMean, Min: 0.5}}})
	require.NoError(t, err)
	pair, run := report.Pair{Comparison: c, Base: reporttest.Dirty(), Head: reporttest.Run("v4", 1)}, runOf(reporttest.Stopped())
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
