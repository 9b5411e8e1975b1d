// Screenshots.d is what scripts/screenshots takes pictures with: it opens a page, or what a command printed to a
// terminal, in headless Chromium and writes what the window shows as WebP or PNG.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"

	"promptbench/internal/testing/chromium"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

type shot struct {
	page, fragment string // an HTML file, and what follows the # in its address
	terminal       string // or what a terminal was sent, in a file
	title          string // of the terminal
	out            string
	width, height  int64 // of the window, in CSS pixels; a height of 0 fits the terminal
	scale          float64
	dark           bool
	script         string // JavaScript that runs first
}

func run(args []string) error {
	var s shot
	flags := flag.NewFlagSet("screenshots.d", flag.ContinueOnError)
	flags.StringVar(&s.page, "page", "", "the HTML `file`")
	flags.StringVar(&s.fragment, "fragment", "", "what follows the # in the page's address")
	flags.StringVar(&s.terminal, "terminal", "", "a `file` with what a command printed to a terminal")
	flags.StringVar(&s.title, "title", "", "of the terminal's window")
	flags.StringVar(&s.out, "o", "", "the `file`, .webp or .png")
	flags.Int64Var(&s.width, "width", 1280, "of the window, in CSS pixels")
	flags.Int64Var(&s.height, "height", 0, "of the window, in CSS pixels (default: what a terminal takes)")
	flags.Float64Var(&s.scale, "scale", 1, "device pixels in a CSS pixel")
	flags.BoolVar(&s.dark, "dark", false, "ask for dark colours")
	flags.StringVar(&s.script, "js", "", "JavaScript to run first")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if (s.page == "") == (s.terminal == "") || s.out == "" {
		return errors.New("-o is wanted, and either -page or -terminal")
	}
	return s.take()
}

func (s shot) take() (err error) {
	dir, err := os.MkdirTemp("", "screenshots-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if s.terminal != "" {
		printed, err := os.ReadFile(s.terminal)
		if err != nil {
			return err
		}
		s.page = filepath.Join(dir, "terminal.html")
		if err := os.WriteFile(s.page, []byte(terminalPage(s.title, string(printed))), 0o600); err != nil {
			return err
		}
	}
	path, err := filepath.Abs(s.page)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tab, stop, err := chromium.Start(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	address := url.URL{Scheme: "file", Path: path, Fragment: s.fragment}
	if err := chromedp.Do(
		tab, chromium.View(s.width, max(s.height, 600), s.scale, s.dark), chromedp.Navigate(address.String()),
		chromium.Ready(),
	); err != nil {
		return err
	}
	if s.script != "" {
		if err := chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](s.script, chromedp.EvalAwaitPromise)); err != nil {
			return err
		}
	}
	if s.height == 0 {
		height, err := chromedp.Run(tab, chromedp.Evaluate[int64](
			`Math.ceil(document.documentElement.getBoundingClientRect().height)`))
		if err != nil {
			return err
		}
		if err := chromedp.Do(tab, chromium.View(s.width, height, s.scale, s.dark)); err != nil {
			return err
		}
	}
	picture, err := chromium.Picture(tab, filepath.Ext(s.out) == ".webp")
	if err != nil {
		return err
	}
	return os.WriteFile(s.out, picture, 0o644)
}
