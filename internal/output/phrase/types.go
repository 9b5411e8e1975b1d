package phrase

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A TypeTable says what became of the replies to the cases of each expected type.
type TypeTable struct {
	Titles []string
	Rows   []TypeRow
}

// A TypeRow has a cell for each title: the expected type, how many replies have it (of a
// comparison on both sides), what a comparison says of the change unless the verdict rests
// on something else, and the types of the other replies, of the head in a comparison.
type TypeRow struct {
	Cells   []string
	Verdict compare.SliceVerdict // of the slice; empty if there is none
}

// ChangeAt is the place of the change in the cells of a comparison's row, -1 if it has none.
func (t TypeTable) ChangeAt() int { return slices.Index(t.Titles, changeTitle) }

const changeTitle = "change"

// The words for a slice.
const (
	worse     = "worse"
	better    = "better"
	unclear   = "unclear"    // too few cases changed to tell
	untested  = "not tested" // the run stopped early
	unchanged = "unchanged"
)

// firstTypeTitle heads the expected types.
const firstTypeTitle = "case type"

// RunTypes returns a row for each type that a suite declares, and one for all.
func RunTypes(s summary.Summary) TypeTable {
	t := TypeTable{Titles: []string{firstTypeTitle, "right", "wrong replies"}}
	right, all := 0, 0
	for i, counts := range s.Confusion {
		right, all = right+counts[i], all+sum(counts)
		t.Rows = append(t.Rows, TypeRow{Cells: []string{
			s.Types[i], fmt.Sprintf("%d of %d", counts[i], sum(counts)), wrong(s.Types, counts, i),
		}})
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, TypeRow{Cells: []string{allTypes, fmt.Sprintf("%d of %d", right, all), ""}})
	}
	return t
}

const allTypes = "all"

// Types returns a row for each type that the suite of a comparison declares and one for all,
// with these names of the sides.
func Types(c *compare.Comparison, base, head string) TypeTable {
	t := TypeTable{Titles: []string{firstTypeTitle, "right, " + base + " → " + head, "wrong replies of " + head}}
	at := slices.IndexFunc(c.Graders, func(g compare.Grader) bool { return g.Grader == ofTypes && g.Gating })
	if at >= 0 {
		t.Titles = slices.Insert(t.Titles, 2, changeTitle)
	}
	m := c.Confusion
	if len(m.Expected) == 0 {
		return t
	}
	var all rightReplies
	counts := make([]rightReplies, len(m.Expected))
	for i := range counts {
		counts[i] = rightReplies{m.Base[i][i], m.Head[i][i], sum(m.Base[i]), sum(m.Head[i])}
		all.add(counts[i])
	}
	row := func(name string, n rightReplies, change, wrong string) TypeRow {
		cells := []string{name, n.text(all), wrong}
		if at >= 0 {
			cells = slices.Insert(cells, 2, change)
		}
		return TypeRow{Cells: cells}
	}
	for i, expected := range m.Expected {
		change, verdict := unclear, compare.SliceVerdict("")
		if c.Decided != nil {
			change = untested
		}
		for _, s := range c.Slices {
			if s.Grader == ofTypes && s.Value == expected {
				change, verdict = Change(s), s.Verdict
			}
		}
		r := row(expected, counts[i], change, wrong(m.Expected, m.Head[i], i))
		r.Verdict = verdict
		t.Rows = append(t.Rows, r)
	}
	overall := ""
	if at >= 0 {
		overall = Verdict(c.Graders[at])
	}
	t.Rows = append(t.Rows, row(allTypes, all, overall, ""))
	return t
}

// rightReplies counts replies of the expected type, and all replies, on both sides.
type rightReplies struct{ base, head, ofBase, ofHead int }

func (n *rightReplies) add(o rightReplies) {
	n.base, n.head, n.ofBase, n.ofHead = n.base+o.base, n.head+o.head, n.ofBase+o.ofBase, n.ofHead+o.ofHead
}

// text is "36 → 9 of 57", aligned with the total. The sides have different numbers of replies
// where calls failed.
func (n rightReplies) text(total rightReplies) string {
	before := fmt.Sprintf("%*d", digits(total.base), n.base)
	if n.ofBase != n.ofHead {
		before += fmt.Sprintf(" of %d", n.ofBase)
	}
	return fmt.Sprintf("%s → %*d of %d", before, digits(total.head), n.head, n.ofHead)
}

// ofTypes is the grader that says whether replies have the expected type.
const ofTypes = "case_type"

// Change says in a word what became of a slice.
func Change(s compare.TypeSlice) string {
	switch {
	case s.Verdict == compare.SliceWorse:
		return worse
	case s.Verdict == compare.SliceBetter:
		return better
	case s.Verdict == "":
		return untested
	case s.Better+s.Worse == 0:
		return unchanged
	}
	return unclear
}

// OtherSlices names the types that get worse or better by other graders, which [Types] does
// not have.
func OtherSlices(c *compare.Comparison) []string {
	var out []string
	for _, change := range []string{worse, better} {
		types := map[string][]string{}
		for _, s := range c.Slices {
			if Change(s) == change && (s.Grader != ofTypes || len(c.Confusion.Expected) == 0) {
				types[s.Grader] = append(types[s.Grader], s.Value)
			}
		}
		var parts []string
		for _, g := range c.Graders {
			if list := types[g.Grader]; list != nil {
				parts = append(parts, g.Grader+" ("+strings.Join(list, ", ")+")")
			}
		}
		if len(parts) > 0 {
			out = append(out, change+" by other graders: "+strings.Join(parts, ", "))
		}
	}
	return out
}

// TypesChanged says in short which types get worse and which better, as the sentence of the
// comparison does at length.
func TypesChanged(c *compare.Comparison) string {
	var parts []string
	var named []string
	for _, change := range []string{worse, better} {
		var types []string
		for _, s := range c.Slices {
			if Change(s) == change && !slices.Contains(named, s.Value) {
				types, named = append(types, s.Value), append(named, s.Value)
			}
		}
		if len(types) > 0 {
			parts = append(parts, wording.List(types)+" "+change)
		}
	}
	return strings.Join(parts, ", ")
}

// Passed says how many cases of a slice pass on both sides; the means, where these count
// otherwise.
func Passed(s compare.TypeSlice) string {
	if s.Verdict == compare.SliceWorse && s.HeadPassed >= s.BasePassed ||
		s.Verdict == compare.SliceBetter && s.HeadPassed <= s.BasePassed {
		return fmt.Sprintf("mean %s → %s", Share(s.BaseMean), Share(s.HeadMean))
	}
	return fmt.Sprintf("%d → %d of %d", s.BasePassed, s.HeadPassed, s.Cases)
}

// wrong lists the replies of a row that do not have its type, the most frequent first.
func wrong(types []string, counts []int, right int) string {
	type kind struct {
		name string
		n    int
	}
	var kinds []kind
	for j, n := range counts {
		name := Unreadable
		if j < len(types) {
			name = types[j]
		}
		if n > 0 && j != right {
			kinds = append(kinds, kind{name, n})
		}
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return b.n - a.n })
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = strconv.Itoa(k.n) + " " + k.name
	}
	return strings.Join(parts, ", ")
}

// Unreadable is what people read for [summary.Unread].
const Unreadable = "unreadable"

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func digits(n int) int { return len(strconv.Itoa(n)) }

// TagsTitle heads the table of [Tags].
const TagsTitle = "Tags with changed scores. No verdict rests on them."

// Tags returns a row for each tag and grader whose scores changed, with the titles of its
// columns. p is corrected by Benjamini and Hochberg; there is none where few cases changed.
func Tags(list []compare.Slice) (titles []string, rows [][]string) {
	for _, s := range list {
		if s.Better+s.Worse == 0 {
			continue
		}
		p := None
		if s.P != nil {
			p = strings.TrimLeft(compare.P(*s.P), "p= ")
		}
		rows = append(rows, []string{
			s.Tag, s.Grader, strconv.Itoa(s.Units), Signed(s.Delta), Between(s.CI, true), strconv.Itoa(s.Better),
			strconv.Itoa(s.Worse), p,
		})
	}
	return []string{"tag", "grader", "cases", "Δ", "95% interval", "rose", "fell", "p, corrected"}, rows
}
