package report

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// An mdResult is one result as far as it is written.
type mdResult struct {
	text   string
	room   int // bytes that it may take
	link   string
	linked bool // the link is written
}

// add appends a block, or leaves it out where there is no room.
func (d *mdResult) add(block string) bool {
	if len(d.text)+len(block) > d.room {
		return false
	}
	d.text += block
	return true
}

// next names the next step and the command for it, and leads once to the full report.
func (d *mdResult) next(step, command string) {
	var parts []string
	if step != "" {
		what := mdText(step, mdSentence) + " " + codeTo(mdSentence, command)
		parts = append(parts, "<strong>Next:</strong> "+strings.TrimSpace(what))
	}
	if d.link != "" && !d.linked {
		parts, d.linked = append(parts, mdLink(d.link, "The full report")), true
	}
	if len(parts) > 0 {
		d.add(strings.Join(parts, " · ") + "\n\n")
	}
}

// lines are sentences, one below the other.
func (d *mdResult) lines(list []string) {
	if len(list) == 0 {
		return
	}
	more := ""
	if len(list) > mdLines {
		more = fmt.Sprintf("<br>\nand %d more", len(list)-mdLines)
		list = list[:mdLines]
	}
	safe := make([]string, len(list))
	for i, l := range list {
		safe[i] = mdQuoted(l)
	}
	d.add(strings.Join(safe, "<br>\n") + more + "\n\n")
}

// table draws up to most of n rows; align has a letter for each column.
func (d *mdResult) table(head []string, align string, most, n int, row func(int) []string) {
	if n == 0 {
		return
	}
	const ending = 60
	rule := strings.NewReplacer("l", ":--|", "r", "--:|").Replace(align)
	text := mdRow(head) + mdRow(strings.Split(rule, "|")[:len(head)])
	shown := 0
	for ; shown < min(most, n); shown++ {
		next := mdRow(row(shown))
		if len(d.text)+len(text)+len(next)+ending > d.room {
			break
		}
		text += next
	}
	if shown < n {
		text += fmt.Sprintf("\nand %d more\n", n-shown)
	}
	d.add(text + "\n")
}

// corrected are the rates without the judge's errors.
func (d *mdResult) corrected(list []phrase.Corrected) {
	for _, t := range list {
		d.lines([]string{t.Head + ":"})
		head := make([]string, len(t.Columns))
		for i, title := range t.Columns {
			head[i] = code(title)
		}
		d.table(head, strings.Repeat("l", len(head)), mdGraders, len(t.Rows), func(i int) []string {
			return append([]string{code(t.Rows[i][0])}, t.Rows[i][1:]...)
		})
	}
}

// fold is a table of the first cases that opens on demand.
func (d *mdResult) fold(title string, n int, head []string, row func(int) []string) {
	if n == 0 {
		d.add(mdText(title, mdSentence) + "\n\n")
		return
	}
	if n > mdCases {
		title += fmt.Sprintf("; the first %d", mdCases)
	}
	opening, closing := "<details><summary>"+mdText(title, mdSentence)+"</summary>\n\n", "</details>\n\n"
	if !d.add(opening) {
		return
	}
	d.room -= len(closing)
	d.table(head, strings.Repeat("l", len(head)), mdCases, n, row)
	d.room += len(closing)
	d.add(closing)
}

func (d *mdResult) gates(gates []summary.GateResult) {
	list := make([]string, len(gates))
	for i, g := range gates {
		list[i] = g.String()
	}
	d.lines(list)
}

// types says how many replies have the type that their case expects, and what the others are.
func (d *mdResult) types(t phrase.TypeTable) {
	head := make([]string, len(t.Titles))
	for i, title := range t.Titles {
		head[i] = mdText(title, mdName)
	}
	d.table(head, strings.Repeat("l", len(head)), mdGraders, len(t.Rows), func(i int) []string {
		r := t.Rows[i]
		cells := make([]string, len(r.Cells))
		for k, cell := range r.Cells {
			cells[k] = mdText(cell, mdInput)
			if k == t.ChangeAt() && (r.Verdict == compare.SliceWorse || r.Verdict == compare.SliceBetter) {
				cells[k] = "<strong>" + cells[k] + "</strong>"
			}
		}
		cells[0] = code(r.Cells[0])
		return cells
	})
}

// tags is a fold of the tags whose scores changed.
func (d *mdResult) tags(list []compare.Slice) {
	titles, rows := phrase.Tags(list)
	if len(rows) == 0 {
		return
	}
	d.fold(phrase.TagsTitle, len(rows), titles, func(i int) []string {
		cells := make([]string, len(rows[i]))
		for k, cell := range rows[i] {
			cells[k] = mdText(cell, mdName)
		}
		return cells
	})
}

func mdRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// code is a text from outside, as text: GitHub looks for no mention, link or
// emoji in it.
func code(s string) string { return codeTo(mdInput, s) }

// codeTo is [code] cut to so many terminal columns.
func codeTo(width int, s string) string {
	if s = mdText(s, width); s == "" {
		return ""
	}
	return "<code>" + s + "</code>"
}

// mdText makes a text one line that means nothing in Markdown, cut to so many
// terminal columns. What has a meaning there is written as an entity, which
// structures nothing; mentions, links, emoji and formulas, which GitHub also
// looks for in the finished text, are parted by an empty comment.
func mdText(s string, width int) string {
	var b strings.Builder
	runes := []rune(textsafe.Cut(textsafe.Cell(s), width))
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	for i, r := range runes {
		switch {
		case strings.ContainsRune("&<>\"'", r):
			b.WriteString(html.EscapeString(string(r)))
		case strings.ContainsRune("\\`*[]|~", r), r == '_' && !(isWord(at(i-1)) && isWord(at(i+1))):
			fmt.Fprintf(&b, "&#%d;", r)
		case strings.ContainsRune("@#$", r), r == ':' && at(i+1) != ' ':
			fmt.Fprintf(&b, "&#%d;<!-- -->", r)
		case r == '.' && strings.EqualFold(string([]rune{at(i - 3), at(i - 2), at(i - 1)}), "www"):
			b.WriteString(".<!-- -->")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// mdQuoted is a sentence, with the names that it quotes as code.
func mdQuoted(s string) string {
	return quotedName.ReplaceAllString(mdText(s, mdSentence), "<code>$1</code>")
}

// quotedName is what [wording.Quote] returns, as [mdText] writes it.
var quotedName = regexp.MustCompile("&#96;(.+?)&#96;")

// mdLink is a link, in HTML, whose address no Markdown is looked for in.
func mdLink(address, text string) string {
	return `<a href="` + html.EscapeString(textsafe.Cell(address)) + `">` + text + "</a>"
}

// caseLink leads to one case in a report.
func caseLink(report, id string) string {
	base, _, _ := strings.Cut(report, "#")
	return base + "#case=" + url.QueryEscape(id)
}
