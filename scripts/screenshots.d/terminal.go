package main

import (
	"fmt"
	"html"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// terminalPage draws what a command printed to a terminal. Each character stands in a box of as many columns as a
// terminal gives it, so that columns line up whatever fonts there are.
func terminalPage(title, printed string) string {
	var lines strings.Builder
	for line := range strings.Lines(strings.TrimSpace(strings.ReplaceAll(printed, "\r", ""))) {
		lines.WriteString(`<div class="line">` + paint(strings.TrimSuffix(line, "\n")) + "</div>\n")
	}
	return fmt.Sprintf(`<!doctype html><html data-ready><meta charset="utf-8"><style>
body { margin: 0; padding: 18px; background: #e9e9e6; }
.window { background: #16181c; color: #d9dade; border-radius: 10px; padding: 0 20px 18px;
  font: 14px/1.45 "DejaVu Sans Mono", "Noto Sans Mono CJK KR", "Noto Color Emoji", monospace;
  box-shadow: 0 6px 24px rgba(0, 0, 0, .25); overflow: hidden; }
.bar { display: flex; align-items: center; gap: 8px; height: 40px; color: #8a8f98; font-size: 13px; }
.bar i { width: 12px; height: 12px; border-radius: 50%%; background: #3a3e45; }
.bar span { margin-left: 10px; }
.line { white-space: pre; height: 1.45em; display: flex; }
.line span { flex: none; }
.w0 { width: 0; } .w1 { width: 8.43px; } .w2 { width: 16.86px; font-size: 16px; }
.red { color: #ff8f85; } .green { color: #7fd6a1; } .yellow { color: #f0c26a; } .bold { font-weight: 700; }
</style><div class="window"><div class="bar"><i></i><i></i><i></i><span>%s</span></div>
%s</div></html>`, html.EscapeString(title), lines.String())
}

// paint turns one line and its colours into HTML.
func paint(line string) string {
	names := map[string]string{"1": "bold", "31": "red", "32": "green", "33": "yellow"}
	var out strings.Builder
	var class []string
	for line != "" {
		if code, rest, ok := escape(line); ok {
			line = rest
			if name := names[code]; name != "" {
				class = append(class, name)
			} else {
				class = nil
			}
			continue
		}
		end := strings.IndexByte(line, 0x1b)
		if end < 0 {
			end = len(line)
		}
		for it := graphemes.FromString(line[:end]); it.Next(); {
			fmt.Fprintf(
				&out, `<span class="w%d %s">%s</span>`, min(2, displaywidth.String(it.Value())), strings.Join(class, " "),
				html.EscapeString(it.Value()))
		}
		line = line[end:]
	}
	return out.String()
}

// escape takes a colour off the front of a line.
func escape(line string) (code, rest string, ok bool) {
	after, ok := strings.CutPrefix(line, "\x1b[")
	if !ok {
		return "", line, false
	}
	return strings.Cut(after, "m")
}
