package label_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/label"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 5, time.UTC)

func criteria() []graders.Criterion {
	return []graders.Criterion{
		{
			ID: "concrete", Question: "구체적인가?", Options: []string{"yes", "no", "unsure"}, Pass: []string{"yes"},
			AppliesTo: []string{"answer"},
		},
		{
			ID: "order", Question: "차례대로인가?", Options: []string{"1", "2"}, Pass: []string{"2"},
			Anchors: map[string]string{"1": "뒤죽박죽", "2": "차례대로"}, AppliesTo: []string{"answer"},
		},
		{
			ID: "refusal", Question: "거절인가?", Options: []string{"yes", "no"}, Pass: []string{"yes"},
			AppliesTo: []string{"invalid"},
		},
	}
}

// replies returns replies of two revisions. The last one is equal in both.
func replies() []label.Reply {
	var out []label.Reply
	for _, revision := range []string{"v3", "v4"} {
		for i := range 6 {
			out = append(out, label.Reply{
				Case: fmt.Sprintf("case-%d", i), Expected: []string{"answer", "invalid"}[i%2], Input: fmt.Sprintf("입력 %d", i),
				Text: fmt.Sprintf("%s의 답 %d", revision, i), Type: "answer", Items: []string{"예약하기"},
			})
		}
		out = append(out, label.Reply{Case: "same", Expected: "answer", Input: "치과", Text: "1. 가기"})
	}
	return out
}

func order(list []label.Question) (out []string) {
	for _, q := range list {
		out = append(out, q.Criterion.ID+" "+q.Reply.Text)
	}
	return out
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	list := label.Questions(replies(), criteria(), 1)
	require.Len(t, list, 6*2+6+2, "two questions about an answer, one about a refusal, none twice")
	backwards := replies()
	slices.Reverse(backwards)
	require.Equal(t, order(list), order(label.Questions(backwards, criteria(), 1)), "the order of the runs does not show")
	require.NotEqual(t, order(list), order(label.Questions(replies(), criteria(), 2)))
	for i, q := range list {
		require.Contains(t, q.Criterion.AppliesTo, q.Reply.Expected)
		if q.Criterion.ID == "order" {
			require.Equal(t, list[i-1].Reply, q.Reply, "the questions about a reply stand together")
		}
	}
}

// answerAll answers every open question with the same word.
func answerAll(s *label.Session, a label.Answer) (labels []label.Label) {
	for {
		if _, ok := s.Current(); !ok {
			return labels
		}
		labels = append(labels, s.Answer(a, noon))
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	list := label.Questions(replies(), criteria(), 1)
	s := label.NewSession("todos", "kim", list, nil)
	first, ok := s.Current()
	require.True(t, ok)
	_, ok = s.Undo(noon)
	require.False(t, ok, "there is nothing to take back")

	file := []label.Label{s.Answer(label.Yes, noon), s.Answer(label.No, noon)}
	require.Equal(t, noon.Truncate(time.Second), file[0].At)
	require.Equal(t, [5]string{"label", "todos", first.Criterion.ID, first.Reply.Case, "kim"},
		[5]string{file[0].Kind, file[0].Suite, file[0].Criterion, file[0].Case, file[0].Labeller})
	third, _ := s.Current()
	undone, ok := s.Undo(noon)
	require.True(t, ok)
	require.Equal(t, label.Withdrawn, undone.Answer)
	second, _ := s.Current()
	require.Equal(t, list[1], second)
	file = append(file, undone, s.Answer(label.Unsure, noon))
	now, _ := s.Current()
	require.Equal(t, third, now)
	require.Equal(t, []label.Answer{label.Yes, label.Unsure}, answers(label.Latest(file)))

	// Another day: it goes on after what is answered, and can still take that back.
	s = label.NewSession("todos", "kim", list, file)
	now, _ = s.Current()
	require.Equal(t, third, now)
	_, ok = s.Undo(noon)
	require.True(t, ok)
	now, _ = s.Current()
	require.Equal(t, second, now)

	// Somebody else starts at the beginning.
	s = label.NewSession("todos", "lee", list, file)
	now, _ = s.Current()
	require.Equal(t, first, now)
	require.Len(t, answerAll(s, label.No), len(list))
	answered, all := s.Progress()
	require.Equal(t, [2]int{len(list), len(list)}, [2]int{answered, all})

	// A changed question has no answer yet.
	changed := criteria()
	changed[0].Question = "정말 구체적인가?"
	s = label.NewSession("todos", "kim", label.Questions(replies(), changed, 1), file)
	now, _ = s.Current()
	require.Equal(t, "concrete", now.Criterion.ID)
}

func answers(labels []label.Label) (out []label.Answer) {
	for _, l := range labels {
		out = append(out, l.Answer)
	}
	return out
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "labels")
	none, err := label.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, none)
	path := filepath.Join(dir, label.FileName("할일", "김/민 <kim>"))
	require.Equal(t, "할일-김-민--kim.jsonl", filepath.Base(path))
	want := answerAll(label.NewSession("todos", "kim", label.Questions(replies(), criteria(), 1), nil), label.Yes)
	for _, part := range [][]label.Label{want[:3], want[3:]} {
		f, err := label.Append(path)
		require.NoError(t, err)
		for _, l := range part {
			require.NoError(t, f.Add(l))
		}
		require.NoError(t, f.Close())
	}
	got, err := label.ReadDir(dir)
	require.NoError(t, err)
	require.Equal(t, want, got)

	// A kill tears the last line at most; it is passed over, and then taken away.
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(slices.Clone(whole), `{"kind":"label","sui`...), 0o600))
	got, err = label.Read(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
	f, err := label.Append(path)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	mended, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(whole), string(mended))

	for line, message := range map[string]string{
		`{"kind":"label","criterion":"a","question_hash":"b","text_hash":"c","labeller":"d","label":"maybe"}`: "" +
			`.jsonl:1: "maybe" is no label`,
		`{"kind":"label","label":"yes"}`: ".jsonl:1: a label says its criterion",
		`nonsense`:                       "line 1 is not a record",
	} {
		require.NoError(t, os.WriteFile(path, []byte(line+"\n"), 0o600))
		_, err := label.Read(path)
		require.ErrorContains(t, err, message)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	r := label.Reply{
		Case: "secret-case", Expected: "answer", Input: "치과 👨‍👩‍👧\x1b[2J", Type: "answer", Items: []string{"예약하기\x07"},
		Text: "1. 예약하기\n\u202e" + strings.Repeat("아주 긴 줄 ", 20),
	}
	list := label.Questions([]label.Reply{r}, criteria(), 1)
	s := label.NewSession("todos", "kim", list, nil)
	var b strings.Builder
	require.NoError(t, s.Show(&b, list[1], 40, 0))
	out := b.String()
	require.Contains(t, out, "── 1 of 2 ──")
	require.Contains(t, out, "  order: 차례대로인가?\n  1, no: 뒤죽박죽\n  2, yes: 차례대로\n"+label.Keys)
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\u202e")
	require.NotContains(t, out, "secret-case", "an id may hint at what is expected")
	for line := range strings.SplitSeq(out, "\n") {
		require.LessOrEqual(t, len([]rune(line)), 60)
	}

	// What is asked fits on a small screen, whatever the length of the reply.
	b.Reset()
	require.NoError(t, s.Show(&b, list[1], 40, 18))
	require.Equal(t, 17, strings.Count(b.String(), "\n"))
	require.Regexp(t, `(?s)── 1 of 2 ──.*\n  1\. 예약하기\n.*  … [0-9]+ more lines \(m shows all\)\nread as answer`, b.String())
	require.Contains(t, b.String(), label.Keys)
}

// A draw is an order that its runs alone decide, recorded in the label file before the labels.
func TestDraw(t *testing.T) {
	t.Parallel()
	names := func() []string { return []string{"a", "b", "c", "d", "e", "f", "g", "h"} }
	sorted := func(list []string, runs ...string) []string {
		label.Sort(label.Draw{Runs: runs}, list, func(s string) string { return s })
		return list
	}
	backwards := names()
	slices.Reverse(backwards)
	order := sorted(names(), "run-1")
	require.Equal(t, order, sorted(backwards, "run-1"))
	require.NotEqual(t, names(), order)
	require.NotEqual(t, order, sorted(names(), "run-1", "run-2"))
	fewer := slices.DeleteFunc(slices.Clone(order), func(s string) bool { return s == order[0] })
	require.Equal(t, fewer, sorted(slices.Clone(fewer), "run-1"), "a case less leaves the others in order")

	// Over many runs, every case is as often the first: 125 times in 1,000, give or take
	// four standard errors.
	first := map[string]int{}
	for i := range 1000 {
		first[sorted(names(), fmt.Sprintf("run-%d", i))[0]]++
	}
	for _, name := range names() {
		require.InDelta(t, 125, first[name], 42, name)
	}

	dir := t.TempDir()
	path := filepath.Join(dir, "todos-kim.jsonl")
	draw := label.Draw{Kind: label.KindDraw, Suite: "todos", Runs: []string{"run-1"}, Sample: 30, Labeller: "kim", At: noon.UTC()}
	f, err := label.Append(path)
	require.NoError(t, err)
	require.NoError(t, f.Keep(&draw))
	require.NoError(t, f.Keep(&draw), "once")
	require.NoError(t, f.Keep(nil))
	want := label.NewSession("todos", "kim", label.Questions(replies(), criteria(), 1), nil).Answer(label.Yes, noon)
	require.NoError(t, f.Add(want))
	require.NoError(t, f.Close())
	draws, err := label.ReadDraws(dir)
	require.NoError(t, err)
	require.Equal(t, []label.Draw{draw}, draws)
	labels, err := label.ReadDir(dir)
	require.NoError(t, err)
	require.Equal(t, []label.Label{want}, labels)

	smaller, larger, other, lee := draw, draw, draw, draw
	smaller.Sample, larger.Sample, other.Runs, lee.Labeller = 12, 60, []string{"run-2"}, "lee"
	require.True(t, draw.Covers(smaller))
	for _, d := range []label.Draw{larger, other, lee} {
		require.False(t, draw.Covers(d))
	}
	require.NoError(t, os.WriteFile(path, []byte(`{"kind":"draw","sample":3}`+"\n"), 0o600))
	_, err = label.ReadDraws(dir)
	require.ErrorContains(t, err, "todos-kim.jsonl:1: a draw says the runs that it is from")
	require.NoError(t, os.WriteFile(path, []byte(`{"kind":"draw","runs":["run-1"],"sample":-3}`+"\n"), 0o600))
	_, err = label.ReadDraws(dir)
	require.ErrorContains(t, err, "todos-kim.jsonl:1: a draw of -3 cases")
}

// A guide picks what is asked next, given the answers so far.
func TestGuidedSession(t *testing.T) {
	t.Parallel()
	list := label.Questions(replies(), criteria(), 1)
	for i := range list {
		list[i].Drawn = label.AsUseful
	}
	var seen []int
	s := label.NewGuidedSession("todos", "kim", list, nil, func(given []label.Label) (label.Question, bool) {
		given = label.Latest(given)
		seen = append(seen, len(given))
		return list[len(list)-1-len(given)], len(given) < 3
	})
	now, ok := s.Current()
	require.True(t, ok)
	require.Equal(t, list[len(list)-1], now)
	require.Equal(t, label.AsUseful, s.Answer(label.Yes, noon).Drawn)
	s.Answer(label.No, noon)
	undone, ok := s.Undo(noon)
	require.True(t, ok)
	require.Equal(t, label.Withdrawn, undone.Answer)
	now, _ = s.Current()
	require.Equal(t, list[len(list)-2], now, "it asks that question again")
	s.Answer(label.Yes, noon)
	s.Answer(label.Yes, noon)
	_, ok = s.Current()
	require.False(t, ok)
	require.Equal(t, []int{0, 1, 2, 2, 3}, seen)
	answered, all := s.Progress()
	require.Equal(t, [2]int{3, len(list)}, [2]int{answered, all})
}

// One process writes a file at a time, and the file of one person takes no labels of another.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "labels", "todos-kim.jsonl")
	f, err := label.AppendOwn(path, "kim")
	require.NoError(t, err)
	_, err = label.Append(path)
	require.ErrorContains(t, err, "another promptbench writes these labels")
	require.NoError(t, f.Add(label.NewSession("todos", "kim", label.Questions(replies(), criteria(), 1), nil).Answer(label.Yes, noon)))
	require.NoError(t, f.Close())
	_, err = label.AppendOwn(path, "Kim?")
	require.ErrorContains(t, err, `it has the labels of "kim"`)
	f, err = label.AppendOwn(path, "kim")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "no lock stays behind")
}

// A question can be asked out of order, and again.
func TestSessionAsksOneQuestion(t *testing.T) {
	t.Parallel()
	list := label.Questions(replies(), criteria(), 1)
	s := label.NewSession("todos", "kim", list, nil)
	require.False(t, s.Ask(label.Key{Question: "x"}))
	require.True(t, s.Ask(list[3].Key()))
	given := []label.Label{s.Answer(label.Yes, noon)}
	now, _ := s.Current()
	require.Equal(t, list[0], now, "the first open one is next")
	s = label.NewSession("todos", "kim", list, given)
	require.True(t, s.Ask(list[3].Key()))
	given = append(given, s.Answer(label.No, noon))
	require.Equal(t, []label.Answer{label.No}, answers(label.Latest(given)))
}
