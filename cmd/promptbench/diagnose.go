package main

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
)

// openLog returns a log that writes a line of JSON for each attempt at a call to
// the file at path, and what closes it. Without a path there is none.
//
// The file is the user's alone: it holds no text and no key, but says when and
// how much was asked.
func openLog(path string) (*slog.Logger, io.Closer, error) {
	if path == "" {
		return nil, io.NopCloser(nil), nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("opening --log-file: %w", err))
	}
	return slog.New(slog.NewJSONHandler(f, nil)), f, nil
}

// checkLoopback refuses to show the inside of the program to other machines.
func checkLoopback(addr string) error {
	if addr == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(addr)
	ip, ipErr := netip.ParseAddr(host)
	if err != nil || host != "localhost" && (ipErr != nil || !ip.IsLoopback()) {
		return usage(fmt.Errorf("--pprof %q is no address of this machine with a port; write it like 127.0.0.1:6060", addr))
	}
	return nil
}

// profile serves net/http/pprof at addr until it is closed; nothing where addr
// is empty.
func (a *app) profile(addr string) (io.Closer, error) {
	if addr == "" {
		return io.NopCloser(nil), nil
	}
	listener, err := net.Listen("tcp", addr) //nolint:noctx // takes no time on this machine
	if err != nil {
		return nil, fmt.Errorf("serving --pprof: %w", err)
	}
	mux := http.NewServeMux() // the default one would serve whatever a library put there
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.note("--pprof ended: %v", err)
		}
	}()
	a.note("profiles at http://%s/debug/pprof/", listener.Addr())
	return server, nil
}
