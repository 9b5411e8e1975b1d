package judge

import (
	"regexp"
	"strings"

	"promptbench/internal/text/textsafe"
)

// mark precedes every line of quoted text.
const mark = "| "

// Quote sets a text off as data: between <tag> and </tag>, each line after a
// mark, without any < or > of its own. Whatever the text says, it can neither
// close the block nor begin a line outside of it, nor hold a control token of a
// chat template; characters that a person would not see are gone.
func Quote(tag, text string) string {
	var b strings.Builder
	b.WriteString("<" + tag + ">\n")
	for line := range strings.SplitSeq(escape(textsafe.Block(text)), "\n") {
		b.WriteString(mark + line + "\n")
	}
	b.WriteString("</" + tag + ">")
	return b.String()
}

// inline is [Quote] for a short text within a line.
func inline(text string) string { return escape(textsafe.Cell(text)) }

// bracketed are the control tokens that are written without < and >, such as
// [INST] and [/INST].
var bracketed = regexp.MustCompile(`\[(/?[A-Z][A-Z_]*\])`)

func escape(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return bracketed.ReplaceAllString(text, "&#91;$1")
}
