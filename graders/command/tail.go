package command

import (
	"strings"
	"sync"
	"unicode"
)

const (
	tailBytes = 4 << 10 // of standard error that are kept
	tailLines = 5       // that are shown
	tailChars = 600     // of them
)

type tail struct {
	mu   sync.Mutex
	data []byte
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if n := len(t.data) - tailBytes; n > 0 {
		t.data = append(t.data[:0], t.data[n:]...)
	}
	return len(p), nil
}

// String returns the last lines on one, without anything that a terminal would
// act on.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.Lines(strings.ToValidUTF8(string(t.data), "\ufffd")) {
		if line = strings.TrimSpace(strings.Map(visible, line)); line != "" {
			lines = append(lines, line)
		}
	}
	lines = lines[max(0, len(lines)-tailLines):]
	text := []rune(strings.Join(lines, " ⏎ "))
	if len(text) > tailChars {
		text = append([]rune("…"), text[len(text)-tailChars+1:]...)
	}
	return string(text)
}

func visible(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r == '\u200d': // the joiner of emoji
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf):
		return -1
	}
	return r
}
