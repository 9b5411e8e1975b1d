package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
)

// rendered prints results in one format.
func rendered(t *testing.T, format string, o report.Options, results ...any) string {
	t.Helper()
	var b bytes.Buffer
	r, err := report.New(format, &b, o)
	require.NoError(t, err)
	for _, result := range results {
		switch v := result.(type) {
		case report.Run:
			require.NoError(t, r.Run(v))
		case report.Pair:
			require.NoError(t, r.Pair(v))
		}
	}
	require.NoError(t, r.Close())
	return b.String()
}

func pairOf(t *testing.T, base, head *runfile.Run) report.Pair {
	t.Helper()
	c, err := compare.Compare(base, head, compare.Options{Samples: 1000})
	require.NoError(t, err)
	return report.Pair{Comparison: c, Base: base, Head: head}
}

func runOf(run *runfile.Run) report.Run { return report.Run{Summary: held(run), Run: run} }

func TestFormatsGolden(t *testing.T) {
	t.Parallel()
	results := map[string][]any{
		"run":     {runOf(reporttest.Dirty())},
		"trials":  {runOf(reporttest.Repeated())},
		"stopped": {runOf(reporttest.Stopped())},
		"compare": {pairOf(t, reporttest.Dirty(), reporttest.Run("v4", 1))},
		"several": {
			pairOf(t, reporttest.Run("v3", 1), reporttest.Run("v4", 1)),
			pairOf(t, reporttest.Run("v3", 1), reporttest.Run("v5 초안", 1)),
		},
		"hostile": {pairOf(t, reporttest.Hostile("v3"), reporttest.Hostile("v4"))},
	}
	for _, format := range []string{report.Markdown, report.JUnit, report.CSV} {
		for name, result := range results {
			o := report.Options{}
			if name == "compare" {
				o.Link = `https://example.com/report.html?a=1&b="2"`
			}
			got := rendered(t, format, o, result...)
			require.Equal(t, got, rendered(t, format, o, result...), "the same input gives the same bytes")
			harmless(t, format, got)
			golden(t, format+"-"+name, []byte(got))
		}
	}
}

// Nothing in a reply means anything in Markdown: GitHub would show these very
// texts.
func TestMarkdownOfHostileReplies(t *testing.T) {
	t.Parallel()
	pair := pairOf(t, reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	source := []byte(rendered(t, report.Markdown, report.Options{}, pair))
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	shown, columns := "", 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch v := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.CodeSpan, *ast.FencedCodeBlock, *ast.CodeBlock,
			*ast.Emphasis, *ast.List, *extast.Strikethrough:
			require.Fail(t, "a reply became markup", "%T: %s", n, n.Kind())
		case *ast.RawHTML:
			tag := string(v.Segments.Value(source))
			require.Contains(t, []string{"<code>", "</code>", "<strong>", "</strong>", "<br>", "<!-- -->"}, tag)
		case *ast.HTMLBlock:
			block := string(v.Lines().Value(source))
			require.Regexp(t, `^(<details><summary>[^<>]*</summary>|</details>)\s*$`, block)
		case *extast.TableHeader:
			columns = n.ChildCount()
		case *extast.TableRow:
			require.Equal(t, columns, n.ChildCount())
		case *ast.Text:
			shown += string(v.Segment.Value(source))
		case *ast.String:
			shown += string(v.Value)
		}
		return ast.WalkContinue, nil
	})
	require.NoError(t, err)
	require.NotContains(t, shown, "@octocat", "the @ stands in a text of its own")
	rows := strings.Count(string(source), "| <code>answer, 2 items</code> | <code>question, 2 items</code> |")
	require.Equal(t, 20, rows, "so many are shown")
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	t.Parallel()
	const gitHub = 65_536
	long := reporttest.Hostile("v3")
	for i := range long.Cases {
		long.Cases[i].Case += strings.Repeat("@|", 2000)
		long.Cases[i].Input = strings.Repeat("*_`|<@", 2000)
		long.Cases[i].InputHash = fmt.Sprint(i)
	}
	for i := range long.Trials {
		long.Trials[i].Case += strings.Repeat("@|", 2000)
	}
	for i := range long.Calls {
		long.Calls[i].Case += strings.Repeat("@|", 2000)
	}
	long.Sort()
	worse := *long
	worse.Header.Prompt.Name, worse.Header.Prompt.Hash = strings.Repeat("v", 5000), "other"
	worse.Trials = slices.Clone(long.Trials)
	for i := range worse.Trials {
		_, worse.Trials[i] = reporttest.Answer(worse.Cases[i], "question 2", reporttest.At(23, 1))
	}
	pair := pairOf(t, long, &worse)
	one := rendered(t, report.Markdown, report.Options{}, pair)
	require.Less(t, len(one), gitHub)
	require.Contains(t, one, "; the first 20</summary>")
	require.Equal(t, strings.Count(one, "<details>"), strings.Count(one, "</details>"))
	many := make([]any, 30)
	for i := range many {
		many[i] = pair
	}
	all := rendered(t, report.Markdown, report.Options{}, many...)
	require.Less(t, len(all), gitHub)
	require.Regexp(t, `\n\d+ results left out: the text is too long for GitHub.\n$`, all)
}

func TestJUnitIsReadByOthers(t *testing.T) {
	t.Parallel()
	pair := pairOf(t, reporttest.Run("v3", 1), reporttest.Run("v4", 1))
	suites, err := junit.Ingest([]byte(rendered(t, report.JUnit, report.Options{}, pair)))
	require.NoError(t, err)
	names := make([]string, len(suites))
	for i, s := range suites {
		names[i] = s.Name
		require.Equal(t, pair.Comparison.Pairs, s.Totals.Tests)
		want := 0
		for _, f := range pair.Comparison.Flips {
			if f.Grader == s.Name && f.ToFail {
				want++
			}
		}
		require.Equal(t, want, s.Totals.Failed, "what newly fails %s is a failure", s.Name)
	}
	require.Equal(t, []string{"case_type", "subtodo_count", "rubric"}, names)
	errors := map[string]string{}
	for _, test := range suites[0].Tests {
		if test.Status == junit.StatusError {
			errors[test.Name] = test.Message
		}
	}
	require.Equal(t, []string{"hostile-escape"}, slices.Collect(maps.Keys(errors)))
	require.Contains(t, errors["hostile-escape"], "the endpoint limits the rate of calls (429)")

	run := runOf(reporttest.Dirty())
	suites, err = junit.Ingest([]byte(rendered(t, report.JUnit, report.Options{}, run)))
	require.NoError(t, err)
	for i, s := range suites {
		g := run.Summary.Graders[i]
		require.Equal(t, []int{g.Pass, g.Fail, len(run.Run.Cases) - g.Pass - g.Fail},
			[]int{s.Totals.Passed, s.Totals.Failed, s.Totals.Skipped + s.Totals.Error}, s.Name)
	}

	hostile := pairOf(t, reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	suites, err = junit.Ingest([]byte(rendered(t, report.JUnit, report.Options{}, hostile)))
	require.NoError(t, err)
	attacks := reporttest.Attacks()
	for _, test := range suites[0].Tests {
		require.Equal(t, junit.StatusFailed, test.Status)
		require.Contains(t, test.Error.Error(), textsafe.Block(attacks[test.Name]), "the text comes back as it went in")
	}
}

// A spreadsheet takes no cell of ours for a formula, and reads back every text.
func TestCSVOfHostileReplies(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]string{
		"run":     rendered(t, report.CSV, report.Options{}, runOf(reporttest.Hostile("v3"))),
		"compare": rendered(t, report.CSV, report.Options{}, pairOf(t, reporttest.Hostile("v3"), reporttest.Hostile("v4"))),
	} {
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1+len(reporttest.Attacks()), name)
		input, id := slices.Index(rows[0], "input"), slices.Index(rows[0], "case")
		for _, row := range rows[1:] {
			for i, cell := range row {
				require.False(t, formula(cell), "%s: %q", rows[0][i], cell)
			}
			want := textsafe.Block(reporttest.Attacks()[row[id]])
			if formula(want) {
				want = "'" + want
			}
			require.Equal(t, want, row[input], "%s: %s", name, row[id])
		}
	}
}

func formula(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0])
}

func TestCSVOfTrials(t *testing.T) {
	t.Parallel()
	run := reporttest.Repeated()
	rows, err := csv.NewReader(strings.NewReader(rendered(t, report.CSV, report.Options{}, runOf(run)))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(run.Trials))
	sum, n := 0.0, 0
	at := slices.Index(rows[0], "case_type")
	for _, row := range rows[1:] {
		var v float64
		if row[at] == "" {
			require.Contains(t, []string{"unscored", "not_applicable", "error"}, row[at+1])
			continue
		}
		_, err := fmt.Sscan(row[at], &v)
		require.NoError(t, err)
		require.Equal(t, map[bool]string{true: "pass", false: "fail"}[v == 1], row[at+1])
		sum, n = sum+v, n+1
	}
	require.Equal(t, 36, n)
	require.Greater(t, sum, 0.0)
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	_, err := report.New("pdf", io.Discard, report.Options{})
	require.ErrorContains(t, err, `unknown format "pdf"`)
	for _, format := range report.Formats() {
		_, err := report.New(format, io.Discard, report.Options{})
		require.NoError(t, err)
	}
}

// A failed write is an error in every format.
func TestFormatWriteErrors(t *testing.T) {
	t.Parallel()
	pair, run := pairOf(t, reporttest.Run("v3", 1), reporttest.Run("v4", 1)), runOf(reporttest.Dirty())
	for _, format := range report.Formats() {
		for _, result := range []any{pair, run} {
			size := len(rendered(t, format, report.Options{}, result))
			for _, room := range []int{0, 30, size - 1} {
				r, err := report.New(format, &limited{room}, report.Options{})
				require.NoError(t, err)
				if p, ok := result.(report.Pair); ok {
					err = r.Pair(p)
				} else {
					err = r.Run(run)
				}
				if err == nil {
					err = r.Close()
				}
				require.ErrorIs(t, err, io.ErrShortWrite, "%s after %d bytes", format, room)
			}
		}
	}
}
