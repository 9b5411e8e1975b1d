package page_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"promptbench/internal/chromium"
)

// required is set where the tests of the page must not be left out: .ci/run sets
// it, and installs what they need.
const required = "PROMPTBENCH_BROWSER_TESTS"

// missing leaves a test out, or fails it where it is required.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(required) == "" {
		t.Skip(what)
	}
	require.Fail(t, what)
}

// A tab is a page in Chromium, and what went wrong in it.
type tab struct {
	t   testing.TB
	ctx context.Context //nolint:containedctx // it stands for the tab

	mu     sync.Mutex
	faults []string
}

// open writes a page to a file and opens it.
func open(t testing.TB, text, hash string, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.html")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) //nolint:usetesting // it ends the browser before the directory goes
	ctx, stop, err := chromium.Start(ctx, dir)
	if errors.Is(err, chromium.ErrMissing) {
		cancel()
		missing(t, err.Error())
	}
	require.NoError(t, err)
	t.Cleanup(func() { stop(); cancel() })
	p := &tab{t: t, ctx: ctx}
	address := (&url.URL{Scheme: "file", Path: path, Fragment: hash}).String()
	p.listen(strings.Split(address, "#")[0])
	p.do(before...)
	p.do(chromedp.Navigate(address), chromium.Ready())
	return p
}

// listen notes errors in the console, exceptions, and requests for anything but
// the file.
func (p *tab) listen(file string) {
	fault := func(what string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = append(p.faults, what)
	}
	require.NoError(p.t, chromedp.Listen(p.ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if strings.Split(e.Request.URL, "#")[0] != file {
				fault("a request for " + e.Request.URL)
			}
		case *log.EventEntryAdded:
			fault("log: " + e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			fault("console: " + string(e.Type))
		case *runtime.EventExceptionThrown:
			fault("exception: " + e.ExceptionDetails.Text)
		}
	}))
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// eval runs a JavaScript expression in the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, expression)
	return v
}

// sound fails where anything went wrong in the page so far.
func (p *tab) sound() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.faults)
}

func (p *tab) keys(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// write enters a text in one go, as an input method does.
func (p *tab) write(text string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text})
	require.NoError(p.t, err)
}

// ids are the cases that are listed.
func (p *tab) ids() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(".list h3 button")].map(b => b.textContent)`)
}

func (p *tab) count() string {
	p.t.Helper()
	return eval[string](p, `document.querySelector(".count").value`)
}

// bypassPolicy lets a test bring a script of its own.
func bypassPolicy(ctx context.Context, _ *chromedp.Target) error {
	_, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	return err
}
