// Package chromiumtest opens pages in a real Chromium in tests, and notes whatever goes wrong in them.
package chromiumtest

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

	"promptbench/internal/testing/chromium"
)

// Required is the variable that is set where the tests of pages must not be left out: .ci/run sets it, and installs
// what they need.
const Required = "PROMPTBENCH_BROWSER_TESTS"

// Missing leaves a test out, or fails it where it is required.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv(Required) == "" {
		tb.Skip(what)
	}
	require.Fail(tb, what)
}

// A Tab is a page in Chromium, and what went wrong in it.
type Tab struct {
	tb  testing.TB
	ctx context.Context //nolint:containedctx // it stands for the tab

	mu     sync.Mutex
	faults []string
}

// An Action is a step that a browser takes.
type Action = chromedp.Action[chromedp.Void]

// File opens a page as a file, once its script has read its data. Requests for anything else are faults. The actions in
// before come first.
func File(tb testing.TB, text, fragment string, before ...Action) *Tab {
	tb.Helper()
	dir := tb.TempDir()
	path := filepath.Join(dir, "page.html")
	require.NoError(tb, os.WriteFile(path, []byte(text), 0o600))
	address := url.URL{Scheme: "file", Path: path}
	only := address.String()
	address.Fragment = fragment
	p := start(tb, func(to string) bool { return to == only })
	p.Do(before...)
	p.Do(chromedp.Navigate(address.String()), chromium.Ready())
	return p
}

// Visit opens a page of a server. Requests for anything but the server are faults.
func Visit(tb testing.TB, server, path string) *Tab {
	tb.Helper()
	p := start(tb, func(to string) bool { return strings.HasPrefix(to, server+"/") })
	p.Do(chromedp.Navigate(server + path))
	return p
}

func start(tb testing.TB, allowed func(address string) bool) *Tab {
	tb.Helper()
	ctx := context.Background() //nolint:usetesting // it outlives the test by as much as it takes to close
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	ctx, stop, err := chromium.Start(ctx, tb.TempDir())
	if errors.Is(err, chromium.ErrMissing) {
		cancel()
		Missing(tb, err.Error())
	}
	require.NoError(tb, err)
	tb.Cleanup(func() { stop(); cancel() })
	p := &Tab{tb: tb, ctx: ctx}
	require.NoError(tb, chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if address, _, _ := strings.Cut(e.Request.URL, "#"); !allowed(address) {
				p.fault("a request for " + e.Request.URL)
			}
		case *log.EventEntryAdded:
			p.fault("log: " + e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			p.fault("console: " + string(e.Type))
		case *runtime.EventExceptionThrown:
			p.fault("exception: " + e.ExceptionDetails.Text)
		}
	}))
	return p
}

func (p *Tab) fault(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, what)
}

// Faults are errors in the console, exceptions, and requests that leave the page.
func (p *Tab) Faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.faults...)
}

// Sound fails the test where there is a fault.
func (p *Tab) Sound() {
	p.tb.Helper()
	require.Empty(p.tb, p.Faults())
}

// Do takes steps.
func (p *Tab) Do(steps ...Action) {
	p.tb.Helper()
	require.NoError(p.tb, chromedp.Do(p.ctx, steps...))
}

// Click clicks on what a CSS selector finds first.
func (p *Tab) Click(selector string) {
	p.tb.Helper()
	p.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Wait waits for what a CSS selector finds.
func (p *Tab) Wait(selector string) {
	p.tb.Helper()
	p.Do(chromedp.WaitReady(chromedp.CSS(selector)))
}

// Keys presses keys.
func (p *Tab) Keys(keys string) {
	p.tb.Helper()
	p.Do(chromedp.KeyEvent(keys))
}

// Write enters a text in one go, as an input method does.
func (p *Tab) Write(text string) {
	p.tb.Helper()
	_, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text})
	require.NoError(p.tb, err)
}

// PDF prints the page.
func (p *Tab) PDF() []byte {
	p.tb.Helper()
	pdf, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	require.NoError(p.tb, err)
	return pdf.Data
}

// Run runs JavaScript in the page.
func (p *Tab) Run(script string) {
	p.tb.Helper()
	Eval[chromedp.Void](p, script)
}

// Eval runs a JavaScript expression in the page and returns its value.
func Eval[T any](p *Tab, expression string) T {
	p.tb.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.tb, err, expression)
	return v
}

// BypassPolicy lets a test bring a script of its own into a page.
func BypassPolicy() Action {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
		return err
	})
}
