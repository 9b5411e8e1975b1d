package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"promptbench/internal/record/runfile"
)

// A fault is what an endpoint does instead of answering, to a share of the requests.
type fault struct {
	name  string
	share float64
	do    func(w http.ResponseWriter, r *http.Request)
}

func faults() []fault {
	status := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = fmt.Fprintf(w, `{"error":{"message":"status %d"}}`, code)
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	return []fault{
		{"none", 0, hang},
		{"2% hang", 0.02, hang},
		{"10% refused (429)", 0.1, status(http.StatusTooManyRequests)},
		{"5% fail (500)", 0.05, status(http.StatusInternalServerError)},
		{"5% cut off", 0.05, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"choices":[`)
		}},
		{"5% reset", 0.05, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"away for 10 s", 0, hang},
		{"all fail (500)", 1, status(http.StatusInternalServerError)},
		{"all hang", 1, hang},
		{"a byte a second", 1, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				<-time.After(time.Second)
			}
		}},
		{"endless 500", 1, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			endless(w)
		}},
		{"endless text", 1, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"`)
			endless(w)
		}},
		{"endless gzip", 1, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(gzip.NewWriter(w))
		}},
		{"headers of 20 MB", 1, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("a", 20<<20))
		}},
	}
}

// away is the fault of an endpoint that accepts no connection for a while.
const away = "away for 10 s"

func endless(w io.Writer) {
	chunk := bytes.Repeat([]byte("a"), 64<<10)
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// withFault answers as next does, but for the fault of that name.
func withFault(name string, next http.Handler) (http.Handler, error) {
	var names []string
	for _, f := range faults() {
		names = append(names, f.name)
		if f.name != name {
			continue
		}
		var n atomic.Uint64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := fnv.New32a()
			_, _ = fmt.Fprint(h, n.Add(1)) // spreads the faults over the requests, the same every time
			if float64(h.Sum32()%1000) < 1000*f.share {
				f.do(w, r)
				return
			}
			next.ServeHTTP(w, r)
		}), nil
	}
	return nil, fmt.Errorf("unknown fault %q; want one of %s", name, strings.Join(names, ", "))
}

// An absent listener closes after so many connections, with all of them, and is back later.
type absent struct {
	mu    sync.Mutex
	inner net.Listener
	conns []net.Conn
	left  int
}

// Accept waits for a connection.
func (a *absent) Accept() (net.Conn, error) {
	for {
		a.mu.Lock()
		inner := a.inner
		a.mu.Unlock()
		conn, err := inner.Accept()
		if err != nil {
			return nil, err
		}
		a.conns = append(a.conns, conn)
		if a.left--; a.left != 0 {
			return conn, nil
		}
		address := inner.Addr().String()
		_ = inner.Close()
		for _, c := range a.conns {
			_ = c.Close()
		}
		<-time.After(10 * time.Second)
		if inner, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", address); err != nil {
			return nil, err
		}
		a.mu.Lock()
		a.inner = inner
		a.mu.Unlock()
	}
}

// Close closes the listener.
func (a *absent) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inner.Close()
}

// Addr is where it listens.
func (a *absent) Addr() net.Addr { return a.inner.Addr() }

// attacks measures a run against each fault.
func (b *bench) attacks(ctx context.Context) error {
	fmt.Fprintf(&b.report, "%d cases, a timeout of 5 s\n%s\n\n| endpoint | wall | graded | exit | memory |\n"+
		"|---|---:|---:|---:|---:|\n", b.cases, machine())
	for i, f := range faults() {
		base, stop, err := b.startEndpoint(ctx, "-fault", f.name)
		if err != nil {
			return err
		}
		runs := fmt.Sprintf("runs-%d", i)
		r, code, err := b.attack(ctx, base, runs)
		stop()
		if err != nil {
			return err
		}
		graded, err := gradedIn(filepath.Join(b.dir, runs))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b.report, "| %s | %.1f s | %d | %d | %d MB |\n",
			f.name, r.wall.Seconds(), graded, code, r.memory>>10)
	}
	return nil
}

func (b *bench) attack(ctx context.Context, base, runs string) (result, int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.promptbench, "run", "prompts/bench", "--base-url", base, "--model", "bench",
		"--runs", runs, "--timeout", "5s", "-o", "result.txt")
	cmd.Dir, cmd.Env = b.dir, append(os.Environ(), "OPENAI_API_KEY=none")
	start := time.Now()
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return result{}, 0, err
	}
	r := resultOf(cmd.ProcessState)
	r.wall = time.Since(start)
	return r, cmd.ProcessState.ExitCode(), nil
}

// gradedIn counts the trials of all runs that have scores.
func gradedIn(dir string) (graded int, err error) {
	paths, err := runfile.Files(dir)
	for _, path := range paths {
		run, err := runfile.Load(path, runfile.Scores)
		if err != nil {
			return 0, err
		}
		for i := range run.Trials {
			if run.Trials[i].Failure() == "" {
				graded++
			}
		}
	}
	return graded, err
}
