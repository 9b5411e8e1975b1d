package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
	"promptbench/internal/verdict/blame"
)

// A world is a project whose prompt b has rules that a does not have. One of them makes a tenth of all cases fail that
// pass without it, a quarter fails anyway, and one reply in a hundred turns out otherwise by chance.
type world struct {
	seed, rules, harmful int
}

// share is a number in [0,1) of its own for each text.
func (w world) share(text string) float64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s", w.seed, text)
	return rand.New(rand.NewPCG(h.Sum64(), 1)).Float64()
}

func (w world) answer(r fakeopenai.Request) fakeopenai.Reply {
	fails := w.share("fails "+r.Input()) < 0.25
	isHit := w.share("hit "+r.Input()) < 0.10/0.75
	if isHit && strings.Contains(r.Messages[0].Content, fmt.Sprintf("규칙 %d:", w.harmful)) {
		fails = true
	}
	if w.share("chance "+string(r.Body)) < 0.01 {
		fails = !fails
	}
	if fails {
		return fakeopenai.Text(`{"subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`)
	}
	return question(r)
}

// project writes the world's prompts, and a suite of so many cases.
func (w world) project(t *testing.T, cases int) (dir string) {
	t.Helper()
	dir = manyCases(t, cases)
	suite := filepath.Join(dir, "cases", "todos.yaml")
	data, err := os.ReadFile(suite)
	require.NoError(t, err)
	head, _, found := strings.Cut(string(data), "graders:\n")
	require.True(t, found)
	require.NoError(t, os.WriteFile(suite, []byte(head+"graders: [case_type]\ncases: {file: many.jsonl}\n"), 0o600))
	rules := ""
	for _, name := range []string{"a", "b"} {
		if name == "b" {
			for k := range w.rules {
				rules += fmt.Sprintf("      - 규칙 %d: 지켜 주세요.\n", k+1)
			}
		}
		text := "messages:\n  - role: system\n    content: |-\n      할 일을 나눕니다.\n      - 바탕 규칙입니다.\n" + rules +
			"  - {role: user, content: \"{{input}}\"}\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "prompts", name+".prompt.yml"), []byte(text), 0o600))
	}
	return dir
}

func blameCommand(t *testing.T, dir, url string, more ...string) *exec.Cmd {
	t.Helper()
	return command(t, dir, append([]string{
		"blame", "prompts/a", "prompts/b", "--base-url", url, "--model", "m", "--format", "json", "--quiet",
	}, more...)...)
}

// blamed is the result of a search that came to its end.
func blamed(t *testing.T, cmd *exec.Cmd) blame.Result {
	t.Helper()
	out, err := cmd.Output()
	require.NoError(t, err, "%s", out)
	var r blame.Result
	require.NoError(t, json.Unmarshal(out, &r))
	return r
}

// Through the command, in three worlds: the rule that does harm is named, and confirmed.
func TestBlameNamesWhatDoesHarm(t *testing.T) {
	t.Parallel()
	for _, w := range []world{{1, 4, 3}, {2, 6, 1}, {3, 8, 7}} {
		t.Run(fmt.Sprintf("%d rules", w.rules), func(t *testing.T) {
			t.Parallel()
			server := fakeopenai.New(w.answer).Forget()
			t.Cleanup(server.Close)
			r := blamed(t, blameCommand(t, w.project(t, 168), server.URL()))
			require.Len(t, r.Hunks, w.rules)
			require.Equal(t, w.harmful-1, r.Named(), "%+v", r.Hunks)
			require.Equal(t, blame.Worse, r.Hunks[r.Named()].Verdict)
			require.True(t, r.Confirmed.Confirmed, "%+v", r.Confirmed)
			require.Equal(t, 4*168, r.Calls)
			require.Equal(t, 168, r.Confirmed.Calls)
		})
	}
}

// Killed at twenty random moments, a search comes to the same result, and asks again only what was under way.
func TestBlameThatIsKilled(t *testing.T) {
	t.Parallel()
	const workers, kills, cases = 4, 20, 100
	w := world{seed: 3, rules: 4, harmful: 2}
	calm := fakeopenai.New(w.answer).Forget()
	t.Cleanup(calm.Close)
	dir := w.project(t, cases)
	apart := t.TempDir()
	require.NoError(t, os.CopyFS(apart, os.DirFS(dir)))
	want := blamed(t, blameCommand(t, apart, calm.URL()))
	require.Equal(t, 4*cases, want.Calls)
	require.Equal(t, cases, want.Confirmed.Calls)

	random := rand.New(rand.NewPCG(3, 3))
	var mu sync.Mutex
	calls, killAt := 0, 0
	var reached, dead chan struct{}
	server := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		mu.Lock()
		calls++
		is, at, until := calls, killAt, dead
		if is == at {
			close(reached)
		}
		mu.Unlock()
		if is >= at {
			<-until
		}
		return w.answer(r)
	}).Forget()
	t.Cleanup(server.Close)
	for range kills {
		mu.Lock()
		killAt = calls + 1 + random.IntN(40)
		reached, dead = make(chan struct{}), make(chan struct{})
		mu.Unlock()
		cmd := blameCommand(t, dir, server.URL(), "--concurrency", fmt.Sprint(workers))
		require.NoError(t, cmd.Start())
		<-reached
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		close(dead)
	}
	mu.Lock()
	killAt = 1 << 30
	mu.Unlock()
	got := blamed(t, blameCommand(t, dir, server.URL(), "--concurrency", fmt.Sprint(workers)))
	require.LessOrEqual(t, calls, 5*cases+kills*(workers+1), "only what was under way is asked again")
	for _, r := range []*blame.Result{&want, &got} {
		r.Run, r.Calls, r.Replayed, r.Confirmed.Run, r.Confirmed.Calls = "", 0, 0, "", 0
	}
	require.Equal(t, want, got)
	require.True(t, slices.ContainsFunc(got.Hunks, func(e blame.Effect) bool { return e.Verdict == blame.Worse }))
}
