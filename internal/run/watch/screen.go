package watch

import (
	"fmt"
	"strings"
)

// Fit cuts lines to the height of a screen, saying how many are left out. The
// last line of the screen stays free for what is typed.
func Fit(lines []string, height int) []string {
	room := height - 1
	if room < 2 || len(lines) <= room {
		return lines
	}
	out := append([]string{}, lines[:room-1]...)
	return append(out, fmt.Sprintf("… %d lines more; a taller window shows them", len(lines)-room+1))
}

// What a terminal is told. It cuts what is too long itself while wrapping is off,
// so that a line is a line however wide its characters are.
const (
	noWrap    = "\x1b[?7l"
	wrap      = "\x1b[?7h"
	clearLine = "\x1b[K"
	clearRest = "\x1b[J"
)

// Redraw is what makes a screen that shows the lines before show now, each a line
// from the top: only lines that differ are drawn. Where nothing is known of the
// screen, before is nil and all are. The cursor is left below the last line.
func Redraw(before, now []string) string {
	var b strings.Builder
	b.WriteString(noWrap)
	for i, line := range now {
		if i < len(before) && before[i] == line {
			continue
		}
		fmt.Fprintf(&b, "\x1b[%d;1H%s%s", i+1, clearLine, line) // at the margin, clearing afterwards would take the last character
	}
	fmt.Fprintf(&b, "\x1b[%d;1H", len(now)+1)
	if before == nil || len(before) > len(now) {
		b.WriteString(clearRest)
	}
	b.WriteString(wrap)
	return b.String()
}
