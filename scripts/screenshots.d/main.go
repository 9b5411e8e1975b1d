// Screenshots.d is what scripts/screenshots takes pictures with: it opens a file
// in headless Chromium, runs a line of JavaScript in it and writes what the
// window shows as PNG.
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

	"promptbench/internal/chromium"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("screenshots.d", flag.ContinueOnError)
	file := flags.String("page", "", "the HTML `file`")
	hash := flags.String("hash", "", "what follows the # in its address")
	out := flags.String("o", "", "the PNG `file`")
	width := flags.Int64("width", 1280, "of the window, in CSS pixels")
	height := flags.Int64("height", 800, "of the window, in CSS pixels")
	scale := flags.Float64("scale", 1, "device pixels in a CSS pixel")
	dark := flags.Bool("dark", false, "ask for dark colours")
	script := flags.String("js", "", "JavaScript to run first")
	report := flags.Bool("report", true, "wait until the page has read its data")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *file == "" || *out == "" {
		return errors.New("-page and -o are wanted")
	}
	path, err := filepath.Abs(*file)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "screenshots-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tab, stop, err := chromium.Start(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	steps := []chromedp.Action[chromedp.Void]{
		chromium.View(*width, *height, *scale, *dark),
		chromedp.Navigate((&url.URL{Scheme: "file", Path: path, Fragment: *hash}).String()),
	}
	if *report {
		steps = append(steps, chromium.Ready())
	}
	if *script != "" {
		steps = append(steps, chromedp.Evaluate[chromedp.Void](*script, chromedp.EvalAwaitPromise))
	}
	if err := chromedp.Do(tab, steps...); err != nil {
		return err
	}
	picture, err := chromium.Picture(tab)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, picture, 0o644)
}
