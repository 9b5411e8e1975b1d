package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// hangingGrader starts a child, writes both their numbers and never answers.
const hangingGrader = `import os, subprocess, sys, time
input()
print('{"protocol": 1, "name": "hangs"}')
input()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600) # hangs.py"])
with open("pid.new", "w") as f:
    f.write(f"{os.getpid()} {child.pid}")
os.rename("pid.new", "pid")
time.sleep(600)
`

// Whatever ends promptbench, a grader that hangs does not stay behind, nor its child,
// as far as promptbench can act.
func TestNoGraderIsLeftBehind(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here; install it")
	}
	signals := map[string]os.Signal{
		"run": os.Interrupt, "killed": syscall.SIGKILL, "regrade": os.Interrupt, "regrade hangup": syscall.SIGHUP,
		"terminated": syscall.SIGTERM, "hangup": syscall.SIGHUP, "quit": syscall.SIGQUIT,
	}
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t)
			server := fakeopenai.New(question)
			t.Cleanup(server.Close)
			cmd := runCommand(t, dir, server.URL())
			if strings.HasPrefix(name, "regrade") {
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%s", out)
				cmd = command(t, dir, "regrade", "prompts/v3")
			}
			suite := filepath.Join(dir, "cases", "todos.yaml")
			data, err := os.ReadFile(suite)
			require.NoError(t, err)
			text := strings.Replace(string(data), "  - format\n", "  - command: {run: [python3, hangs.py], timeout: 10m}\n", 1)
			require.NoError(t, os.WriteFile(suite, []byte(text), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "cases", "hangs.py"), []byte(hangingGrader), 0o600))

			stderr, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			pid := filepath.Join(dir, "cases", "pid")
			require.Eventually(t, func() bool {
				_, err := os.Stat(pid)
				return err == nil
			}, time.Minute, 5*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(signal))
			if name == "run" { // which finishes what is under way, until it is told again
				line, err := bufio.NewReader(stderr).ReadString('\n')
				require.NoError(t, err)
				require.Contains(t, line, "interrupt again")
				require.NoError(t, cmd.Process.Signal(signal))
			}
			require.Error(t, cmd.Wait())
			numbers, err := os.ReadFile(pid)
			require.NoError(t, err)
			started := strings.Fields(string(numbers))
			if signal == syscall.SIGKILL {
				child, err := strconv.Atoi(started[1])
				require.NoError(t, err)
				require.NoError(t, syscall.Kill(child, syscall.SIGKILL))
			}
			for _, number := range started {
				require.Eventually(t, func() bool {
					line, err := os.ReadFile("/proc/" + number + "/cmdline")
					return err != nil || !strings.Contains(string(line), "hangs.py") // a zombie has no line
				}, 10*time.Second, 5*time.Millisecond)
			}
		})
	}
}
