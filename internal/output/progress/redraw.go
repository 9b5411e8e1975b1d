package progress

import (
	"fmt"
	"slices"
	"strings"
)

// fitLines cuts lines to the height of a screen and says how many are left out. The last line of the screen stays free
// for what a person types.
func fitLines(lines []string, height int) []string {
	room := height - 1
	if room < 2 || len(lines) <= room {
		return lines
	}
	return append(slices.Clone(lines[:room-1]),
		fmt.Sprintf("… %d more lines; a taller window shows them", len(lines)-room+1))
}

// Control sequences. While wrapping is off, the terminal cuts a line that is too long, however wide its characters are.
const (
	wrapOff   = "\x1b[?7l"
	wrapOn    = "\x1b[?7h"
	clearLine = "\x1b[K"
	clearRest = "\x1b[J"
)

// redraw returns what turns a screen that shows the lines before into one that shows now, both from the top: only lines
// that differ are drawn. A nil before draws all of them. The cursor ends below the last line.
func redraw(before, now []string) string {
	var b strings.Builder
	b.WriteString(wrapOff)
	for i, line := range now {
		if i < len(before) && before[i] == line {
			continue
		}
		// Clear first: at the margin, clearing afterwards would take the last character.
		fmt.Fprintf(&b, "\x1b[%d;1H%s%s", i+1, clearLine, line)
	}
	fmt.Fprintf(&b, "\x1b[%d;1H", len(now)+1)
	if before == nil || len(before) > len(now) {
		b.WriteString(clearRest)
	}
	b.WriteString(wrapOn)
	return b.String()
}
