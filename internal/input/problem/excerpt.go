package problem

import (
	"fmt"
	"strings"

	"promptbench/internal/text/textsafe"
)

// Excerpt quotes a line of a file with a caret under the place of a problem, for a
// terminal of width columns:
//
//	12 |   inptu: 내일 오전 10시에 치과 가기
//	   |   ^
//
// Column counts characters from 1; 0 leaves the caret out. A long line is cut to
// the part around the column. The result is safe for terminals.
func Excerpt(line string, number, column, width int) string {
	gutter := fmt.Sprintf("%d | ", number)
	room := max(width-len(gutter), 10)
	runes := []rune(strings.TrimRight(line, "\r\n"))
	at := min(max(column-1, 0), len(runes))
	start := max(at-room, 0) // a line may be a megabyte long
	for textsafe.Width(textsafe.Cell(string(runes[start:at]))) > room*2/3 {
		start++
	}
	before := textsafe.Cell(string(runes[start:at]))
	if start > 0 {
		before = "…" + before
	}
	text := before + textsafe.Cell(string(runes[at:min(at+2*room, len(runes))]))
	out := strings.TrimRight(gutter+textsafe.Cut(text, room), " ")
	if column <= 0 {
		return out
	}
	blank := strings.Repeat(" ", len(gutter)-len("| "))
	return out + "\n" + blank + "| " + strings.Repeat(" ", textsafe.Width(before)) + "^"
}
