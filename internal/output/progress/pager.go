package progress

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"promptbench/internal/text/textsafe"
)

// A pager lets a person read a long result page by page. It starts its program at the first write, and writes to the
// screen itself if there is no program.
type pager struct {
	screen  *os.File
	program []string

	cmd *exec.Cmd
	in  io.WriteCloser
}

// Page puts a pager between Out and the terminal, if Out is one, until Close.
func (c *Console) Page() {
	if f := terminalOf(c.Out); f != nil {
		c.Out = &textsafe.Writer{To: &pager{screen: f, program: pagerProgram(os.Getenv)}}
	}
}

// Close waits until the person has left the pager, if there is one.
func (c *Console) Close() {
	if p, ok := under(c.Out).(*pager); ok {
		p.close()
	}
}

// pagerProgram returns the program of PAGER, else less if it is installed; nil if PAGER is cat or blank.
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

// Write passes text on. It reports no error once the program has ended: the person has seen enough.
func (p *pager) Write(text []byte) (int, error) {
	if p.cmd == nil && !p.start() {
		return p.screen.Write(text)
	}
	_, _ = p.in.Write(text)
	return len(text), nil
}

// start starts the program, and reports whether it runs.
func (p *pager) start() bool {
	if p.program == nil {
		return false
	}
	cmd := exec.Command(p.program[0], p.program[1:]...) //nolint:noctx // it ends when its reader wants it to
	cmd.Stdout, cmd.Stderr = p.screen, os.Stderr
	if os.Getenv("LESS") == "" {
		cmd.Env = append(os.Environ(), "LESS=FRX") // less than a screen is printed at once; colours are shown
	}
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.program = nil
		return false
	}
	signal.Ignore(os.Interrupt) // it is for the pager
	p.cmd, p.in = cmd, in
	return true
}

func (p *pager) close() {
	if p.cmd == nil {
		return
	}
	_ = p.in.Close()
	_ = p.cmd.Wait() // how it ended says nothing about the result
	signal.Reset(os.Interrupt)
}
