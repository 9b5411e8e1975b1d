package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/output/view"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/history"
)

func (a *app) viewCommand() *cobra.Command {
	var (
		files  projectFlags
		port   int
		noOpen bool
	)
	cmd := &cobra.Command{
		Use:   "view",
		Short: "Look at runs, comparisons and the history in the browser",
		Long: `View serves the runs directory at an address of this machine, to this machine
alone, and opens the browser there. It shows the runs, any two of them compared,
and the history; it changes nothing and makes no call. Ctrl-C ends it.`,
		Example: `  promptbench view
  promptbench view --no-open --port 7000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port < 0 || port > 65535 {
				return usage(fmt.Errorf("--port is %d; it lies between 1 and 65535, 0 for any free one", port))
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			runs, err := o.RunsDir()
			if err != nil {
				return err
			}
			return a.view(cmd.Context(), viewSource{o, runs}, port, !noOpen)
		},
	}
	files.add(cmd)
	cmd.Flags().IntVar(&port, "port", 0, "listen at port `n` (default: any free one)")
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "print the address, and open no browser")
	return cmd
}

func (a *app) view(ctx context.Context, s view.Source, port int, open bool) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("serving the runs: %w; choose another --port, or leave it out for any free one", err)
	}
	_, at, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return fmt.Errorf("serving the runs: %w", err)
	}
	server := &http.Server{
		Handler: view.Handler(s, []string{"127.0.0.1:" + at, "localhost:" + at}), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	address := "http://" + listener.Addr().String() + "/"
	if _, err := fmt.Fprintln(a.out, address); err != nil {
		return err
	}
	a.note("serving the runs to this machine alone; Ctrl-C ends it")
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
	browser.Stdout, browser.Stderr = io.Discard, io.Discard // its own words would mix with ours
	if err := browser.OpenURL(address); err != nil {
		a.note("no browser could be opened; open %s yourself, or pass --no-open", address)
	}
}

// A viewSource is the runs directory.
type viewSource struct {
	o    project.Options
	runs string
}

// Runs leaves out those that asked only a judge: they hold no reply.
func (s viewSource) Runs() ([]runfile.Found, error) {
	stored, err := runs.Past{Runs: s.runs}.Stored(nil) // what git holds is not shown
	var list []runfile.Found
	for _, one := range stored {
		if !one.Header.OfJudge() {
			list = append(list, one.Found)
		}
	}
	return list, err
}

func (s viewSource) History() (history.History, error) {
	return runs.Past{Runs: s.runs, Suite: s.o.Suite, Model: s.o.Model}.History()
}

func (s viewSource) Run(path string) (report.Run, error) {
	p, err := project.Settings(s.o)
	if err != nil {
		return report.Run{}, err
	}
	return loadResult(p, path, runfile.Full)
}

// Compare grades both again by the suite where it is still there and has
// changed, as the command does, unless that runs code: looking at a page must not.
func (s viewSource) Compare(ctx context.Context, base, head string) (report.Pair, error) {
	o, how := s.o, pairing{detail: runfile.Full, drift: true}
	h, err := runfile.ReadHeader(head)
	if err != nil {
		return report.Pair{}, err
	}
	if o.Suite == "" && project.Exists(h.Suite.Path) {
		o.Suite = h.Suite.Path
	}
	if o.Suite == "" {
		p, err := project.Settings(o)
		if err != nil {
			return report.Pair{}, err
		}
		return pairAsRecorded(p, base, head, how)
	}
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return report.Pair{}, err
	}
	how.noCommands = true
	return comparePair(ctx, p, base, head, how)
}
