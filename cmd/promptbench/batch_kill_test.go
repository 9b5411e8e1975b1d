package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// A gate holds up the server at a step until it is opened.
type gate struct {
	step    string
	reached chan struct{}
	open    chan struct{}
	once    sync.Once
}

func newGate(step string) *gate {
	return &gate{step: step, reached: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) pass(step string) {
	if step != g.step {
		return
	}
	g.once.Do(func() {
		close(g.reached)
		<-g.open
	})
}

// Killed at any step, a run is finished by the next one, and no request is in
// two batches.
func TestBatchRunThatIsKilled(t *testing.T) {
	t.Parallel()
	steps := []string{"upload", "uploaded", "create", "created", "poll", "download", "downloaded", "recording"}
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			n := 20
			if step == "recording" {
				n = 3000
			}
			dir := manyCases(t, n)
			g := newGate(step)
			opening := sync.OnceFunc(func() { close(g.open) })
			server := fakeopenai.New(question).Batches(nil, func(at string) {
				g.pass(at)
				if at == "listed" {
					opening()
				}
			})
			t.Cleanup(server.Close)
			command := func() *exec.Cmd { return runCommand(t, dir, server.URL(), "--batch") }
			first := command()
			require.NoError(t, first.Start())
			if step == "recording" {
				waitForCalls(t, dir, 200)
			} else {
				<-g.reached
			}
			require.NoError(t, first.Process.Kill())
			require.Error(t, first.Wait())
			if step != "create" { // there, the batch is made after the next run has looked for it
				opening()
			}
			out, err := command().CombinedOutput()
			require.NoError(t, err, "%s", out)
			run := newestRun(t, dir)
			require.Equal(t, runfile.Complete, run.Status())
			require.Len(t, run.Trials, n)
			require.Len(t, run.Calls, n)
			times := map[string]int{}
			for _, b := range server.SubmittedBatches() {
				for _, key := range b.Keys {
					times[key]++
				}
			}
			require.Len(t, times, n)
			for key, count := range times {
				require.Equal(t, 1, count, "request %s was handed in %d times", key, count)
			}
			if step == "recording" {
				require.Greater(t, run.End.Replayed, 100, "what the killed run has recorded is replayed")
			}
		})
	}
}

// waitForCalls waits until the only run in a directory has so many call lines.
func waitForCalls(t *testing.T, dir string, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			return
		}
		files, err := filepath.Glob(filepath.Join(dir, "runs", "*"+runfile.Ext))
		require.NoError(t, err)
		if len(files) == 0 {
			continue
		}
		data, err := os.ReadFile(files[0])
		require.NoError(t, err)
		if bytes.Count(data, []byte(`"kind":"call"`)) >= n {
			return
		}
	}
}

// Two processes that wait for the same batches would both hand in again what
// failed.
func TestOneProcessWaitsForTheBatches(t *testing.T) {
	t.Parallel()
	dir := manyCases(t, 2)
	g := newGate("poll")
	server := fakeopenai.New(question).Batches(nil, g.pass)
	t.Cleanup(server.Close)
	command := func() *exec.Cmd { return runCommand(t, dir, server.URL(), "--batch") }
	first := command()
	require.NoError(t, first.Start())
	<-g.reached
	out, err := command().CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "another process waits for the batches of v3 in runs")
	close(g.open)
	require.NoError(t, first.Wait())
	locks, err := filepath.Glob(filepath.Join(dir, "runs", "*.lock"))
	require.NoError(t, err)
	require.Empty(t, locks)
}

// An interrupt ends the waiting at once, since no call is lost by it.
func TestInterruptLeavesTheBatches(t *testing.T) {
	t.Parallel()
	skipWithoutInterrupts(t)
	dir := manyCases(t, 3)
	polled := make(chan struct{}, 16)
	server := fakeopenai.New(question).Batches(
		func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Polls: 1 << 30} },
		func(step string) {
			if step == "poll" {
				polled <- struct{}{}
			}
		})
	t.Cleanup(server.Close)
	cmd := runCommand(t, dir, server.URL(), "--batch")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	<-polled
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Equal(t, 1, exitCode(t, cmd.Wait()))
	require.Contains(t, stderr.String(), "stopping: the batches go on; "+
		"run it again with --batch to collect them, or with --batch --cancel to cancel them\n")
	require.Contains(t, stderr.String(), "the run of v3 is interrupted: 0 of 3 trials done and kept")
	run := newestRun(t, dir)
	require.Equal(t, runfile.Interrupted, run.Status())
	require.Len(t, server.SubmittedBatches(), 1)
}
