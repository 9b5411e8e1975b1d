package page

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/worddiff"
)

// A promptDiff is what two revisions send, message by message.
type promptDiff struct {
	Same     bool // one revision alone
	Changed  int  // messages that differ
	Messages []messageDiff
	Settings []setting
}

// A messageDiff is one message in both revisions, or in one of them.
type messageDiff struct {
	Role   string
	State  string // "same", "changed", "added" or "removed"
	Pieces []piece
}

// A piece is text that is in both revisions, or only in one.
type piece struct {
	Kind string // "", "del" or "ins"
	Text string
}

type setting struct {
	Name       string
	Base, Head string
}

func diffPrompts(base, head runfile.Header) *promptDiff {
	d := &promptDiff{
		Same:     base.Prompt.Hash == head.Prompt.Hash,
		Messages: alignMessages(base.Prompt.Messages, head.Prompt.Messages),
	}
	for _, m := range d.Messages {
		if m.State != "same" {
			d.Changed++
		}
	}
	b, h := settingsOf(base), settingsOf(head)
	for i, name := range []string{"parameters", "response format", "reply format", "JSON schema", "tools"} {
		if d.Same && b[i] != "" || b[i] != h[i] {
			d.Settings = append(d.Settings, setting{name, b[i], h[i]})
		}
	}
	return d
}

func settingsOf(h runfile.Header) []string {
	p := h.Prompt
	return cells(
		[]string{
			paramsText(h),
			p.ResponseFormat,
			string(p.ReplyFormat),
			string(p.JSONSchema),
			prompt.ToolsText(p.Tools, p.ToolChoice),
		},
	)
}

func paramsText(h runfile.Header) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h.Model.Params); err != nil {
		return fmt.Sprintf("can't be shown: %v", err)
	}
	return strings.TrimSpace(b.String())
}

// alignMessages pairs the messages of two prompts: equal ones by the longest sequence that both have, and between those
// the ones of the same role in order.
func alignMessages(base, head []runfile.Message) []messageDiff {
	var out []messageDiff
	i, j := 0, 0
	for _, match := range append(commonMessages(base, head), [2]int{len(base), len(head)}) {
		out = append(out, replaced(base[i:match[0]], head[j:match[1]])...)
		if match[0] < len(base) {
			out = append(out, oneSided(base[match[0]:match[0]+1], "same", "")...)
		}
		i, j = match[0]+1, match[1]+1
	}
	return out
}

// replaced are messages without equal pairs.
func replaced(base, head []runfile.Message) []messageDiff {
	var out []messageDiff
	for len(base) > 0 && len(head) > 0 {
		if base[0].Role != head[0].Role {
			if k := slices.IndexFunc(head, func(m runfile.Message) bool { return m.Role == base[0].Role }); k > 0 {
				out, head = append(out, oneSided(head[:k], "added", "ins")...), head[k:]
				continue
			}
			out, base = append(out, oneSided(base[:1], "removed", "del")...), base[1:]
			continue
		}
		m := messageDiff{Role: textsafe.Cell(base[0].Role), State: "changed"}
		for _, p := range worddiff.Diff(textsafe.Block(base[0].Content), textsafe.Block(head[0].Content)) {
			kind := map[worddiff.Op]string{worddiff.Delete: "del", worddiff.Insert: "ins"}[p.Op]
			m.Pieces = append(m.Pieces, piece{kind, p.Text})
		}
		out, base, head = append(out, m), base[1:], head[1:]
	}
	return append(append(out, oneSided(base, "removed", "del")...), oneSided(head, "added", "ins")...)
}

func oneSided(list []runfile.Message, state, kind string) []messageDiff {
	var out []messageDiff
	for _, m := range list {
		pieces := []piece{{kind, textsafe.Block(m.Content)}}
		out = append(out, messageDiff{Role: textsafe.Cell(m.Role), State: state, Pieces: pieces})
	}
	return out
}

// commonMessages is the longest common subsequence, as pairs of positions.
func commonMessages(base, head []runfile.Message) [][2]int {
	longest := make([][]int, len(base)+1)
	for i := range longest {
		longest[i] = make([]int, len(head)+1)
	}
	for i, b := range slices.Backward(base) {
		for j, h := range slices.Backward(head) {
			if b == h {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(base) && j < len(head); {
		switch {
		case base[i] == head[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
