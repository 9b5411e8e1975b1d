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
	width, height, clearScreen := report.DefaultWidth, 0, ""
	if f := terminalOf(under(c.Out)); f != nil {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width, height, clearScreen = w, h, "\x1b[2J\x1b[H" // one question at a time
		}
	}
	room := height
	for given := 0; given < limit; {
		q, ok := s.Current()
		if !ok {
			_, err := fmt.Fprintln(c.Out, "Every question is answered.")
			return err
		}
		if _, err := io.WriteString(under(c.Out), clearScreen); err != nil {
			return err
		}
		if err := s.Show(c.Out, q, width, room); err != nil {
			return err
		}
		room = height
		switch key := keys.next(); key {
		case keyQuit:
			return nil
		case keyMore:
			room = 0
		case keyUndo:
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
			answer := map[rune]label.Answer{keyYes: label.Yes, keyNo: label.No, keyUnsure: label.Unsure}[key]
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

// The keys that have a meaning.
const (
	keyYes    = 'y'
	keyNo     = 'n'
	keyUnsure = '?'
	keyUndo   = 'u'
	keyMore   = 'm'
	keyQuit   = 'q'
)

// next waits for a key that has a meaning. The end of the input and an interrupt quit. The letters of a Korean keyboard
// on the same keys count as well.
func (k *keys) next() rune {
	for {
		r, err := k.read()
		if err != nil {
			return keyQuit
		}
		switch r {
		case 'y', 'Y', 'ㅛ':
			return keyYes
		case 'n', 'N', 'ㅜ':
			return keyNo
		case '?', '？':
			return keyUnsure
		case 'u', 'U', 'ㅕ':
			return keyUndo
		case 'm', 'M', 'ㅡ':
			return keyMore
		case 'q', 'Q', 'ㅂ', 3, 4:
			return keyQuit
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
