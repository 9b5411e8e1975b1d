package progress

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"promptbench/internal/output/report"
	"promptbench/internal/record/label"
)

// AskLabels asks the questions of a session, and appends each answer to file, until no question is left, the person
// quits, or limit answers are given; 0 is no limit.
func (c *Console) AskLabels(in io.Reader, s *label.Session, file *label.File, limit int) error {
	keys := keys{in: bufio.NewReader(in), file: terminalOf(in)}
	width, clearScreen := c.Display(c.Out, false).Width, ""
	if width > 0 {
		clearScreen = "\x1b[2J\x1b[H" // one question at a time
	} else {
		width = report.DefaultWidth
	}
	for given := 0; given < limit; {
		q, ok := s.Current()
		if !ok {
			_, err := fmt.Fprintln(c.Out, "Every question is answered.")
			return err
		}
		if _, err := io.WriteString(under(c.Out), clearScreen); err != nil {
			return err
		}
		if err := s.Show(c.Out, q, width); err != nil {
			return err
		}
		answer, undo, quit := keys.next()
		switch {
		case quit:
			return nil
		case undo:
			withdrawn, ok := s.Undo(time.Now())
			if !ok {
				continue
			}
			given = max(0, given-1)
			if err := file.Add(withdrawn); err != nil {
				return err
			}
		default:
			given++
			if err := file.Add(s.Answer(answer, time.Now())); err != nil {
				return err
			}
		}
	}
	return nil
}

// keys reads single keys: from a terminal without waiting for Enter.
type keys struct {
	in   *bufio.Reader
	file *os.File // the terminal, or nil
}

// next waits for a key that has a meaning. The end of the input and an interrupt quit. The letters of a Korean keyboard
// on the same keys count as well.
func (k *keys) next() (answer label.Answer, undo, quit bool) {
	for {
		r, err := k.read()
		if err != nil {
			return "", false, true
		}
		switch r {
		case 'y', 'Y', 'ㅛ':
			return label.Yes, false, false
		case 'n', 'N', 'ㅜ':
			return label.No, false, false
		case '?', '？':
			return label.Unsure, false, false
		case 'u', 'U', 'ㅕ':
			return "", true, false
		case 'q', 'Q', 'ㅂ', 3, 4:
			return "", false, true
		}
	}
}

func (k *keys) read() (rune, error) {
	if k.file != nil {
		before, err := term.MakeRaw(int(k.file.Fd()))
		if err != nil {
			return 0, fmt.Errorf("reading a key: %w", err)
		}
		defer term.Restore(int(k.file.Fd()), before) //nolint:errcheck // nothing can be done about it
	}
	r, _, err := k.in.ReadRune()
	return r, err
}
