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
// on something else, and the types of the other replies, of the head in a comparison, the
// most frequent first.
type TypeRow struct {
	Cells   []string
	Verdict compare.SliceVerdict // of the slice; empty if there is none
}

// ChangeAt is the place of the change in the cells of a comparison's row, -1 if it has none.
func (t TypeTable) ChangeAt() int { return slices.Index(t.Titles, changeTitle) }

const changeTitle = "change"

// The words for a slice.
const (
	broke     = "broke"
	fixed     = "fixed"
	tooFew    = "too few to tell"
	untested  = "not tested" // the run stopped early
	unchanged = "unchanged"
)

// RunTypes returns a row for each type that a suite declares.
func RunTypes(s summary.Summary) TypeTable {
	t := TypeTable{Titles: []string{"expected", "right", "what the other replies are"}}
	for i, counts := range s.Confusion {
		t.Rows = append(t.Rows, TypeRow{Cells: []string{
			s.Types[i], fmt.Sprintf("%d of %d", counts[i], sum(counts)), instead(s.Types, counts, i),
		}})
	}
	return t
}

// Types returns a row for each type that the suite of a comparison declares, with these names
// of the sides.
func Types(c *compare.Comparison, base, head string) TypeTable {
	t := TypeTable{Titles: []string{"expected", "right, " + base + " → " + head, "what " + head + " says instead"}}
	decides := slices.ContainsFunc(c.Graders, func(g compare.Grader) bool { return g.Grader == ofTypes && g.Gating })
	if decides {
		t.Titles = slices.Insert(t.Titles, 2, changeTitle)
	}
	m := c.Confusion
	widest := [2]int{}
	for i := range m.Expected {
		widest[0], widest[1] = max(widest[0], digits(m.Base[i][i])), max(widest[1], digits(m.Head[i][i]))
	}
	for i, expected := range m.Expected {
		base, head := sum(m.Base[i]), sum(m.Head[i])
		before, after := fmt.Sprintf("%*d", widest[0], m.Base[i][i]), fmt.Sprintf("%*d", widest[1], m.Head[i][i])
		if base != head { // calls failed
			before += fmt.Sprintf(" of %d", base)
		}
		row := TypeRow{Cells: []string{
			expected, fmt.Sprintf("%s → %s of %d", before, after, head), instead(m.Expected, m.Head[i], i),
		}}
		change := tooFew
		if c.Decided != nil {
			change = untested
		}
		for _, s := range c.Slices {
			if s.Grader == ofTypes && s.Value == expected {
				change, row.Verdict = Change(s), s.Verdict
			}
		}
		if decides {
			row.Cells = slices.Insert(row.Cells, 2, change)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// ofTypes is the grader that says whether replies have the expected type.
const ofTypes = "case_type"

// Change says in a word what became of a slice.
func Change(s compare.TypeSlice) string {
	switch {
	case s.Verdict == compare.SliceWorse:
		return broke
	case s.Verdict == compare.SliceBetter:
		return fixed
	case s.Verdict == "":
		return untested
	case s.Better+s.Worse == 0:
		return unchanged
	}
	return tooFew
}

// OtherSlices names the types that other graders show to be broken or fixed, which
// [Types] does not have.
func OtherSlices(c *compare.Comparison) []string {
	var out []string
	for _, change := range []string{broke, fixed} {
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
			out = append(out, "also "+change+", by type: "+strings.Join(parts, ", "))
		}
	}
	return out
}

// TypesChanged says in short which types are broken and which are fixed, as the sentence of
// the comparison does at length.
func TypesChanged(c *compare.Comparison) string {
	var parts []string
	var named []string
	for _, change := range []string{broke, fixed} {
		var types []string
		for _, s := range c.Slices {
			if Change(s) == change && !slices.Contains(named, s.Value) {
				types, named = append(types, s.Value), append(named, s.Value)
			}
		}
		if len(types) > 0 {
			parts = append(parts, change+" "+wording.List(types))
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

// instead lists the replies of a row that do not have its type.
func instead(types []string, counts []int, right int) string {
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
