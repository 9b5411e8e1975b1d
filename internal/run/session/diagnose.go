package session

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"time"

	"promptbench/internal/input/inputfile"
)

// OpenLog returns a log that appends a line of JSON for each attempt at a call to
// the file at path, and what closes it; a nil log if path is empty.
//
// Only the user may read the file: it holds no text and no key, but it shows when
// and how much was asked.
func OpenLog(path string) (*slog.Logger, io.Closer, error) {
	if path == "" {
		return nil, io.NopCloser(nil), nil
	}
	if !canBeLog(path) {
		return nil, nil, fmt.Errorf("--log-file %s holds something else than a log; name another file", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening --log-file: %w", err)
	}
	return slog.New(slog.NewJSONHandler(f, nil)), f, nil
}

// canBeLog reports whether a log can go to the end of a file: it begins as one, or is
// empty, or is no regular file.
func canBeLog(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return true // opening it says what is wrong
	}
	isLog, err := inputfile.BeginsWith(path, `{"time":"`)
	return err != nil || isLog
}

// CheckProfileAddress rejects an address that other machines can reach. An empty
// one is none.
func CheckProfileAddress(addr string) error {
	if addr == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(addr)
	ip, ipErr := netip.ParseAddr(host)
	if err != nil || host != "localhost" && (ipErr != nil || !ip.IsLoopback()) {
		return fmt.Errorf("--pprof %q is not a local address with a port; write it like 127.0.0.1:6060", addr)
	}
	return nil
}

// ServeProfiles serves net/http/pprof at addr until the result is closed; nothing
// if addr is empty.
func ServeProfiles(addr string, note func(format string, args ...any)) (io.Closer, error) {
	if addr == "" {
		return io.NopCloser(nil), nil
	}
	listener, err := net.Listen("tcp", addr) //nolint:noctx // takes no time on this machine
	if err != nil {
		return nil, fmt.Errorf("serving --pprof: %w", err)
	}
	mux := http.NewServeMux() // the default one serves whatever a library adds to it
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			note("--pprof ended: %v", err)
		}
	}()
	note("profiles at http://%s/debug/pprof/", listener.Addr())
	return server, nil
}
