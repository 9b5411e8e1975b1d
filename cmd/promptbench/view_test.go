package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fakeBrowser is an xdg-open that passes on what it is to open through a named
// pipe.
func fakeBrowser(t *testing.T) (dir, pipe string) {
	t.Helper()
	dir = t.TempDir()
	pipe = filepath.Join(dir, "opened")
	require.NoError(t, exec.CommandContext(t.Context(), "mkfifo", pipe).Run())
	script := "#!/bin/sh\nprintf '%s' \"$1\" >'" + pipe + "'\necho noise\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700))
	return dir, pipe
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.Get(address)
	require.NoError(t, err)
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(data)
}

// View prints its address, opens the browser there, serves real runs until it is
// interrupted, and writes nothing.
func TestView(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems open browsers by other means")
	}
	project := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(project, "runs"), os.DirFS("../../runs/recorded")))
	bin, pipe := fakeBrowser(t)
	cmd := command(t, project, "view")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	first, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address := strings.TrimSuffix(first, "\n")
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/[A-Z0-9]{26}/$`, address)
	opened, err := os.ReadFile(pipe)
	require.NoError(t, err)
	require.Equal(t, address, string(opened))

	at, err := url.Parse(address)
	require.NoError(t, err)
	status, body := get(t, "http://"+at.Host+"/")
	require.Equal(t, http.StatusForbidden, status, "without the token")
	require.NotContains(t, body, "v3")
	status, body = get(t, address)
	require.Equal(t, http.StatusOK, status)
	var ids []string
	for _, field := range strings.Split(body, `name="base" value="`)[1:] {
		id, _, _ := strings.Cut(field, `"`)
		ids = append(ids, id)
	}
	require.GreaterOrEqual(t, len(ids), 2)
	status, body = get(t, address+"compare?base="+ids[1]+"&head="+ids[0])
	require.Equal(t, http.StatusOK, status, "without the suite, by the scores as they were recorded")
	require.Contains(t, body, "cases paired")
	status, _ = get(t, address+"run?id="+ids[0])
	require.Equal(t, http.StatusOK, status)
	status, _ = get(t, address+"history")
	require.Equal(t, http.StatusOK, status)

	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait())
	entries, err := os.ReadDir(project)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestViewPortInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	var stdout, stderr strings.Builder
	code := run([]string{"view", "--config", "../../promptbench.yaml", "--port", port, "--no-open"}, strings.NewReader(""), &stdout, &stderr)
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr.String(), "choose another --port")
	require.Empty(t, stdout.String())
	require.Equal(t, exitUsage, run([]string{"view", "--port", "70000"}, strings.NewReader(""), &stdout, &stderr))
}
