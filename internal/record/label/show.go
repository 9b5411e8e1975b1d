package label

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// Keys says which keys answer. It is shown under every question.
const Keys = "y yes · n no · ? can't tell · u undo · q quit"

// leastReply is how many lines of a reply are shown at least.
const leastReply = 3

// Show prints a question for a person: the input, the reply as it came and as it was read, and what is asked. Nothing
// in it tells the revision, the run or what a judge has said. Text from outside can't act on the terminal. Where there
// are more lines than the height, unless that is 0, the end of the reply as it came is left out.
func (s *Session) Show(w io.Writer, q Question, width, height int) error {
	var b strings.Builder
	answered, all := s.Progress()
	how := ""
	if q.Drawn == AtRandom {
		how = ", drawn at random"
	}
	fmt.Fprintf(&b, "── %d of %d%s ──\n\ninput\n", answered+1, all, how)
	block(&b, q.Reply.Input, width)
	b.WriteString("reply\n")
	top := b.String()
	b.Reset()
	block(&b, q.Reply.Text, width)
	reply := b.String()
	b.Reset()
	fmt.Fprintf(&b, "read as %s\n", textsafe.Cell(q.Reply.Type))
	for i, item := range q.Reply.Items {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, textsafe.Cell(item))
	}
	b.WriteString("\n")
	block(&b, q.Criterion.ID+": "+q.Criterion.Question, width)
	for _, o := range q.Criterion.Options {
		if anchor, ok := q.Criterion.Anchors[o]; ok {
			answer := No
			if slices.Contains(q.Criterion.Pass, o) {
				answer = Yes
			}
			block(&b, fmt.Sprintf("%s, %s: %s", o, answer, anchor), width)
		}
	}
	b.WriteString(Keys + "\n")
	if height > 0 {
		reply = cut(reply, height-1-strings.Count(top+b.String(), "\n"))
	}
	_, err := io.WriteString(w, top+reply+b.String())
	return err
}

// cut leaves so many lines of a text, with one that says how to see the rest.
func cut(text string, lines int) string {
	list := strings.SplitAfter(text, "\n")
	kept := max(leastReply, lines-1)
	more := len(list) - 1 - kept
	if len(list)-1 <= lines || more < 1 {
		return text
	}
	return fmt.Sprintf("%s  … %s (m shows all)\n", strings.Join(list[:kept], ""), wording.Count(more, "more line"))
}

// block prints text of several lines, indented, wrapped between words.
func block(b *strings.Builder, text string, width int) {
	for line := range strings.SplitSeq(textsafe.Block(text), "\n") {
		b.WriteString(strings.Join(textsafe.Wrap(line, width, "  ", "  "), "\n") + "\n")
	}
}
