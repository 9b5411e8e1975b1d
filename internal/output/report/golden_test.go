package report_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/output/phrase"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

func held(run *runfile.Run) summary.Summary {
	s := summary.Of(run, &params.Price{Input: 0.4, Output: 1.6})
	s.Gates = s.CheckGates(
		[]config.Gate{
			{Grader: "case_type", Of: config.LowerBound, Min: 0.5}, {Grader: "subtodo_count", Of: config.Mean, Min: 0.8},
		},
	)
	return s
}

// changed are the cases that differ between two runs.
func changed(base, head *runfile.Run) []compare.CasePair {
	return slices.DeleteFunc(
		compare.Rows(base, head), func(row compare.CasePair) bool { return row.Change == compare.Unchanged },
	)
}

// outputs are all renderings that are kept as golden files.
// next goes on from a comparison of v3 and v4.
var next = phrase.Commands{
	Compare: "promptbench compare prompts/v3 prompts/v4", SetBaseline: "promptbench baseline set prompts/v4",
}

func outputs(t *testing.T) map[string]func(io.Writer) error {
	t.Helper()
	messages := []runfile.Message{
		{Role: "system", Content: "오늘은 2026-11-23 (월)입니다.\n\n<규칙> & \"따옴표\""}, {Role: "user", Content: "내일 오전 10시에 치과 가기"},
	}
	out := map[string]func(io.Writer) error{
		"case": func(w io.Writer) error {
			return report.CaseText(
				w, report.CaseDetail{Run: reporttest.Dirty(), Case: "dentist-tomorrow-10", Messages: messages}, report.Options{},
			)
		},
		"case-error": func(w io.Writer) error {
			return report.CaseText(w, report.CaseDetail{Run: reporttest.Run("v4", 1), Case: "hostile-escape"}, report.Options{})
		},
		"pair": func(w io.Writer) error {
			return report.CasePairText(w, reporttest.Dirty(), reporttest.Run("v4", 1), "dentist-tomorrow-10", report.Options{})
		},
		"blame-json":     func(w io.Writer) error { return report.Blame(report.JSON, w, blamed(t), report.Options{}) },
		"blame-markdown": func(w io.Writer) error { return report.Blame(report.Markdown, w, blamed(t), report.Options{}) },
		"run-json":       func(w io.Writer) error { return report.WriteJSON(w, held(reporttest.Run("v3", 1))) },
		"compare-json": func(w io.Writer) error {
			return report.WriteJSON(w, compared(t, 1, compare.Options{Samples: 1000}))
		},
	}
	for _, width := range []int{80, 120} {
		o := report.Options{Width: width}
		all := report.Options{Width: width, All: true}
		for name, f := range map[string]func(io.Writer) error{
			"run":         func(w io.Writer) error { return report.RunText(w, held(reporttest.Run("v3", 1)), o) },
			"run-trials":  func(w io.Writer) error { return report.RunText(w, held(reporttest.Repeated()), o) },
			"run-stopped": func(w io.Writer) error { return report.RunText(w, held(reporttest.Stopped()), o) },
			"compare": func(w io.Writer) error {
				return report.ComparisonText(
					w,
					compared(
						t, 12,
						compare.Options{
							Samples: 1000, Notes: []string{"both runs were graded again by cases/subtodos.yaml as it is now"},
						},
					),
					next, o,
				)
			},
			"compare-open": func(w io.Writer) error {
				return report.ComparisonText(w, compared(t, 1, compare.Options{Samples: 1000}), next, o)
			},
			"compare-all": func(w io.Writer) error {
				return report.ComparisonText(w, compared(t, 1, compare.Options{Samples: 1000}), next, all)
			},
			"compare-same": func(w io.Writer) error {
				c, err := compare.Compare(reporttest.Run("v3", 8), reporttest.Run("v3-초안", 8), compare.Options{})
				require.NoError(t, err)
				return report.ComparisonText(w, c, next, o)
			},
			"variants": func(w io.Writer) error { return report.VariantsText(w, variants(t), o) },
			"blame":    func(w io.Writer) error { return report.Blame(report.Table, w, blamed(t), o) },
			"watch": func(w io.Writer) error {
				return report.WatchText(w, report.WatchResult{
					Summary: held(reporttest.Run("v4", 12)), Comparison: compared(
						t, 12, compare.Options{Samples: 1000},
					), Before: "the last save",
					Changed: changed(reporttest.Run("v3", 1), reporttest.Run("v4", 1)), File: "runs/20261124T093000Z-v4.jsonl",
				}, o)
			},
			"watch-first": func(w io.Writer) error {
				return report.WatchText(
					w, report.WatchResult{Summary: held(reporttest.Stopped()), File: "runs/20261124T093000Z-v3.jsonl"}, o,
				)
			},
			"watch-running": func(w io.Writer) error {
				return report.WatchText(w, report.WatchResult{
					Summary: held(reporttest.Run("v4", 1)), Before: "the last run", Changed: changed(
						reporttest.Run("v4", 1), reporttest.Run("v4", 1),
					), Run: reporttest.Run("v4", 1), Incomplete: true,
				}, o)
			},
		} {
			out[fmt.Sprintf("%s-%d", name, width)] = f
		}
	}
	return out
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, render := range outputs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var first, second bytes.Buffer
			require.NoError(t, render(&first))
			require.NoError(t, render(&second))
			require.Equal(t, first.String(), second.String(), "the same input gives the same bytes")
			harmless(t, name, first.String())
			golden(t, name, first.Bytes())
		})
	}
}

// harmless fails for whatever a terminal would act on.
func harmless(t *testing.T, name, text string) {
	t.Helper()
	require.True(t, utf8.ValidString(text), "nothing is cut inside a character")
	for _, r := range text {
		if r == '\n' || strings.HasSuffix(name, "json") {
			continue
		}
		require.False(t, unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Bidi_Control, r), "%U in %s", r, name)
	}
	require.NotContains(t, text, "NaN")
}

// Whatever stands in the cells, each column starts at one place of the screen.
func TestColumnsLineUp(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 120} {
		for _, name := range []string{"compare", "compare-all", "compare-open", "run"} {
			var b bytes.Buffer
			require.NoError(t, outputs(t)[fmt.Sprintf("%s-%d", name, width)](&b))
			lines := strings.Split(b.String(), "\n")
			for i, head := range lines {
				if last := lastTitle(head); last != "verdict" && last != "why" && last != "fails" {
					continue // no table, or one whose last column is aligned to the right
				}
				last := column(head, lastTitle(head))
				rows := 0
				for _, l := range lines[i+1:] {
					if l == "" {
						break
					}
					if strings.HasPrefix(l, "  ") || strings.Contains(l, ": ") {
						continue // an input on a line of its own, a remark
					}
					rows++
					require.Equal(t, " ", charAt(l, last-1), "%s at %d: %q", name, width, l)
					require.NotEqual(t, " ", charAt(l, last), "%s at %d: %q", name, width, l)
				}
				require.NotZero(t, rows)
			}
		}
	}
}

// No line is wider than the terminal but for sentences, which may wrap.
func TestTablesFit(t *testing.T) {
	t.Parallel()
	for name, render := range outputs(t) {
		width := 0
		if _, err := fmt.Sscanf(name[strings.LastIndexByte(name, '-')+1:], "%d", &width); err != nil {
			continue
		}
		var b bytes.Buffer
		require.NoError(t, render(&b))
		table := false
		for l := range strings.Lines(b.String()) {
			l = strings.TrimSuffix(l, "\n")
			table = l != "" && (table || strings.HasPrefix(l, "grader ") || strings.HasPrefix(l, "case "))
			if table && !strings.Contains(l, ": ") {
				require.LessOrEqual(t, textsafe.Width(l), width, "%s: %q", name, l)
			}
		}
	}
}

// lastTitle is the last word of a line that may be a table's header.
func lastTitle(head string) string { return head[strings.LastIndexByte(head, ' ')+1:] }

// column is where a word starts on the screen.
func column(l, word string) int { return textsafe.Width(l[:strings.LastIndex(l, word)]) }

// charAt is the character at a column of the screen.
func charAt(l string, want int) string {
	for i := range l {
		if textsafe.Width(l[:i]) == want {
			_, n := utf8.DecodeRuneInString(l[i:])
			return l[i : i+n]
		}
	}
	return ""
}

func TestColorsAreOnlyOurs(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	o := report.Options{Color: true}
	require.NoError(t, report.ComparisonText(&b, compared(t, 12, compare.Options{Samples: 1000}), next, o))
	require.NoError(t, report.CaseText(&b, report.CaseDetail{Run: reporttest.Dirty(), Case: "dentist-tomorrow-10"}, o))
	require.NoError(t, report.RunText(&b, held(reporttest.Stopped()), o))
	text := b.String()
	for _, ours := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"} {
		text = strings.ReplaceAll(text, ours, "")
	}
	require.NotContains(t, text, "\x1b")
}

func TestUnknownCase(t *testing.T) {
	t.Parallel()
	require.ErrorContains(
		t, report.CaseText(io.Discard, report.CaseDetail{Run: reporttest.Dirty(), Case: "no-such"}, report.Options{}),
		`no case "no-such"`,
	)
	require.ErrorContains(
		t, report.CasePairText(io.Discard, reporttest.Dirty(), reporttest.Dirty(), "no-such", report.Options{}),
		"neither run",
	)
}

// A failed write is an error, also in the middle of a table.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	for name, render := range outputs(t) {
		var b bytes.Buffer
		require.NoError(t, render(&b))
		for _, room := range []int{0, 200, b.Len() - 1} {
			require.ErrorIs(t, render(&limited{room}), io.ErrShortWrite, "%s after %d bytes", name, room)
		}
	}
}

// A limited writer takes so many bytes.
type limited struct{ room int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.room {
		return 0, io.ErrShortWrite
	}
	l.room -= len(p)
	return len(p), nil
}
