package runfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// Run files are kept for years: whatever changes, this file of schema 1 must be
// read as it is read today. It is never written anew.
func TestSchema1IsReadForEver(t *testing.T) {
	t.Parallel()
	run, err := runfile.Load(filepath.Join("testdata", "schema1.jsonl"), runfile.Full)
	require.NoError(t, err)
	require.False(t, run.Torn)
	require.Equal(t, runfile.Complete, run.Status())

	h := run.Header
	require.Equal(t, 1, h.Schema)
	require.Equal(t, "20261123T063400Z-v3-example-model-0a1b2c", h.Run)
	require.Equal(t, key("a"), h.Prompt.Hash)
	require.Equal(t, "당신은 계획을 돕는 도우미입니다. <b>역할</b> & 규칙", h.Prompt.Messages[0].Content)
	require.Equal(t, reply.JSON, h.Prompt.ReplyFormat)
	require.NotNil(t, h.Model.Params.Temperature)
	require.Zero(t, *h.Model.Params.Temperature)
	require.Equal(t, []string{"answer", "question", "invalid"}, h.Reply.Types)
	require.JSONEq(t, `{"answer":{"min":2,"max":5}}`, string(h.Graders[1].Params))
	require.Equal(t, &runfile.Git{Commit: strings.Repeat("c", 40)}, h.Git)

	require.Len(t, run.Cases, 3)
	c, ok := run.Case("example-dentist")
	require.True(t, ok)
	require.Equal(t, "내일 오전 10시에 치과 가기", c.Input)
	require.Equal(t, map[string]string{"today": "2026-11-23 (월)"}, c.Vars)
	require.Equal(t, "answer", c.Expect.Type)
	require.Equal(t, 4, *c.Expect.Count.Max)
	require.Equal(t, []string{"health", "has-time"}, c.Tags)
	require.Equal(t, "dentist", c.Group)
	_, ok = run.Case("no-such")
	require.False(t, ok)

	calls := run.CallsOf("example-dentist")
	require.Len(t, calls, 1)
	require.Contains(t, calls[0].Reply, "A<B 서류 & 신분증 챙기기")
	require.Equal(t, "시간이 있으니 나눌 수 있다.", calls[0].Thinking)
	require.Equal(t, &runfile.Usage{InputTokens: 120, OutputTokens: 40}, calls[0].Usage)
	require.EqualValues(t, 812, calls[0].LatencyMS)
	require.Equal(t, 429, run.CallsOf("example-family")[0].Error.Status)
	require.Equal(t, "20261122T090000Z-v3-example-model-ffffff", run.CallsOf("example-script")[0].ReplayedFrom)

	trial := run.TrialsOf("example-script")[0]
	require.Equal(t, calls[0].Key, run.TrialsOf("example-dentist")[0].Key)
	require.Equal(t, reply.CodeQuotes, trial.Read.Defects[1].Code)
	require.InDelta(t, 0.5, *trial.Scores[1].Value, 0)
	require.Nil(t, trial.Scores[2].Value)
	require.Equal(t, "no criterion applies to invalid", trial.Scores[2].NotApplicable)
	require.Equal(t, "the judge gave no verdict", run.TrialsOf("example-dentist")[0].Scores[3].Unscored)
	require.Equal(t, "rate_limited", run.TrialsOf("example-family")[0].Error.Kind)
	require.Empty(t, run.TrialsOf("no-such"))
	require.Equal(t, 2, run.End.Unscored)
}

func TestScoresKeepsWhatComparisonsNeed(t *testing.T) {
	t.Parallel()
	full, err := decode(schema1(t), runfile.Full)
	require.NoError(t, err)
	run, err := decode(schema1(t), runfile.Scores)
	require.NoError(t, err)
	require.Equal(t, reduced(full), run)
}

func TestRepliesKeepsWhatGradingAgainNeeds(t *testing.T) {
	t.Parallel()
	full, err := decode(schema1(t), runfile.Full)
	require.NoError(t, err)
	run, err := decode(schema1(t), runfile.Replies)
	require.NoError(t, err)
	require.Equal(t, full.Cases, run.Cases)
	require.Equal(t, full.Calls, run.Calls)
	require.Equal(t, reduced(full).Trials, run.Trials)
}

// reduced takes from a run in full what [runfile.Scores] leaves out.
func reduced(full *runfile.Run) *runfile.Run {
	out := *full
	out.Cases, out.Calls, out.Trials = nil, nil, nil
	for _, c := range full.Cases {
		c.Vars = nil
		out.Cases = append(out.Cases, c)
	}
	for _, c := range full.Calls {
		c.Key, c.Reply, c.Thinking = "", "", ""
		out.Calls = append(out.Calls, c)
	}
	for _, tr := range full.Trials {
		tr.Key = ""
		scores := tr.Scores
		tr.Scores = nil
		for _, s := range scores {
			s.Answer, s.Reason = "", ""
			tr.Scores = append(tr.Scores, s)
		}
		if tr.Read != nil {
			read := *tr.Read
			read.Items = make([]string, len(tr.Read.Items))
			read.Defects = make([]reply.Defect, len(tr.Read.Defects))
			for i, d := range tr.Read.Defects {
				read.Defects[i].Code = d.Code
				if d.Severity() == reply.Fatal {
					read.Defects[i].Detail = d.Detail
				}
			}
			tr.Read = &read
		}
		out.Trials = append(out.Trials, tr)
	}
	return &out
}

// The quick reader takes compact JSON only; spaces, escapes and other orders go
// the slow way, and must come to the same.
func TestScoresReadsAnyJSON(t *testing.T) {
	t.Parallel()
	var spaced bytes.Buffer
	for line := range strings.Lines(string(schema1(t))) {
		var record map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &record))
		out, err := json.Marshal(record) // keys sorted, < > & escaped
		require.NoError(t, err)
		spaced.WriteString(strings.ReplaceAll(string(out), `":`, `": `) + "\r\n\n")
	}
	want, err := decode(schema1(t), runfile.Scores)
	require.NoError(t, err)
	got, err := decode(spaced.Bytes(), runfile.Scores)
	require.NoError(t, err)
	want.Header, got.Header = runfile.Header{}, runfile.Header{} // grader parameters are raw JSON
	require.Equal(t, want, got)
}

func TestTornTailIsPassedOverAndReported(t *testing.T) {
	t.Parallel()
	data := schema1(t)
	last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	whole, err := decode(data[:last], runfile.Full)
	require.NoError(t, err)
	require.False(t, whole.Torn)
	require.Equal(t, runfile.Incomplete, whole.Status())
	for end := last + 1; end < len(data); end++ {
		run, err := decode(data[:end], runfile.Full)
		require.NoError(t, err, "cut at byte %d", end)
		require.True(t, run.Torn)
		require.Equal(t, whole.Trials, run.Trials)
		require.Nil(t, run.End)
	}
	// The same inside a trial line, whose beginning may even be whole JSON.
	trial := bytes.LastIndexByte(data[:last-1], '\n') + 1
	for end := trial + 1; end < last-1; end++ {
		run, err := decode(data[:end], runfile.Scores)
		require.NoError(t, err, "cut at byte %d", end)
		require.True(t, run.Torn)
		require.Len(t, run.Trials, 2)
	}
}

func TestWhatIsNoRunFile(t *testing.T) {
	t.Parallel()
	first, rest, _ := strings.Cut(string(schema1(t)), "\n")
	for _, tt := range []struct{ name, data, want string }{
		{"empty", "", "no header"},
		{"only a torn line", first, "no header"},
		{"another JSON Lines file", `{"id":"a","input":"치과"}` + "\n", "line 1 has no kind"},
		{"no header first", rest, `line 1 is "case", and should be the header`},
		{"no JSON", "치과 가기\n", "line 1 is not a record"},
		{"an array", "[1]\n", "line 1 is not a record: an array where an object is wanted"},
		{
			"a later schema", strings.Replace(first, `"schema":1`, `"schema":2`, 1) + "\n",
			"schema 2, and this one reads up to 1; use a newer promptbench",
		},
		{"no schema", `{"kind":"header"}` + "\n", "line 1 says schema 0"},
		{
			"a schema that is no number", `{"kind":"header","schema":"1"}` + "\n",
			"line 1: schema is a string, and not a whole number",
		},
		{"two headers", first + "\n" + first + "\n", "line 2: a second header: two runs in one file"},
		{"a broken line inside", first + "\n" + `{"kind":"case","ca` + "\n" + first + "\n", "line 2 is not a record"},
		{
			"a wrong type inside", first + "\n" + `{"kind":"trial","case":1}` + "\n",
			"line 2: case is a number, and not a string",
		},
		{
			"a wrong type deep inside", first + "\n" + `{"kind":"trial","scores":[{"value":"1"}]}` + "\n",
			"line 2: scores.value is a string, and not a number",
		},
		{
			"a wrong type in the header", `{"kind":"header","schema":1,"trials":[]}` + "\n",
			"not a run file: line 1: trials is an array, and not a whole number",
		},
		{
			"no time", first + "\n" + `{"kind":"call","at":"어제"}` + "\n",
			`line 2: "어제" is no time; write it like "2026-11-23T06:34:00Z"`,
		},
		{
			"no time at all", first + "\n" + `{"kind":"end","ended":5}` + "\n",
			`line 2: a time is no string; write it like "2026-11-23T06:34:00Z"`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []runfile.Detail{runfile.Scores, runfile.Full} {
				_, err := decode([]byte(tt.data), d)
				require.ErrorContains(t, err, tt.want)
				require.NotContains(t, err.Error(), "Go ", "a reader knows no Go")
			}
		})
	}
	_, err := decode([]byte(strings.Replace(first, `"schema":1`, `"schema":9`, 1)+"\n"), runfile.Full)
	require.ErrorIs(t, err, runfile.ErrNotRun)
	_, err = runfile.Load(filepath.Join(t.TempDir(), "none.jsonl"), runfile.Full)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestUnknownFieldsAndKindsArePassedOver(t *testing.T) {
	t.Parallel()
	data := strings.NewReplacer(
		`{"kind":"trial",`, `{"kind":"trial","later":{"at":["]}"]},`,
		`{"grader":"case_type",`, `{"confidence":0.9,"grader":"case_type",`,
		`{"kind":"remark"`, `{"kind":"heading"`,
	).Replace(string(schema1(t)))
	want, err := decode(schema1(t), runfile.Scores)
	require.NoError(t, err)
	got, err := decode([]byte(data), runfile.Scores)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestOfEqualLinesTheLastHolds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	add := func(record any) {
		out, err := json.Marshal(record)
		require.NoError(t, err)
		b.Write(append(out, '\n'))
	}
	h := header("r", key("a"))
	h.Kind, h.Schema = runfile.KindHeader, 1
	add(h)
	for i, input := range []string{"먼저", "나중"} {
		for _, id := range []string{"나", "가"} {
			add(runfile.Case{Kind: runfile.KindCase, Case: id, Input: input})
			add(runfile.Call{Kind: runfile.KindCall, Case: id, Trial: 1, For: runfile.ForReply, Key: key("1"), Reply: input})
			add(runfile.Call{Kind: runfile.KindCall, Case: id, Trial: 1, For: runfile.ForJudge, Key: key(fmt.Sprint(i))})
			for trial := 2; trial > 0; trial-- {
				add(runfile.Trial{Kind: runfile.KindTrial, Case: id, Trial: trial, Scores: []graders.Score{
					score("case_type", float64(i)),
				}})
			}
		}
	}
	run, err := decode([]byte(b.String()), runfile.Full)
	require.NoError(t, err)
	require.Len(t, run.Cases, 2)
	require.Equal(t, "가", run.Cases[0].Case)
	require.Equal(t, "나중", run.Cases[0].Input)
	require.Len(t, run.Calls, 6, "a judge may be asked twice, a reply counts once")
	require.Len(t, run.Trials, 4)
	for i, trial := range run.TrialsOf("나") {
		require.Equal(t, i+1, trial.Trial)
		require.InDelta(t, 1, *trial.Scores[0].Value, 0)
	}
	scores, err := decode([]byte(b.String()), runfile.Scores)
	require.NoError(t, err)
	require.Equal(t, reduced(run), scores)
}

// Sharing inputs with another run changes nothing, whatever the other one has.
func TestShareInputs(t *testing.T) {
	t.Parallel()
	of := func(ids ...string) *runfile.Run {
		run := &runfile.Run{}
		for _, id := range ids {
			run.Cases = append(run.Cases, runfile.Case{Case: id[:1], Input: strings.Clone(id), InputHash: strings.Clone("hash of " + id)})
		}
		return run
	}
	run, other := of("a", "c", "d", "f"), of("b", "c", "d2", "f")
	run.ShareInputs(other)
	require.Equal(t, of("a", "c", "d", "f"), run)
	run.ShareInputs(&runfile.Run{})
	require.Equal(t, of("a", "c", "d", "f"), run)
}
