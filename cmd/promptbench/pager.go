package main

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// A pager stands between a result and the terminal, so that a list of every case
// can be read page by page. It starts its program with the first that is
// written, and writes to the screen itself where there is none.
type pager struct {
	screen  *os.File
	program []string

	cmd *exec.Cmd
	in  io.WriteCloser
}

// page puts a pager before the terminal if the command lists every case.
func (a *app) page(cmd *cobra.Command) {
	all := cmd.Flags().Lookup("all")
	if all == nil || all.Value.String() != "true" {
		return
	}
	if f, ok := a.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.out = &pager{screen: f, program: pagerProgram(os.Getenv)}
	}
}

// pagerProgram is the program of PAGER, else less where it is installed; none
// where PAGER is cat, or empty.
func pagerProgram(getenv func(string) string) []string {
	program := strings.Fields(cmp.Or(getenv("PAGER"), "less"))
	if len(program) == 0 || program[0] == "cat" {
		return nil
	}
	if _, err := exec.LookPath(program[0]); err != nil {
		return nil
	}
	return program
}

// Write passes on what is written. Whoever quits the pager has seen enough, so
// that what comes after is no error.
func (p *pager) Write(text []byte) (int, error) {
	if p.cmd == nil && !p.start() {
		return p.screen.Write(text)
	}
	_, _ = p.in.Write(text)
	return len(text), nil
}

func (p *pager) start() bool {
	if p.program == nil {
		return false
	}
	cmd := exec.Command(p.program[0], p.program[1:]...) //nolint:noctx // it ends when its reader wants it to
	cmd.Stdout, cmd.Stderr = p.screen, os.Stderr
	if os.Getenv("LESS") == "" {
		cmd.Env = append(os.Environ(), "LESS=FRX") // less than a screen is just printed; colours are shown
	}
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.program = nil
		return false
	}
	signal.Ignore(os.Interrupt) // it is the pager's
	p.cmd, p.in = cmd, in
	return true
}

// close waits until the reader has quit.
func (p *pager) close() {
	if p.cmd == nil {
		return
	}
	_ = p.in.Close()
	_ = p.cmd.Wait() // how it ended says nothing about the result
	signal.Reset(os.Interrupt)
}
