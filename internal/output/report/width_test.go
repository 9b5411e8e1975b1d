package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/phrase"
	"promptbench/internal/output/report"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
)

// On a terminal the numbers of a long-named grader stay whole, and the line fits
// all the same; a pipe gets the whole name.
func TestGradersFitTheTerminal(t *testing.T) {
	t.Parallel()
	number := func(f float64) *float64 { return &f }
	verdict := compare.Regressed
	c := &compare.Comparison{
		Base: compare.Side{Prompt: "v3"}, Head: compare.Side{Prompt: "v4"}, Verdict: &verdict,
		Graders: []compare.Grader{{
			Grader: "rubric/no_duplicates_가나", BaseMean: number(0.32), HeadMean: number(0.34), Delta: number(0.03),
			CI: &[2]float64{-0.08, 0.14}, PAdjusted: number(0.003), NewlyPass: 144, NewlyFail: 141, Gating: true, Verdict: &verdict,
		}},
	}
	for _, width := range []int{0, 76, 80, 120} {
		var b bytes.Buffer
		require.NoError(t, report.ComparisonText(&b, c, phrase.Commands{}, report.Options{Width: width, Brief: true}))
		require.Contains(t, b.String(), "regressed p=.003\n")
		require.Equal(
			t, width == 0 || width == 120, strings.Contains(b.String(), "rubric/no_duplicates_가"), "%d columns:\n%s", width,
			b.String(),
		)
		for line := range strings.Lines(b.String()) {
			require.True(t, width == 0 || textsafe.Width(strings.TrimRight(line, "\n")) <= width, "%d columns: %s", width, line)
		}
	}
}
