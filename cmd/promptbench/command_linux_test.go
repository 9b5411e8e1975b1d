package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// hangingGrader writes its number and never answers.
const hangingGrader = `import os, time
input()
print('{"protocol": 1, "name": "hangs"}')
input()
with open("pid.new", "w") as f:
    f.write(str(os.getpid()))
os.rename("pid.new", "pid")
time.sleep(600)
`

// Whatever ends promptbench, a grader that hangs does not stay behind.
func TestNoGraderIsLeftBehind(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here; install it")
	}
	for name, signal := range map[string]os.Signal{"run": os.Interrupt, "killed": syscall.SIGKILL, "regrade": os.Interrupt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/project")))
			server := fakeopenai.New(question)
			t.Cleanup(server.Close)
			args := []string{"run", "prompts/v3", "--base-url", server.URL(), "--model", "m"}
			if name == "regrade" {
				first := exec.CommandContext(t.Context(), "promptbench", args...)
				first.Dir = dir
				out, err := first.CombinedOutput()
				require.NoError(t, err, "%s", out)
				args = []string{"regrade", "prompts/v3"}
			}
			suite := filepath.Join(dir, "cases", "todos.yaml")
			data, err := os.ReadFile(suite)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(suite, []byte(strings.Replace(string(data), "  - format\n", "  - command: {run: [python3, hangs.py], timeout: 10m}\n", 1)), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "cases", "hangs.py"), []byte(hangingGrader), 0o600))

			cmd := exec.CommandContext(t.Context(), "promptbench", args...)
			cmd.Dir = dir
			stderr, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			pid := filepath.Join(dir, "cases", "pid")
			require.Eventually(t, func() bool { _, err := os.Stat(pid); return err == nil }, time.Minute, 5*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(signal))
			if name == "run" { // which finishes what is under way, until it is told again
				line, err := bufio.NewReader(stderr).ReadString('\n')
				require.NoError(t, err)
				require.Contains(t, line, "interrupt again")
				require.NoError(t, cmd.Process.Signal(signal))
			}
			require.Error(t, cmd.Wait())
			number, err := os.ReadFile(pid)
			require.NoError(t, err)
			require.Eventually(t, func() bool {
				line, err := os.ReadFile("/proc/" + string(number) + "/cmdline")
				return err != nil || !strings.Contains(string(line), "hangs.py") // a zombie has no line
			}, 10*time.Second, 5*time.Millisecond)
		})
	}
}
