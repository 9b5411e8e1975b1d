package page_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"promptbench/internal/input/config"
	"promptbench/internal/output/page"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/history"
	"promptbench/internal/verdict/mutation"
	"promptbench/internal/verdict/summary"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func pair(tb testing.TB, base, head *runfile.Run) string {
	tb.Helper()
	c, err := compare.Compare(
		base, head, compare.Options{Samples: 1000, Gates: []config.Gate{{Grader: "case_type", Of: config.Mean, Min: 0.9}}},
	)
	require.NoError(tb, err)
	var b bytes.Buffer
	p := page.New(&b, nil)
	require.NoError(tb, p.Pair(c, base, head))
	require.NoError(tb, p.Close())
	return b.String()
}

func single(tb testing.TB, run *runfile.Run) string {
	tb.Helper()
	s := summary.Of(run, nil)
	s.Gates = s.CheckGates([]config.Gate{{Grader: "case_type", Of: config.LowerBound, Min: 0.5}})
	var b bytes.Buffer
	p := page.New(&b, nil)
	require.NoError(tb, p.Run(s, run))
	require.NoError(tb, p.Close())
	return b.String()
}

// past is a page with the history of several runs, and index one that lists
// them.
func past(tb testing.TB) string {
	tb.Helper()
	h := history.History{
		Suite: "subtodos", Model: "example-model", Endpoint: "local", LeftOut: history.LeftOut{Other: 1, Older: 3},
	}
	for i := range 9 {
		run := reporttest.Run([]string{"v3", "v4", "초안 <b>"}[i%3], 2+i%2)
		run.Header.Run, run.Header.Started = fmt.Sprintf("run-%d", i), reporttest.At(10+i, i)
		h.Add(history.Of(run))
	}
	var b bytes.Buffer
	require.NoError(tb, page.History(&b, h, h.Graders, nil, nil))
	return b.String()
}

func blamed(tb testing.TB) string {
	tb.Helper()
	change, run, err := reporttest.Blamed()
	require.NoError(tb, err)
	var b bytes.Buffer
	o := blame.Options{Gating: []string{"case_type"}, Margin: compare.DefaultMargin}
	require.NoError(tb, page.Blame(&b, change.Of(run, o), nil))
	return b.String()
}

// mutated has a mutant of each outcome, and texts that attack.
func mutated(tb testing.TB) string {
	tb.Helper()
	noticed, missed := true, false
	list := mutation.Planned([]mutation.Mutant{
		{ID: "drop-role", Rule: "drop-role", Where: "system, <role>", Text: "당신은 플래너입니다. </pre><script>window.pwned=1</script>"},
		{ID: "drop-rule-input-sentence-2", Rule: "drop-rule", Where: "system, <input>", Text: strings.Repeat("W", 200)},
		{ID: "swap-labels-answer-question", Rule: "swap-labels", Where: "examples", Type: "answer"},
	})
	list[0].Noticed, list[0].Cases, list[0].Changed, list[0].By = &noticed, 40, 31, []string{"case_type", "format"}
	list[0].Slices = []mutation.Slice{{Grader: "case_type", By: "type", Value: "question", Cases: 20, NewlyFail: 12, Tested: true}}
	list[1].Noticed, list[1].Cases, list[1].Changed = &missed, 163, 2
	r := mutation.Result{
		Schema: mutation.Schema, Prompt: "v3", Suite: "subtodos", Model: "example-model", Status: runfile.Interrupted,
		Cases: 163, Apart: 5, Calls: 203, Mutants: list, Without: []mutation.Rule{"swap-languages"},
	}
	r.Conclude()
	var b bytes.Buffer
	require.NoError(tb, page.Mutation(&b, r))
	return b.String()
}

func index(tb testing.TB) string {
	tb.Helper()
	var runs []runfile.Found
	did := map[string]compare.Standing{}
	worse, mean := compare.Regressed, 0.5
	for i := range 12 {
		run := reporttest.Run([]string{"v3", "v4", "초안 <b>"}[i%3], 1)
		run.Header.Run, run.Header.Started = fmt.Sprintf("run-%d", i), reporttest.At(10+i, i)
		runs = append(runs, runfile.Found{
			Path: run.Header.Run, Header: run.Header, Status: run.Status(), End: run.End,
		})
	}
	did["run-0"] = compare.Standing{
		Cases: 12, Done: 12, Scores: []compare.Score{{Grader: "case_type", Mean: &mean}, {Grader: "format"}},
		Base: "run-1", BaseName: "<v4>", Verdict: &worse,
	}
	did["run-1"] = compare.Standing{Cases: 12, Done: 5}
	var b bytes.Buffer
	require.NoError(tb, page.Index(&b, runs, did, []page.Link{{Text: "Runs", URL: "/"}}))
	return b.String()
}

// withPrompts gives two runs prompts that differ.
func withPrompts(base, head *runfile.Run) (first, second *runfile.Run) {
	base.Header.Prompt.Messages = []runfile.Message{
		{
			Role: "system", Content: "당신은 플래너입니다. </pre><script>window.pwned=1</script>",
		}, {Role: "user", Content: "친구랑 약속"}, {Role: "assistant", Content: "언제 만나나요?"}, {Role: "user", Content: "{{input}}"},
	}
	head.Header.Prompt.Messages = []runfile.Message{
		{Role: "system", Content: "당신은 일정 플래너입니다."}, {Role: "user", Content: "{{input}}"}, {Role: "assistant", Content: "{"},
	}
	head.Header.Prompt.ResponseFormat = "json_object"
	return base, head
}

// A golden file holds what the template makes of a result: the page without the
// style, the script and the packed cases.
func TestGolden(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Dirty(), reporttest.Run("v4", 1))
	for name, got := range map[string]string{
		"pair":    pair(t, base, head),
		"run":     single(t, reporttest.Dirty()),
		"trials":  single(t, reporttest.Repeated()),
		"hostile": pair(t, reporttest.Hostile("v3"), reporttest.Hostile("v4")),
		"history": past(t),
		"index":   index(t),
		"blame":   blamed(t),
		"mutants": mutated(t),
	} {
		got = regexp.MustCompile(`(?s)<style>.*?</style>|<script.*?</script>|'sha256-[^']+'`).ReplaceAllString(got, "…")
		got = regexp.MustCompile(`\n\s*\n+`).ReplaceAllString(got, "\n")
		path := filepath.Join("testdata", name+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
			continue
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, "%s differs; -update rewrites it", path)
	}
}

func TestTheSameRunsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	first := pair(t, reporttest.Run("v3", 3), reporttest.Run("v4", 3))
	require.Equal(t, first, pair(t, reporttest.Run("v3", 3), reporttest.Run("v4", 3)))
}

// The policy names the very style and script of the page, and allows nothing
// else.
func TestPolicyFitsThePage(t *testing.T) {
	t.Parallel()
	text := pair(t, reporttest.Run("v3", 1), reporttest.Run("v4", 1))
	policy := regexp.MustCompile(
		`<meta http-equiv="Content-Security-Policy" content="([^"]+)">`,
	).FindStringSubmatch(text)[1]
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, policy, "http")
	require.Less(t, strings.Index(text, "Content-Security-Policy"), strings.Index(text, "<style>"))
	for directive, element := range map[string]string{"style-src": "style", "script-src": "script"} {
		source := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(text, -1)
		require.Len(t, source, 1)
		sum := sha256.Sum256([]byte(source[0][1]))
		require.Contains(t, policy, directive+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"';")
	}
	for _, want := range []string{
		"default-src 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
	} {
		require.Contains(t, policy, want)
	}
}

// Whatever stands in a reply, the page has the elements and attributes of the
// template alone, and no address outside itself.
func TestHostileRepliesAreText(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	for name, text := range map[string]string{"pair": pair(t, base, head), "run": single(t, base)} {
		root, err := html.Parse(strings.NewReader(text))
		require.NoError(t, err)
		shown := ""
		scripts := 0
		for n := range root.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
				shown += n.Data + "\n"
			}
			if n.Type != html.ElementNode {
				continue
			}
			require.NotContains(
				t, []string{"img", "iframe", "object", "embed", "link", "base", "template", "textarea"}, n.Data, name,
			)
			if n.Data == "script" {
				scripts++
			}
			for _, a := range n.Attr {
				require.False(
					t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src", "%s: <%s %s>", name, n.Data, a.Key,
				)
				if a.Key == "href" {
					require.True(t, strings.HasPrefix(a.Val, "#"), a.Val)
				}
			}
		}
		require.Equal(t, 2, scripts, "%s: the data and ours", name)
		for id, attack := range reporttest.Attacks() {
			require.Contains(t, shown, textsafe.Cell(attack), "%s: %s stands there as text", name, id)
		}
		require.NotContains(t, text, "\u2028")
		require.NotContains(t, text, "\u202e")
	}
}

// packed is what these tests look at of the packed cases.
type packed struct {
	Cases []struct {
		ID    string  `json:"id"`
		Diffs [][]int `json:"df"`
		Sides []struct {
			Trials []struct {
				Reply string `json:"r"`
			} `json:"t"`
		} `json:"s"`
	} `json:"cases"`
}

// payload is the packed cases, as the script unpacks them.
func payload(tb testing.TB, text string) packed {
	tb.Helper()
	text64 := regexp.MustCompile(`class="data">([\w-]*)</script>`).FindStringSubmatch(text)[1]
	zip, err := gzip.NewReader(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(text64)))
	require.NoError(tb, err)
	var out packed
	require.NoError(tb, json.NewDecoder(zip).Decode(&out))
	return out
}

func TestPayloadHoldsEveryReply(t *testing.T) {
	t.Parallel()
	base, head := reporttest.Hostile("v3"), reporttest.Hostile("v4")
	data := payload(t, pair(t, base, head))
	require.Len(t, data.Cases, len(reporttest.Attacks()))
	for _, c := range data.Cases {
		for i, run := range []*runfile.Run{base, head} {
			reply := textsafe.Block(run.CallsOf(c.ID)[0].Reply)
			require.Equal(t, reply, c.Sides[i].Trials[0].Reply)
			// The lengths of the word diff, in the script's units, cover the reply.
			sum := 0
			for k, n := range c.Diffs[0] {
				if k%3 == 0 || k%3 == i+1 {
					sum += n
				}
			}
			require.Len(t, utf16.Encode([]rune(reply)), sum)
		}
	}
}

// 1,000 cases of realistic length take under 1 MB.
func TestSize(t *testing.T) {
	t.Parallel()
	text := pair(t, reporttest.Large("v3", 1000), reporttest.Large("v4", 1000))
	require.Len(t, payload(t, text).Cases, 1000)
	require.Less(t, len(text), 1_000_000)
	t.Logf("1,000 cases: %d bytes", len(text))
	empty := pair(t, reporttest.Large("v3", 1), reporttest.Large("v4", 1))
	require.Less(t, len(empty), 80_000, "what every page has")
	t.Logf("1 case: %d bytes", len(empty))
}
