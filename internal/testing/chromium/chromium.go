// Package chromium starts a headless Chromium, for the tests of pages and for the pictures of the documents. Nothing of
// promptbench itself needs a browser.
package chromium

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrMissing says that there is no Chromium, and how to get one.
var ErrMissing = errors.New("there is no chromium; on Debian: apt-get install chromium fonts-noto-cjk " +
	"fonts-noto-color-emoji; elsewhere install Chromium or Chrome so that one of them is on the PATH")

// Find returns the browser's path. The error is [ErrMissing].
func Find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

// Start starts a browser with a tab, which the context that it returns stands for. The browser keeps its files in dir
// and ends with stop.
func Start(ctx context.Context, dir string) (tab context.Context, stop func(), err error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "chromium")),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
	)
	browser, end := chromedp.NewExecAllocator(ctx, options...)
	tab, closeTab := chromedp.NewContext(browser)
	stop = func() { closeTab(); end() }
	if err := chromedp.Do(tab); err != nil {
		stop()
		return nil, nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return tab, stop, nil
}

// View sets the size of the window in CSS pixels, how many device pixels one of them has, and the colours that the page
// is asked for.
func View(width, height int64, scale float64, dark bool) chromedp.Action[chromedp.Void] {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return chromedp.Steps(
		chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}),
	)
}

// Ready waits until a page has read its data.
func Ready() chromedp.Action[chromedp.Void] {
	return chromedp.WaitReady(chromedp.CSS("html[data-ready]"))
}

// Picture is the window as WebP, a quarter of what PNG takes, or as PNG.
func Picture(ctx context.Context, webp bool) ([]byte, error) {
	params := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng}
	if webp {
		params = page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: new(int64(82))}
	}
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, params)
	if err != nil {
		return nil, fmt.Errorf("taking a picture: %w", err)
	}
	return shot.Data, nil
}
