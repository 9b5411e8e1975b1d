package runs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/redact"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// secrets makes up texts, and keeps them. None of their letters stands in what a
// run file says of itself, since they are Cherokee, Georgian and Hangul.
type secrets []string

func (s *secrets) text(what string) string {
	const scripts = "ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ가나다라마바사아자차카타파하"
	letters := []rune(scripts)
	var b strings.Builder
	for i := range 12 {
		b.WriteRune(letters[(len(*s)*7+i*5)%len(letters)])
	}
	*s = append(*s, b.String())
	return what + " " + b.String()
}

// secretive is a run in which every field that can hold a text holds one.
func secretive(t *testing.T, dir, id, prompt string, s *secrets) string {
	t.Helper()
	one, half := 1.0, 0.5
	h := runfile.Header{
		Run: id, Started: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Trials: 1, Cases: 8, Tool: "test",
		Prompt: runfile.Prompt{
			Name: prompt, Path: "prompts/" + prompt + ".prompt.yml", Hash: strings.Repeat(prompt[1:], 64), Description: s.text("d"),
			Messages: []runfile.Message{
				{Role: "user", Content: s.text("m") + "{{input}}"},
			}, JSONSchema: []byte(`{"title":"` + s.text("t") + `"}`),
		},
		Suite: runfile.Suite{Name: "todos", Path: "cases/todos.yaml", Hash: strings.Repeat("a", 64)},
		Model: runfile.Model{Name: "m", ID: "m", Endpoint: "local"},
		Reply: reply.Rules{
			Types: []string{"answer", "question"},
			JSON:  reply.JSONRules{Type: "$.type", Schema: `{"title":"` + s.text("x") + `"}`}, Refusal: s.text("refusal"),
		},
		Judge: &runfile.Judge{
			Model: runfile.Model{ID: "j"}, PromptHash: "p", RubricHash: "r",
			Prompt: &runfile.Prompt{Messages: []runfile.Message{{Role: "user", Content: s.text("j")}}},
		},
	}
	said := s.text("q")
	*s = append(*s, said)
	h.Graders = []graders.Spec{
		{Name: "case_type", Version: 1},
		{Name: "contains", Version: 2, Params: []byte(`{"any":["` + said + `"],"min":1.50}`)}, {Name: "rubric", Version: 1},
	}
	w, err := runfile.Create(dir, h)
	require.NoError(t, err)
	for i := range 8 {
		key, input := fmt.Sprintf("%064x", i), s.text("input")
		name := fmt.Sprintf("case-%d", i)
		tags := []string{"health"}
		if i == 3 { // named after what the user wrote
			name, tags = strings.ToUpper(strings.Fields(input)[1])+"-3", append(tags, strings.Fields(input)[1][:12])
		}
		require.NoError(t, w.Case(runfile.Case{
			Case: name, Input: input, Vars: map[string]string{"today": s.text("v")}, Tags: tags, Group: tags[len(tags)-1], Note: s.text("n"), InputHash: key,
			Expect: graders.Expect{
				Type: "answer", Equals: []string{s.text("e")}, Contains: []string{s.text("c")}, NotContains: []string{s.text("n")},
				Regex: s.text("r"),
			},
		}))
		if i == 7 {
			failure := &runfile.Error{Kind: "bad_request", Status: 400, Message: s.text("echo")}
			require.NoError(t, w.Call(runfile.Call{Key: key, Case: name, Trial: 1, For: runfile.ForReply, Error: failure}))
			require.NoError(t, w.Trial(runfile.Trial{Case: name, Trial: 1, Key: key, Error: failure}))
			continue
		}
		item, told := s.text("item"), s.text("reason")
		require.NoError(t, w.Call(runfile.Call{
			Key: key, Case: name, Trial: 1, For: runfile.ForReply, Reply: s.text("reply") + item, Thinking: s.text("thinking"), FinishReason: s.text("f"), ResponseModel: s.text("rm"),
			Usage: &runfile.Usage{InputTokens: 10 + i, OutputTokens: i}, LatencyMS: int64(i), Attempts: 1, At: h.Started,
		}))
		require.NoError(
			t,
			w.Call(runfile.Call{
				Key: key, Case: name, Trial: 1, For: runfile.ForJudge, Criterion: "clear", Reply: s.text("verdict"), At: h.Started,
			}),
		)
		require.NoError(t, w.Trial(runfile.Trial{
			Case: name, Trial: 1, Key: key,
			Read: &runfile.Read{
				Format: reply.JSON, Type: "answer", Items: []string{item},
				Defects: []reply.Defect{{Code: reply.CodeFence, Detail: s.text("d")}},
			},
			Scores: []graders.Score{
				{Grader: "case_type", Value: &one, Pass: true, Answer: "answer", Reason: told},
				{Grader: "contains", Value: &half, Answer: s.text("a"), Reason: s.text("r")},
				{Grader: "rubric/clear", Unscored: s.text("u")},
				{Grader: "rubric", NotApplicable: s.text("na")},
			},
		}))
	}
	require.NoError(
		t, w.Batch(runfile.Batch{Piece: "x-1", State: runfile.Submitting, Keys: []string{strings.Repeat("b", 64)}}),
	)
	require.NoError(
		t, w.Close(runfile.End{Status: runfile.Complete, Reason: s.text("why"), Trials: 8, Calls: 15, Errors: 1}),
	)
	return w.Path()
}

// left are the pieces of four letters of any text that stand in data.
func left(data []byte, texts []string, counts func([]rune) bool) []string {
	var out []string
	low := strings.ToLower(string(data))
	for _, text := range texts {
		letters := []rune(strings.ToLower(text))
		for i := range max(0, len(letters)-3) {
			if piece := letters[i : i+4]; counts(piece) && strings.Contains(low, string(piece)) {
				out = append(out, string(piece))
			}
		}
	}
	return out
}

func TestRedactLeavesNoWord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var s secrets
	base, head := secretive(
		t, dir, "20261123T120000Z-v2-m-000001", "v2", &s,
	), secretive(t, dir, "20261123T120000Z-v3-m-000002", "v3", &s)
	any4 := func([]rune) bool { return true }
	whole, err := os.ReadFile(base)
	require.NoError(t, err)
	require.NotEmpty(t, left(whole, s, any4), "the search finds what is there")

	done, replaced, err := runs.Redact([]string{base, head}, redact.Options{}, "", "test")
	require.NoError(t, err)
	require.Equal(t, 6, replaced, "an id, a tag, which is a group too, and a parameter of each run")
	for i, from := range []string{base, head} {
		data, err := os.ReadFile(done[i].Path)
		require.NoError(t, err)
		require.Empty(t, left(data, s, any4))
		require.NotContains(t, string(data), strings.Repeat("b", 64), "keys lead back to texts that can be guessed")
		require.NotContains(t, string(data), fmt.Sprintf("%064x", 3))

		was, err := runfile.Load(from, runfile.Full)
		require.NoError(t, err)
		is, err := runfile.Load(done[i].Path, runfile.Full)
		require.NoError(t, err)
		a, b := summary.Of(was, nil), summary.Of(is, nil)
		require.Equal(t, a.Graders, b.Graders)
		require.Equal(t, a.Usage, b.Usage)
		require.Equal(t, a.Confusion, b.Confusion)
		require.Equal(t, a.Errors, b.Errors)
		require.Equal(t, was.Header.Run, b.Redacted)
		require.Contains(t, string(data), `"any":["▒`)
		require.Contains(t, string(data), `"min":1.50`)
	}

	// The two can be compared, as they have one key, and with nothing else.
	open := func(path string) *runfile.Run {
		run, err := runfile.Load(path, runfile.Full)
		require.NoError(t, err)
		return run
	}
	again, _, err := runs.Redact([]string{base}, redact.Options{}, t.TempDir(), "test")
	require.NoError(t, err)
	var refusal *compare.Refusal
	_, err = compare.Compare(open(base), open(done[1].Path), compare.Options{})
	require.ErrorAs(t, err, &refusal)
	require.ErrorContains(t, err, "is redacted and the other is not")
	_, err = compare.Compare(open(again[0].Path), open(done[1].Path), compare.Options{})
	require.ErrorContains(t, err, "different keys")
	_, err = compare.Compare(open(done[0].Path), open(done[1].Path), compare.Options{})
	require.ErrorAs(t, err, &refusal)
	require.ErrorContains(t, err, "contains by different parameters", "as those of the runs they were made from")

	_, _, err = runs.Redact([]string{done[0].Path}, redact.Options{}, "", "test")
	require.ErrorContains(t, err, "redacted already")
	anew, _, err := runs.Redact([]string{base}, redact.Options{}, "", "test")
	require.NoError(t, err)
	require.Equal(t, done[0].Path, anew[0].Path, "it takes the place of the earlier one")
	require.NotNil(t, open(anew[0].Path).End)
}

// What the committed recordings say in Korean is gone from them, and what they
// come to is not. Names that are replaced sort otherwise, which tells in the last
// digits of what is summed up and drawn case by case.
func TestRedactRecordings(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "runs", "recorded", "*-v[34]-gemma-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, paths, 2)
	key := bytes.Repeat([]byte("k"), 32)
	done, _, err := runs.Redact(paths, redact.Options{Key: key}, t.TempDir(), "test")
	require.NoError(t, err)
	named, _, err := runs.Redact(paths, redact.Options{Key: key, KeepNames: true}, t.TempDir(), "test")
	require.NoError(t, err)
	var was, is, like []*runfile.Run
	for i, path := range paths {
		run, err := runfile.Load(path, runfile.Full)
		require.NoError(t, err)
		var texts []string
		for _, c := range run.Cases {
			texts = append(texts, c.Input)
		}
		for _, c := range run.Calls {
			texts = append(texts, c.Reply, c.Thinking)
		}
		data, err := os.ReadFile(done[i].Path)
		require.NoError(t, err)
		require.Empty(t, left(data, texts, func(piece []rune) bool {
			for _, c := range piece {
				if unicode.Is(unicode.Hangul, c) {
					return true
				}
			}
			return false
		}))
		redacted, err := runfile.Load(done[i].Path, runfile.Full)
		require.NoError(t, err)
		sameNames, err := runfile.Load(named[i].Path, runfile.Full)
		require.NoError(t, err)
		was, is, like = append(was, run), append(is, redacted), append(like, sameNames)
	}
	a, err := compare.Compare(was[0], was[1], compare.Options{})
	require.NoError(t, err)
	b, err := compare.Compare(is[0], is[1], compare.Options{})
	require.NoError(t, err)
	c, err := compare.Compare(like[0], like[1], compare.Options{})
	require.NoError(t, err)
	require.Equal(t, a.Graders, c.Graders)
	require.Equal(t, a.Verdict, b.Verdict)
	require.Equal(t, a.Confusion, b.Confusion)
	require.Len(t, b.Flips, len(a.Flips))
	for i, g := range b.Graders {
		require.Equal(t, a.Graders[i].Verdict, g.Verdict)
		require.InDelta(t, *a.Graders[i].Delta, *g.Delta, 1e-12)
	}
}
