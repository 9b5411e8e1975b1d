package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// A watching is a real watch of the test project, its output read line by line.
type watching struct {
	cmd   *exec.Cmd
	dir   string
	lines *bufio.Scanner
	errs  lockedBuffer

	mu    sync.Mutex
	asked []string      // inputs, in order
	held  chan struct{} // what a reply waits for; nil: nothing
}

// A lockedBuffer may be read while it is written to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startWatch begins a watch with one call at a time, so that the order shows. The
// model answers a case with a question, unless the prompt says 정답.
func startWatch(t *testing.T, args ...string) *watching {
	t.Helper()
	skipWithoutInterrupts(t)
	w := &watching{dir: copyProject(t)}
	server := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		w.mu.Lock()
		w.asked = append(w.asked, r.Input())
		held := w.held
		w.mu.Unlock()
		if held != nil {
			<-held
		}
		typ := "question"
		if strings.Contains(r.Messages[0].Content, "정답") && strings.Contains(r.Input(), "치과") {
			typ = "answer"
		}
		return fakeopenai.Text(`{"subtodos":{"type":"` + typ + `",` +
			`"content":[{"subtodoContent":"언제 할까요?"},{"subtodoContent":"누구와 할까요?"}]}}`)
	})
	t.Cleanup(server.Close)
	args = append([]string{"watch", "prompts/v3", "--base-url", server.URL(), "--model", "m", "--concurrency", "1"}, args...)
	w.cmd = command(t, w.dir, args...)
	w.cmd.Stderr = &w.errs
	pipe, err := w.cmd.StdoutPipe()
	require.NoError(t, err)
	w.lines = bufio.NewScanner(pipe)
	require.NoError(t, w.cmd.Start())
	return w
}

// until reads on to a line that holds text, and returns what was read.
func (w *watching) until(t *testing.T, text string) string {
	t.Helper()
	var read strings.Builder
	for w.lines.Scan() {
		read.WriteString(w.lines.Text() + "\n")
		if strings.Contains(w.lines.Text(), text) {
			return read.String()
		}
	}
	require.Fail(t, "the output ended", "without %q:\n%s\n%s", text, read.String(), w.errs.String())
	return ""
}

// block reads one save.
func (w *watching) block(t *testing.T) string {
	t.Helper()
	return w.until(t, "waiting for a save")
}

// untilAsked waits for the first request.
func (w *watching) untilAsked(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.asked) == 1
	}, time.Minute, time.Millisecond)
}

// untilSaid waits for text on the error stream.
func (w *watching) untilSaid(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(w.errs.String(), text) }, time.Minute, time.Millisecond)
}

// since returns the inputs that were asked since this was last called.
func (w *watching) since() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.asked
	w.asked = nil
	return out
}

func (w *watching) hold() (release func()) {
	held := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = held
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.held = nil
		close(held)
	})
}

func (w *watching) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// replace changes a file as many editors do: they write another and rename it.
func (w *watching) replace(t *testing.T, name, old, text string) {
	t.Helper()
	data, err := os.ReadFile(w.path(name))
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	temp := w.path(name) + "~"
	require.NoError(t, os.WriteFile(temp, []byte(strings.Replace(string(data), old, text, 1)), 0o600))
	require.NoError(t, os.Rename(temp, w.path(name)))
}

// end interrupts the watch, which is the way to end it: exit code 0, and whole run
// files, which it returns.
func (w *watching) end(t *testing.T) []*runfile.Run {
	t.Helper()
	require.NoError(t, w.cmd.Process.Signal(os.Interrupt))
	return w.ended(t)
}

// ended is what end returns, of a watch that ends by itself.
func (w *watching) ended(t *testing.T) []*runfile.Run {
	t.Helper()
	for w.lines.Scan() { // to the end, as the process may still write
	}
	require.NoError(t, w.cmd.Wait(), w.errs.String())
	files, err := filepath.Glob(w.path("runs/*"))
	require.NoError(t, err)
	runs := make([]*runfile.Run, len(files))
	for i, file := range files {
		runs[i], err = runfile.Load(file, runfile.Full)
		require.NoError(t, err)
		require.NotNil(t, runs[i].End, file)
	}
	return runs
}

func TestWatchRunsWhatFailedFirstAtEachSave(t *testing.T) {
	t.Parallel()
	w := startWatch(t, "--base", "prompts/v2")
	first := w.block(t)
	require.Contains(t, first, "· at the start\n12 calls to make · 0 of 12 replies replayed\n", "the base has no run yet, so it is run as well")
	require.Contains(t, first, "prompts/v2 has no complete run with these contents on this suite and model, so it runs as well\n")
	require.Contains(t, first, "No case flips at case_type")
	require.Contains(t, first, "v3 is better than v2 at format.")
	require.Len(t, w.since(), 12)

	w.replace(t, "prompts/v3.prompt.yml", "개정 3.", "개정 3. 정답.")
	second := w.block(t)
	require.Contains(t, second, "saved prompts/v3.prompt.yml\n6 calls to make · about ")
	require.Contains(t, second, "· 0 of 6 replies replayed · first 4 cases that failed or changed\n")
	require.Contains(t, second, "Since the last save 0 cases newly fail a grader, 1 newly passes one.\n")
	require.Regexp(t, `dentist +answer +question → answer\n  fixed case_type · 내일 오전 10시에 치과 가기\n`, second)
	require.Contains(t, second, "6 cases paired · model m (local)\n")
	asked := w.since()
	require.Equal(t, []string{"내일 오전 10시에 치과 가기", "금요일까지 ＡＢＣ 보고서 제출 📄", "파이썬 스크립트 짜줘", "안녕하세요"}, asked[:4], "those that failed")
	require.Len(t, asked, 6)

	// The suite: what it expects takes no call, a new case takes one, and is first.
	w.replace(t, "cases/todos.yaml", "cases:\n", "cases:\n  - {id: new, input: 새 할 일, expect: {type: question}}\n")
	third := w.block(t)
	require.Contains(t, third, "saved cases/todos.yaml\n1 call to make · ")
	require.Contains(t, third, "· 6 of 7 replies replayed ·")
	require.Equal(t, []string{"새 할 일"}, w.since())

	for _, run := range w.end(t) {
		require.Equal(t, runfile.Complete, run.End.Status)
	}
}

func TestWatchFollowsTheTextOfAMessage(t *testing.T) {
	t.Parallel()
	w := startWatch(t)
	w.block(t)
	w.since()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(w.path(name)), 0o700))
		require.NoError(t, os.WriteFile(w.path(name), []byte(text), 0o600))
	}
	write("prompts/parts/system.md", "개정 4.")
	write("prompts/v3.prompt.yml", "replyFormat: json\nmessages:\n  - {role: system, file: parts/system.md}\n"+
		"  - {role: user, content: '{{input}}'}\n")
	require.Contains(t, w.block(t), "saved prompts/v3.prompt.yml\n6 calls to make")
	w.replace(t, "prompts/parts/system.md", "개정 4.", "개정 4. 정답.")
	require.Contains(t, w.block(t), "saved prompts/parts/system.md\n6 calls to make")
	w.end(t)
}

func TestWatchWaitsWhereASaveIsBroken(t *testing.T) {
	t.Parallel()
	w := startWatch(t)
	w.block(t)
	w.since()
	good, err := os.ReadFile(w.path("prompts/v3.prompt.yml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.path("prompts/v3.prompt.yml"), append(good, "mesages: [\n"...), 0o600)) // in place
	broken := w.block(t)
	require.Contains(t, broken, "prompts/v3.prompt.yml:12:1: syntax error")
	require.NotContains(t, broken, "grader")
	require.NoError(t, os.Remove(w.path("prompts/v3.prompt.yml")))
	require.Contains(t, w.block(t), "no prompt prompts/v3, with or without .prompt.yml; ")
	require.NoError(t, os.WriteFile(w.path("prompts/v3.prompt.yml"), good, 0o600))
	require.Contains(t, w.block(t), "no call to make · 6 of 6 replies replayed")
	require.Empty(t, w.since())
	w.end(t)
}

func TestASaveWhileARunIsGoingOnBeginsAnew(t *testing.T) {
	t.Parallel()
	w := startWatch(t)
	w.block(t)
	w.since()
	release := w.hold()
	t.Cleanup(release)
	w.replace(t, "prompts/v3.prompt.yml", "개정 3.", "개정 3-1.")
	w.until(t, "6 calls to make")
	w.untilAsked(t)
	w.replace(t, "prompts/v3.prompt.yml", "개정 3-1.", "개정 3-2.")
	w.untilSaid(t, "saved again: ")
	release()
	stopped := w.block(t)
	require.Contains(t, stopped, "the run of v3 was stopped: 1 of 6 trials done and kept\nstopped; finished replies are kept\n")
	require.Contains(t, stopped, "saved prompts/v3.prompt.yml\n6 calls to make")
	runs := w.end(t)
	var status []runfile.Status
	for _, run := range runs {
		status = append(status, run.End.Status)
	}
	require.ElementsMatch(t, []runfile.Status{runfile.Complete, runfile.Interrupted, runfile.Complete}, status)
}

func TestAnInterruptEndsAWatchAndKeepsWhatWasPaidFor(t *testing.T) {
	t.Parallel()
	w := startWatch(t)
	release := w.hold()
	t.Cleanup(release)
	w.until(t, "6 calls to make")
	w.untilAsked(t)
	require.NoError(t, w.cmd.Process.Signal(os.Interrupt))
	w.untilSaid(t, "stopping after the calls in flight")
	release()
	runs := w.ended(t)
	require.Len(t, runs, 1)
	require.Len(t, runs[0].Trials, 1, "the call under way is finished, no other begins")
	require.Equal(t, 1, runs[0].End.Calls)
	require.Equal(t, runfile.Interrupted, runs[0].End.Status)
}

func TestWatchKeepsToItsBudgetOverAllSaves(t *testing.T) {
	t.Parallel()
	w := startWatch(t, "--max-calls", "6")
	w.block(t)
	require.Len(t, w.since(), 6)
	w.replace(t, "prompts/v3.prompt.yml", "개정 3.", "개정 3-1.")
	require.Contains(t, w.block(t), "promptbench: --max-calls or --max-cost is used up by earlier saves, and this save needs calls; ")
	w.replace(t, "cases/todos.yaml", "min: 2, max: 5", "min: 2, max: 6")
	w.block(t)
	require.Empty(t, w.since())
	require.Len(t, w.end(t), 1, "what was not begun leaves no file")
}
