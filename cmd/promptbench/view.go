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
		files projectFlags
		f     viewFlags
	)
	cmd := &cobra.Command{
		Use:   "view [RUN|REVISION…]",
		Short: "Show runs, comparisons and the history, or label, in the browser",
		Long: `View serves the runs directory at a local address, to this machine only, and
opens the browser there. The address holds a token, without which nothing is
shown. View shows the runs, any two of them compared, and the history. It
changes nothing and makes no call. Ctrl-C ends it.

With --label NAME it asks the questions of the suite's rubric about replies of
the runs, by default of the newest run of each revision on each model. It shows
no revision and no verdict. Keys: y, n, ? for can't tell, u for undo, c for a
note. Each answer is appended to the file in cases/labels that judge label also
writes, before the next question is shown. The pages take answers from
themselves only. They also show how far labellers agree. They are in Korean or
English, by the browser's language. With --proposed FILE they ask for the type
and range of the cases that cases from wrote; cases fill puts these into FILE.`,
		Example: `  promptbench view
  promptbench view --no-open --port 7000
  promptbench view --label kim --suite cases/subtodos-judged.yaml
  promptbench view prompts/v3 prompts/v4 --label kim --sample 30
  promptbench view --label kim --proposed proposed.yaml`,
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		if f.labeller != "" {
			return a.viewLabels(ctx, args, o, f)
		}
		runs, err := o.RunsDir()
		if err != nil {
			return err
		}
		s := result.Source{Options: o, Dir: runs}
		return a.serve(ctx, f, "the runs", func(hosts []string, token string) http.Handler {
			return view.Handler(s, hosts, token)
		})
	}, func() error { return f.check(cmd.Flags().Changed, cmd.Flags().Args()) })
	flags := cmd.Flags()
	flags.IntVar(&f.port, "port", 0, "listen on port `n` (default: any free one)")
	flags.BoolVar(&f.noOpen, "no-open", false, "print the address, and open no browser")
	flags.StringVar(&f.labeller, "label", "", "label replies as the person with this `name`")
	flags.StringVar(&f.proposed, "proposed", "", "ask for the type and range of the cases in this `file`, too")
	f.addOrder(flags)
	files.add(cmd)
	return cmd
}

// viewFlags say where pages are served, and who labels what.
type viewFlags struct {
	labelFlags

	port     int
	noOpen   bool
	proposed string // a file of proposed cases
}

func (f viewFlags) check(isSet func(flag string) bool, args []string) error {
	switch {
	case f.port < 0 || f.port > 65535:
		return usagef("--port is %d; it must be from 1 to 65535, or 0 for any free port", f.port)
	case isSet("label") && f.labeller == "":
		return usagef("--label is empty; name the person who labels")
	case f.labeller == "" && len(args) > 0:
		return usagef("view shows all runs; give runs with --label NAME to label their replies")
	case f.labeller == "" && (isSet("sample") || isSet("seed") || isSet("proposed")):
		return usagef("--sample, --seed and --proposed say what to label; give --label NAME with them")
	}
	return f.checkOrder(isSet)
}

// serve serves a handler to this machine until it is interrupted.
func (a *app) serve(
	ctx context.Context, f viewFlags, what string, handler func(hosts []string, token string) http.Handler,
) error {
	ctx, stop := interrupt.Context(ctx)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port)))
	if err != nil {
		return fmt.Errorf("serving %s: %w; choose another --port, or leave it out for any free one", what, err)
	}
	_, at, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return fmt.Errorf("serving %s: %w", what, err)
	}
	token := rand.Text() // other users of this machine can reach the port, too
	server := &http.Server{
		Handler:           handler([]string{"127.0.0.1:" + at, "localhost:" + at}, token),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	address := "http://" + listener.Addr().String() + "/" + token + "/"
	if _, err := fmt.Fprintln(a.Out, address); err != nil {
		return err
	}
	a.Note("serving %s to this machine only; Ctrl-C ends it", what)
	if !f.noOpen {
		go a.openBrowser(address)
	}
	go func() {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", what, err)
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
