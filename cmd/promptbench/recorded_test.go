package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// compared is what these tests read of a comparison.
type compared struct {
	Verdict string
	Pairs   int
	Slices  []struct {
		Grader     string
		Value      string
		Cases      int
		BasePassed int `json:"base_passed"`
		HeadPassed int `json:"head_passed"`
		Verdict    string
	}
	Sealed *compared
}

// types puts the types of case_type into words.
func (c compared) types() string {
	var out []string
	for _, s := range c.Slices {
		if s.Grader == "case_type" {
			out = append(out, fmt.Sprintf("%s %d→%d of %d %s", s.Value, s.BasePassed, s.HeadPassed, s.Cases, s.Verdict))
		}
	}
	return strings.Join(out, ", ")
}

// comparedTwice runs a command that compares twice. It must print the same bytes.
func comparedTwice(t *testing.T, dir string, args ...string) (c compared) {
	t.Helper()
	var first []byte
	for range 2 {
		out, _ := command(t, dir, append(args, "--format", "json", "--quiet")...).Output()
		require.True(t, first == nil || string(first) == string(out), "two calls print two outputs")
		first = out
	}
	require.NoError(t, json.Unmarshal(first, &c))
	return c
}

// The committed recordings of v1 to v4 on both models: what cancels out over all cases is named by type.
func TestRecordedVerdicts(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := projectCopy(t, root)
	for _, tt := range []struct{ model, base, head, verdict, types string }{
		{"qwen", "v1", "v2", "regressed", "answer 55→0 of 57 worse, question 3→0 of 56 open, invalid 11→0 of 55 worse"},
		{"qwen", "v2", "v3", "improved", "answer 0→42 of 57 better, question 0→45 of 56 better, invalid 0→9 of 55 better"},
		{"qwen", "v3", "v4", "mixed", "answer 42→55 of 57 better, question 45→26 of 56 worse, invalid 9→23 of 55 better"},
		{"gemma", "v1", "v2", "regressed", "answer 38→36 of 57 open, question 0→0 of 56 open, invalid 0→0 of 55 open"},
		{"gemma", "v2", "v3", "mixed", "answer 36→36 of 57 open, question 0→13 of 56 better, invalid 0→12 of 55 better"},
		{"gemma", "v3", "v4", "mixed", "answer 36→9 of 57 worse, question 13→51 of 56 better, invalid 12→0 of 55 worse"},
	} {
		c := comparedTwice(t, dir, "compare", "prompts/"+tt.base, "prompts/"+tt.head, "--model", tt.model)
		require.Equal(t, [2]string{tt.verdict, tt.types}, [2]string{c.Verdict, c.types()}, "%+v", tt)
		require.Equal(t, 168, c.Pairs)
		require.Nil(t, c.Sealed)
	}
}

// The committed suite that seals a share of the cases: none of them is in a result before the seal is opened, and they
// have a verdict of their own after it.
func TestRecordedVerdictOnSealedCases(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := projectCopy(t, root)
	pair := []string{"prompts/v3", "prompts/v4", "--suite", "cases/subtodos-sealed.yaml"}
	replay := func(more ...string) {
		cmd := command(t, dir, append(append([]string{"run", "--offline", "--quiet"}, pair...), more...)...)
		require.Equal(t, exitRegression, exitCode(t, cmd.Run()), "the gate by type is missed")
	}
	replay()
	closed := comparedTwice(t, dir, append([]string{"compare"}, pair...)...)
	require.Equal(t, 118, closed.Pairs)
	require.Nil(t, closed.Sealed)
	replay("--open-seal")
	opened := comparedTwice(t, dir, append([]string{"compare"}, pair...)...)
	require.Equal(t, closed.types(), opened.types())
	require.Equal(t, 50, opened.Sealed.Pairs)
	require.Equal(t, "inconclusive", opened.Sealed.Verdict)
}

// A judge's own run holds copies of the replies that it judged: the judge is not their author.
func TestRecordedJudgeIsNoAuthor(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	out, err := command(t, projectCopy(t, root), "judge", "calibrate", "--suite", "cases/subtodos-judged.yaml",
		"--judge", "qwen-judge", "--ask", "1", "--offline", "--brief").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "195 replies, 429 labels")
	require.Contains(t, string(out), "85 replies are from models of the judge's own family (qwen)")
}

// A brief of a run of the suite that a sealed one extends leaves the sealed cases out.
func TestRecordedBriefIsSealed(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	out, err := command(t, projectCopy(t, root), "improve", "prompts/v3", "--manual",
		"--suite", "cases/subtodos-sealed.yaml").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "70 of 118 cases fail a grader")
	require.Contains(t, string(out), "50 sealed cases left out")
	require.NotContains(t, string(out), "api-doc-json")
}
