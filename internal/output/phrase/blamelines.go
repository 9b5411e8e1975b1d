package phrase

import "promptbench/internal/verdict/blame"

// Marks of the lines of a prompt that is printed with its effects.
const (
	MarkRole  = ""  // a message begins; the text says whose
	MarkSame  = " " // base and head have the line
	MarkAdded = "+"
	MarkGone  = Minus
	MarkFold  = "…" // lines that are left out
)

// A BlameLine is a line of the prompt, with what it does in the margin.
type BlameLine struct {
	Mark, Text string
	Effect     string // of the hunk, in its first line
	Hunk       int    // from 1; 0: none
	IsFirst    bool   // line of the hunk in its message
	Verdict    blame.Verdict
}

// BlameLines are the texts of base and head together.
func BlameLines(r blame.Result) []BlameLine {
	var out []BlameLine
	last := 0
	for _, l := range r.Change.Lines() {
		if l.Role != "" {
			out = append(out, BlameLine{Text: l.Role + ":"})
			last = 0
		}
		line := BlameLine{Text: l.Text, Hunk: l.Hunk, Mark: MarkSame}
		if l.Hunk > 0 {
			e := r.Hunks[l.Hunk-1]
			line.Verdict, line.Mark = e.Verdict, MarkAdded
			if l.Gone {
				line.Mark = MarkGone
			}
			if line.IsFirst = l.Hunk != last; line.IsFirst {
				line.Effect = Signed(e.Effect)
			}
		}
		last = l.Hunk
		out = append(out, line)
	}
	return out
}

// fewLines is how many lines around a hunk an excerpt shows of what did not change.
const fewLines = 2

// BlameExcerpt is [BlameLines] without the lines that are far from every hunk.
func BlameExcerpt(r blame.Result) []BlameLine {
	lines := BlameLines(r)
	isShown := make([]bool, len(lines))
	for i, l := range lines {
		isShown[i] = isShown[i] || l.Mark == MarkRole
		for k := max(0, i-fewLines); l.Hunk > 0 && k <= i+fewLines && k < len(lines); k++ {
			isShown[k] = true
		}
	}
	var out []BlameLine
	for i, l := range lines {
		switch {
		case isShown[i]:
			out = append(out, l)
		case i == 0 || isShown[i-1]:
			out = append(out, BlameLine{Mark: MarkFold, Text: MarkFold})
		}
	}
	return out
}
