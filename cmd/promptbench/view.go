package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"promptbench/internal/output/view"
	"promptbench/internal/run/interrupt"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
)

func (a *app) viewCommand() *cobra.Command {
	var (
		files  projectFlags
		port   int
		noOpen bool
	)
	cmd := &cobra.Command{
		Use:   "view",
		Short: "Show runs, comparisons and the history in the browser",
		Long: `View serves the runs directory at a local address, to this machine only, and
opens the browser there. The address holds a token, without which nothing is
shown. View shows the runs, any two of them compared, and the history. It
changes nothing and makes no call. Ctrl-C ends it.`,
		Example: `  promptbench view
  promptbench view --no-open --port 7000`,
		Args: cobra.NoArgs,
		RunE: files.then(func(ctx context.Context, o project.Options, _ []string) error {
			runs, err := o.RunsDir()
			if err != nil {
				return err
			}
			return a.view(ctx, result.Source{Options: o, Dir: runs}, port, !noOpen)
		}, func() error {
			if port < 0 || port > 65535 {
				return usagef("--port is %d; it must be from 1 to 65535, or 0 for any free port", port)
			}
			return nil
		}),
	}
	cmd.Flags().IntVar(&port, "port", 0, "listen on port `n` (default: any free one)")
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "print the address, and open no browser")
	files.add(cmd)
	return cmd
}

func (a *app) view(ctx context.Context, s view.Source, port int, open bool) error {
	ctx, stop := interrupt.Context(ctx)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("serving the runs: %w; choose another --port, or leave it out for any free one", err)
	}
	_, at, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return fmt.Errorf("serving the runs: %w", err)
	}
	token := rand.Text() // other users of this machine can reach the port, too
	server := &http.Server{
		Handler:           view.Handler(s, []string{"127.0.0.1:" + at, "localhost:" + at}, token),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	address := "http://" + listener.Addr().String() + "/" + token + "/"
	if _, err := fmt.Fprintln(a.Out, address); err != nil {
		return err
	}
	a.Note("serving the runs to this machine only; Ctrl-C ends it")
	if open {
		go a.openBrowser(address)
	}
	go func() {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the runs: %w", err)
	}
	return nil
}

// openBrowser opens the address; some browsers return only when they end.
func (a *app) openBrowser(address string) {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard // its output would mix with ours
	if err := browser.OpenURL(address); err != nil {
		a.Note("no browser could be opened; open %s yourself, or pass --no-open", address)
	}
}
