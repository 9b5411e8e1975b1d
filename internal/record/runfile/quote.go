package runfile

import (
	"strings"

	"promptbench/graders/reply"
	"promptbench/internal/text/textsafe"
)

// beginning is how many terminal columns of a reply [Call.Begins] has at most.
const beginning = 100

// QuotesReplies reports whether the words of a reply tell more than what is read from it: the suite declares no
// types, or reads no items.
func (h Header) QuotesReplies() bool { return len(h.Reply.Types) == 0 || !h.CountsItems() }

// CountsItems reports whether the suite says where in a document the items are.
func (h Header) CountsItems() bool { return h.Reply.JSON.Items != "" || h.Reply.XML.Items != "" }

// ReadsReplies reports whether the suite reads types or items from replies, rather than their text alone.
func (h Header) ReadsReplies() bool { return len(h.Reply.Types) > 0 || h.CountsItems() }

// Quote returns a function that puts the beginning of a reply, without the model's thinking, on one line of so many
// terminal columns.
func (h Header) Quote(width int) func(said string) string {
	reader, err := reply.NewReader(reply.Rules{})
	if err == nil {
		reader = reader.WithThinking(h.Model.Thinking)
	}
	most := 16 * width // bytes; more cannot be shown
	return func(said string) string {
		if err == nil {
			said = reader.Said(said)
		}
		return textsafe.Cut(textsafe.Cell(strings.TrimSpace(said[:min(most, len(said))])), width)
	}
}

// Beginnings returns what fills [Call.Begins]; nil if the replies of the run are not quoted.
func (h Header) Beginnings() func(said string) string {
	if !h.QuotesReplies() {
		return nil
	}
	return h.Quote(beginning)
}
