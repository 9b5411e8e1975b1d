package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"promptbench/internal/output/report"
	"promptbench/internal/run/watch"
)

// A block is what a save has come to.
type block struct {
	number   int      // of the save, from 0
	head     string   // which save this is
	plan     []string // what it needs, the most important first; none until that is known
	notes    []string // what went wrong, and what is worth knowing
	progress []string // while cases are missing, the most important first
	result   func(w io.Writer, o report.Options) error
	foot     string // what comes next; empty while cases are missing
}

// A face is how saves are shown.
type face interface {
	show(b block) error
	say(text string) // once, beside the block
	live() bool      // blocks are shown before they are done
}

// face is that of the output stream: a screen that is drawn again in place, else
// plain text.
func (a *app) face() face {
	f, ok := a.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" || !drawable(f) {
		return &plainFace{a: a}
	}
	return &screenFace{a: a, f: f}
}

// plainFace prints the result of a save, and everything else as notes.
type plainFace struct {
	a     *app
	block int // that was begun last, from 1
	noted int
	plan  string
}

func (p *plainFace) live() bool { return false }

func (p *plainFace) say(text string) { p.a.note("%s", text) }

func (p *plainFace) show(b block) error {
	if b.number+1 != p.block {
		p.block, p.plan, p.noted = b.number+1, "", 0
		if _, err := fmt.Fprintln(p.a.out, b.head); err != nil {
			return err
		}
	}
	if plan := strings.Join(b.plan, " · "); plan != p.plan {
		p.plan = plan
		if _, err := fmt.Fprintln(p.a.out, plan); err != nil {
			return err
		}
	}
	for ; p.noted < len(b.notes); p.noted++ {
		if _, err := fmt.Fprintln(p.a.out, b.notes[p.noted]); err != nil {
			return err
		}
	}
	if b.foot == "" {
		return nil
	}
	var text bytes.Buffer
	if b.result != nil {
		if err := b.result(&text, report.Options{}); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.a.out, "%s%s\n\n", text.String(), b.foot)
	return err
}

// screenFace draws the block from the top of the terminal. What stood there
// before is scrolled up, and the last block stays when it ends.
type screenFace struct {
	a *app
	f *os.File

	mu            sync.Mutex
	last          block
	lines         []string
	width, height int
	spoken        []string
}

func (s *screenFace) live() bool { return true }

func (s *screenFace) say(text string) {
	s.mu.Lock()
	s.spoken = append(s.spoken, text)
	last := s.last
	s.mu.Unlock()
	_ = s.show(last) // a screen that can't be drawn says so at the next block
}

func (s *screenFace) show(b block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.number != s.last.number || b.foot != "" {
		s.spoken = nil // it was about what is over now
	}
	s.last = b
	width, height, err := term.GetSize(int(s.f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		width, height = report.DefaultWidth, 24
	}
	o := s.a.display(s.f, false)
	o.Width = width
	text, err := blockText(b, s.spoken, o)
	if err != nil {
		return err
	}
	before := s.lines
	out := ""
	switch {
	case s.width == 0:
		out = strings.Repeat("\n", height)
	case s.width != width || s.height != height:
		before = nil
	}
	s.width, s.height = width, height
	s.lines = watch.Fit(strings.Split(strings.TrimRight(text, "\n"), "\n"), height)
	_, err = io.WriteString(s.f, out+watch.Redraw(before, s.lines))
	return err
}

// blockText is a block as it stands on a screen.
func blockText(b block, spoken []string, o report.Options) (string, error) {
	var text strings.Builder
	line := func(s string) {
		if s != "" {
			text.WriteString(s + "\n")
		}
	}
	line(b.head)
	line(fit(b.plan, o.Width))
	line(fit(b.progress, o.Width))
	line(b.foot)
	for _, n := range b.notes {
		line(report.Wrapped(n, o))
	}
	for _, n := range spoken {
		line(report.Wrapped(n, o))
	}
	if b.result != nil {
		text.WriteString("\n")
		if err := b.result(&text, o); err != nil {
			return "", err
		}
	}
	return text.String(), nil
}
