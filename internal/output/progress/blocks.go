package progress

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"promptbench/internal/output/report"
	"promptbench/internal/text/textsafe"
)

// A Block is what watch shows of one save.
type Block struct {
	Number   int      // of the save, from 0
	Title    string   // which save this is
	Plan     []string // what it needs, the most important first; nil until that is known
	Notes    []string // what went wrong, and what is worth knowing
	Progress []string // while cases are missing, the most important first
	Result   func(w io.Writer, o report.Options) error
	Next     string // what comes next; empty while cases are missing
}

// Blocks show the saves of a watch.
type Blocks interface {
	// Show shows a block as it is now. Each block is shown several times.
	Show(b Block) error
	// Say shows a line once, beside the block.
	Say(text string)
	// IsLive reports whether blocks are shown before they are done.
	IsLive() bool
}

// Blocks returns what shows blocks on Out: a terminal that is drawn again in place, else plain text.
func (c *Console) Blocks() Blocks {
	f := terminalOf(c.Out)
	if f == nil || os.Getenv("TERM") == "dumb" || !canMoveCursor(f) {
		return &plainBlocks{console: c}
	}
	return &screenBlocks{console: c, f: f}
}

// Animate calls draw several times a second, until stop is called or draw fails. Stop returns the error of draw.
func Animate(draw func(now time.Time) error) (stop func() error) {
	var err error
	end := repeat(betweenBars, betweenBars, func(now time.Time) {
		if err == nil {
			err = draw(now)
		}
	})
	return func() error {
		end()
		return err
	}
}

// plainBlocks prints each part of a block once, as soon as it is known.
type plainBlocks struct {
	console *Console
	begun   int // blocks
	noted   int // notes of the last block
	plan    string
}

// IsLive implements [Blocks].
func (p *plainBlocks) IsLive() bool { return false }

// Say implements [Blocks].
func (p *plainBlocks) Say(text string) { p.console.Note("%s", text) }

// Show implements [Blocks].
func (p *plainBlocks) Show(b Block) error {
	var text bytes.Buffer
	if b.Number+1 != p.begun {
		p.begun, p.plan, p.noted = b.Number+1, "", 0
		fmt.Fprintln(&text, b.Title)
	}
	if plan := strings.Join(b.Plan, " · "); plan != p.plan {
		p.plan = plan
		fmt.Fprintln(&text, plan)
	}
	for ; p.noted < len(b.Notes); p.noted++ {
		fmt.Fprintln(&text, b.Notes[p.noted])
	}
	if b.Next != "" {
		if b.Result != nil {
			if err := b.Result(&text, report.Options{}); err != nil {
				return err
			}
		}
		fmt.Fprintf(&text, "%s\n\n", b.Next)
	}
	_, err := text.WriteTo(p.console.Out)
	return err
}

// screenBlocks draws the block from the top of the terminal. What was there before scrolls up, and the last block stays
// at the end.
type screenBlocks struct {
	console *Console
	f       *os.File

	mu            sync.Mutex
	last          Block
	lines         []string
	width, height int
	spoken        []string
}

// IsLive implements [Blocks].
func (s *screenBlocks) IsLive() bool { return true }

// Say implements [Blocks].
func (s *screenBlocks) Say(text string) {
	s.mu.Lock()
	s.spoken = append(s.spoken, text)
	last := s.last
	s.mu.Unlock()
	_ = s.Show(last) // a screen that can't be drawn fails at the next block
}

// Show implements [Blocks].
func (s *screenBlocks) Show(b Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Number != s.last.Number || b.Next != "" {
		s.spoken = nil // it was about what is over now
	}
	s.last = b
	width, height, err := term.GetSize(int(s.f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		width, height = report.DefaultWidth, 24
	}
	o := s.console.Display(s.f, false)
	o.Width = width
	text, err := blockText(b, s.spoken, o)
	if err != nil {
		return err
	}
	before, scroll := s.lines, ""
	switch {
	case s.width == 0:
		scroll = strings.Repeat("\n", height)
	case s.width != width || s.height != height:
		before = nil
	}
	s.width, s.height = width, height
	s.lines = fitLines(strings.Split(strings.TrimRight(text, "\n"), "\n"), height)
	_, err = io.WriteString(s.f, scroll+redraw(before, s.lines))
	return err
}

func blockText(b Block, spoken []string, o report.Options) (string, error) {
	var safe strings.Builder
	text := &textsafe.Writer{To: &safe}
	lines := []string{b.Title, fitParts(b.Plan, o.Width), fitParts(b.Progress, o.Width), b.Next}
	for _, notes := range [][]string{b.Notes, spoken} {
		for _, n := range notes {
			lines = append(lines, report.Wrapped(n, o))
		}
	}
	for _, line := range lines {
		if line != "" {
			_, _ = fmt.Fprintln(text, line) // a builder takes everything
		}
	}
	if b.Result == nil {
		return safe.String(), nil
	}
	_, _ = fmt.Fprintln(text)
	err := b.Result(text, o)
	return safe.String(), err
}
