package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// An interrupted is a run against a server that holds its replies back.
type interrupted struct {
	cmd     *exec.Cmd
	dir     string
	stdout  bytes.Buffer
	stderr  *bufio.Reader
	arrived chan struct{} // a request is being held
	release func()        // lets the server answer from here on
}

func startInterrupted(t *testing.T) *interrupted {
	t.Helper()
	skipWithoutInterrupts(t)
	released := make(chan struct{})
	r := &interrupted{
		dir: copyProject(t), arrived: make(chan struct{}, 16), release: sync.OnceFunc(func() { close(released) }),
	}
	server := fakeopenai.New(func(request fakeopenai.Request) fakeopenai.Reply {
		r.arrived <- struct{}{}
		<-released
		return question(request)
	})
	t.Cleanup(server.Close)
	t.Cleanup(r.release) // first, else Close would wait for the replies

	r.cmd = runCommand(t, r.dir, server.URL(), "--concurrency", "2")
	r.cmd.Stdout = &r.stdout
	pipe, err := r.cmd.StderrPipe()
	require.NoError(t, err)
	r.stderr = bufio.NewReader(pipe)
	require.NoError(t, r.cmd.Start())
	for range 2 {
		<-r.arrived
	}
	return r
}

// interrupt sends the signal as Ctrl-C does.
func (r *interrupted) interrupt(t *testing.T) {
	t.Helper()
	r.send(t, os.Interrupt)
}

func (r *interrupted) send(t *testing.T, s os.Signal) {
	t.Helper()
	require.NoError(t, r.cmd.Process.Signal(s))
}

// end waits for the process, and returns its exit code, what it wrote to the
// error stream from here on, and its run.
func (r *interrupted) end(t *testing.T) (code int, stderr string, run *runfile.Run) {
	t.Helper()
	rest, err := io.ReadAll(r.stderr)
	require.NoError(t, err)
	code = exitCode(t, r.cmd.Wait())
	files, err := filepath.Glob(filepath.Join(r.dir, "runs", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1, "the run file, and no lock that was left behind")
	run, err = runfile.Load(files[0], runfile.Full)
	require.NoError(t, err)
	return code, string(rest), run
}

func TestInterruptFinishesTheCallsUnderWay(t *testing.T) {
	t.Parallel()
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			finishesTheCallsUnderWay(t, s)
		})
	}
}

func finishesTheCallsUnderWay(t *testing.T, s os.Signal) {
	t.Helper()
	r := startInterrupted(t)
	r.send(t, s)
	line, err := r.stderr.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "stopping after the calls in flight; interrupt again to drop them\n", line)
	r.release()

	code, stderr, run := r.end(t)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "promptbench: the run of v3 is interrupted: 2 of 6 trials done and kept; run the same command again to finish it\n")
	require.True(t, strings.HasPrefix(r.stdout.String(), "2 of "), "the summary is printed: %s", r.stdout.String())
	require.Contains(t, r.stdout.String(), "This run was interrupted.")
	require.NotNil(t, run.End)
	require.Equal(t, runfile.Interrupted, run.End.Status)
	require.Len(t, run.Trials, 2)
	require.Equal(t, 2, run.End.Calls)
}

func TestSecondInterruptDropsTheCallsUnderWay(t *testing.T) {
	t.Parallel()
	r := startInterrupted(t)
	r.interrupt(t)
	_, err := r.stderr.ReadString('\n')
	require.NoError(t, err)
	r.interrupt(t)

	code, stderr, run := r.end(t)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "the run of v3 is interrupted: 0 of 6 trials done")
	require.NotNil(t, run.End)
	require.Equal(t, runfile.Interrupted, run.End.Status)
	require.Empty(t, run.Trials)
	require.Empty(t, run.Calls)
}
