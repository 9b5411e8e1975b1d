package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// breaking answers v2 as the cases expect. In v3, those whose number ends in 0 or 5 break.
func breaking(r fakeopenai.Request) fakeopenai.Reply {
	number := strings.TrimSuffix(r.Input(), " 하기")
	switch {
	case strings.Contains(r.Messages[0].Content, "개정 2"):
		return fakeopenai.Text("<subtodos type='question'>\n1. 언제?\n</subtodos>")
	case strings.HasSuffix(number, "0") || strings.HasSuffix(number, "5"):
		return fakeopenai.Text(`{"subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`)
	}
	return question(r)
}

// withBaseline is a project of 200 cases with a baseline of v2.
func withBaseline(t *testing.T) (dir string) {
	t.Helper()
	server := fakeopenai.New(breaking).Forget()
	t.Cleanup(server.Close)
	dir = manyCases(t, 200)
	suite := filepath.Join(dir, "cases", "todos.yaml")
	data, err := os.ReadFile(suite)
	require.NoError(t, err)
	head, _, found := strings.Cut(string(data), "graders:\n")
	require.True(t, found)
	text := head + "graders: [case_type]\ncases: {file: many.jsonl}\n"
	require.NoError(t, os.WriteFile(suite, []byte(text), 0o600))
	out, err := command(t, dir, "run", "prompts/v2", "--base-url", server.URL(), "--model", "m").CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = command(t, dir, "baseline", "set", "prompts/v2").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// untilDecided is a run of v3 that stops once it is decided.
func untilDecided(t *testing.T, dir, url string, more ...string) *exec.Cmd {
	t.Helper()
	return runCommand(t, dir, url, append([]string{
		"--baseline", filepath.Join("runs", "baseline.jsonl"), "--until-decided", "--brief",
	}, more...)...)
}

// finish lets a run come to its end, which is regressed, and returns what it recorded.
func finish(t *testing.T, dir string, cmd *exec.Cmd) (decided string, run *runfile.Run) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	require.Equal(t, 3, exitCode(t, err), "%s", out)
	require.Contains(t, string(out), "v3 is worse than v2 at case_type, decided after 90 of 200 cases (45%).")
	run = newestRun(t, dir)
	require.Equal(t, runfile.Complete, run.Status())
	require.Len(t, run.Trials, 90)
	require.Len(t, run.Calls, 90, "no call beyond the look was made")
	data, err := json.Marshal(run.End.Decided)
	require.NoError(t, err)
	return string(data), run
}

// reference is what a run decides that nobody disturbs. It leaves no trace in the project.
func reference(t *testing.T, dir string) string {
	t.Helper()
	server := fakeopenai.New(breaking).Forget()
	defer server.Close()
	apart := t.TempDir()
	require.NoError(t, os.CopyFS(apart, os.DirFS(dir)))
	decided, _ := finish(t, apart, untilDecided(t, apart, server.URL()))
	require.Contains(t, decided, `{"verdict":"regressed","share":0.45,"look":8,"rule":1,"cases":90,"base":"`)
	return decided
}

// Killed in the middle, a run goes on to the same decision, and asks again only what
// was under way.
func TestUntilDecidedThatIsKilled(t *testing.T) {
	t.Parallel()
	const workers, killedAt = 4, 45
	dir := withBaseline(t)
	want := reference(t, dir)
	var mu sync.Mutex
	calls, reached, dead := 0, make(chan struct{}), make(chan struct{})
	server := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		mu.Lock()
		calls++
		is := calls
		mu.Unlock()
		if is == killedAt {
			close(reached)
		}
		if is >= killedAt {
			<-dead
		}
		return breaking(r)
	}).Forget()
	t.Cleanup(server.Close)
	first := untilDecided(t, dir, server.URL(), "--concurrency", "4")
	require.NoError(t, first.Start())
	<-reached
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	close(dead)

	decided, run := finish(t, dir, untilDecided(t, dir, server.URL(), "--concurrency", "4"))
	require.Equal(t, want, decided)
	require.GreaterOrEqual(t, run.End.Replayed, killedAt-workers-1)

	again, run := finish(t, dir, untilDecided(t, dir, server.URL(), "--offline"))
	require.Equal(t, want, again)
	require.Zero(t, run.End.Calls)
}

// Each look is a batch. Killed while one is waited for, the next run collects it and
// goes on.
func TestUntilDecidedInBatches(t *testing.T) {
	t.Parallel()
	dir := withBaseline(t)
	want := reference(t, dir)
	var mu sync.Mutex
	batches, reached, dead := 0, make(chan struct{}), make(chan struct{})
	server := fakeopenai.New(breaking).Batches(nil, func(step string) {
		mu.Lock()
		if step == "created" {
			batches++
		}
		is := batches
		mu.Unlock()
		if step == "created" && is == 3 {
			close(reached)
			<-dead
		}
	})
	t.Cleanup(server.Close)
	first := untilDecided(t, dir, server.URL(), "--batch")
	require.NoError(t, first.Start())
	<-reached
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	close(dead)

	decided, run := finish(t, dir, untilDecided(t, dir, server.URL(), "--batch"))
	require.Equal(t, want, decided)
	require.Equal(t, 30, run.End.Replayed, "the first two batches")
	var sizes []int
	for _, b := range server.SubmittedBatches() {
		sizes = append(sizes, len(b.Keys))
	}
	require.Equal(t, []int{20, 10, 10, 10, 10, 10, 10, 10}, sizes)
}
