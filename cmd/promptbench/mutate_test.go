package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
	"promptbench/internal/verdict/mutation"
)

// Killed at random moments, a test of mutants comes to the same result, and asks again only what was under way.
func TestMutateThatIsKilled(t *testing.T) {
	t.Parallel()
	const workers, kills, cases = 4, 6, 60
	w := world{seed: 3, rules: 2, harmful: 2}
	mutate := func(dir, url string) *exec.Cmd {
		return command(t, dir, "mutate", "prompts/b", "--base-url", url, "--model", "m", "--format", "json", "--quiet",
			"--concurrency", fmt.Sprint(workers))
	}
	result := func(cmd *exec.Cmd) (r mutation.Result) {
		out, err := cmd.Output()
		require.NoError(t, err, "%s", out)
		require.NoError(t, json.Unmarshal(out, &r))
		return r
	}
	calm := fakeopenai.New(w.answer).Forget()
	t.Cleanup(calm.Close)
	dir := w.project(t, cases)
	apart := t.TempDir()
	require.NoError(t, os.CopyFS(apart, os.DirFS(dir)))
	want := result(mutate(apart, calm.URL()))

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
		killAt = calls + 1 + random.IntN(30)
		reached, dead = make(chan struct{}), make(chan struct{})
		mu.Unlock()
		cmd := mutate(dir, server.URL())
		require.NoError(t, cmd.Start())
		<-reached
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		close(dead)
	}
	mu.Lock()
	killAt = 1 << 30
	mu.Unlock()
	got := result(mutate(dir, server.URL()))
	require.LessOrEqual(t, calls, want.Calls+kills*(workers+1), "only what was under way is asked again")
	for _, r := range []*mutation.Result{&want, &got} {
		r.Run, r.Calls, r.Replayed = "", 0, 0
		for _, list := range [][]mutation.Outcome{r.Mutants, r.Controls.Runs} {
			for i := range list {
				list[i].Run, list[i].Calls = "", 0
			}
		}
	}
	require.Equal(t, want, got)
}
