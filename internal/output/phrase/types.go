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

// Expected heads the expected types, of tables of types and of cases.
const Expected = "expected"

// RunTypes returns a row for each type that a suite declares, and one for all.
func RunTypes(s summary.Summary) TypeTable {
	t := TypeTable{Titles: []string{Expected, "right", "wrong replies"}}
	right, all := 0, 0
	for i, counts := range s.Confusion {
		right, all = right+counts[i], all+sum(counts)
		t.Rows = append(t.Rows, TypeRow{Cells: []string{
			s.Types[i], fmt.Sprintf("%d of %d", counts[i], sum(counts)), wrong(s.Types, counts, i),
		}})
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, TypeRow{Cells: []string{AllTypes, fmt.Sprintf("%d of %d", right, all), ""}})
	}
	return t
}

// AllTypes is the row of all types.
const AllTypes = "all"

// Types returns a row for each type that the suite of a comparison declares and one for all,
// with these names of the sides. Its numbers add up: right before, + newly right, − no
// longer right, is right after.
func Types(c *compare.Comparison, base, head string) TypeTable {
	t := TypeTable{Titles: []string{Expected, "right, " + base + " → " + head, head + "'s wrong replies (all)"}}
	at := slices.IndexFunc(c.Graders, func(g compare.Grader) bool { return g.Grader == ofTypes && g.Gating })
	if at >= 0 {
		t.Titles = slices.Insert(t.Titles, 2, changeTitle)
	}
	m := c.Confusion
	if len(m.Expected) == 0 {
		return t
	}
	counts, all := rightOf(m)
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
				change, verdict = counts[i].change(Change(s), s.NewlyPass, s.NewlyFail, c.Graders[at]), s.Verdict
			}
		}
		r := row(expected, counts[i], change, wrong(m.Expected, m.Head[i], i))
		r.Verdict = verdict
		t.Rows = append(t.Rows, r)
	}
	overall := ""
	if at >= 0 {
		g := c.Graders[at]
		overall = all.change("", g.NewlyPass, g.NewlyFail, g)
	}
	t.Rows = append(t.Rows, row(AllTypes, all, overall, ""))
	return t
}

// rightReplies counts replies of the expected type, and all replies, on both sides.
type rightReplies struct{ base, head, ofBase, ofHead int }

// rightOf counts the replies of the expected type, by type and in all.
func rightOf(m compare.Confusion) (byType []rightReplies, all rightReplies) {
	for i := range m.Expected {
		n := rightReplies{m.Base[i][i], m.Head[i][i], sum(m.Base[i]), sum(m.Head[i])}
		byType = append(byType, n)
		all = rightReplies{all.base + n.base, all.head + n.head, all.ofBase + n.ofBase, all.ofHead + n.ofHead}
	}
	return byType, all
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

// change is "worse +3 −22": a word, then how many cases newly pass and newly fail, aligned with
// the total. It is the word alone if these do not explain the numbers of replies, which
// count trials.
func (n rightReplies) change(word string, pass, fail int, total compare.Grader) string {
	if pass+fail == 0 || n.base+pass-fail != n.head {
		return word
	}
	width := 1 + max(digits(total.NewlyPass), digits(total.NewlyFail))
	return fmt.Sprintf("%-*s %*s %*s", len(unclear), word, width, "+"+strconv.Itoa(pass), width, Minus+strconv.Itoa(fail))
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

// OtherSlices says by which other graders types get worse or better, which [Types] does not
// have, and which criteria regress.
func OtherSlices(c *compare.Comparison) []string {
	var out []string
	for _, change := range []string{worse, better} {
		types, all := map[string][]string{}, map[string]int{}
		for _, s := range c.Slices {
			all[s.Grader]++
			if Change(s) == change && (s.Grader != ofTypes || len(c.Confusion.Expected) == 0) {
				types[s.Grader] = append(types[s.Grader], s.Value)
			}
		}
		var every, some, criteria []string
		for _, g := range c.Graders {
			_, criterion, isCriterion := strings.Cut(g.Grader, "/")
			switch list := types[g.Grader]; {
			case isCriterion && !g.Gating && g.Verdict != nil && *g.Verdict == compare.Regressed && change == worse:
				criteria = append(criteria, criterion)
			case len(list) > 0 && len(list) == all[g.Grader]:
				every = append(every, g.Grader)
			case len(list) > 0:
				some = append(some, g.Grader+" ("+wording.Quotes(list)+")")
			}
		}
		if len(every) > 0 {
			some = slices.Insert(some, 0, wording.List(every)+" (every type)")
		}
		if n := len(criteria); n > fewCriteria {
			criteria = append(criteria[:fewCriteria], strconv.Itoa(n-fewCriteria)+" more")
		}
		if len(criteria) > 0 {
			some = append(some, "by criterion "+wording.List(criteria))
		}
		if len(some) > 0 {
			out = append(out, "also "+change+": "+strings.Join(some, ", "))
		}
	}
	return out
}

// fewCriteria is how many criteria a sentence names.
const fewCriteria = 3

// TypesChanged says in short which types get worse and which better, as the sentence of the
// comparison does at length; by which grader, unless it says whether replies have the type.
func TypesChanged(c *compare.Comparison) string {
	var parts []string
	worse, better := c.NamedTypes()
	for _, list := range [][]compare.TypeSlice{worse, better} {
		for len(list) > 0 {
			grader, change := list[0].Grader, Change(list[0])
			if grader != ofTypes {
				change += " at " + grader
			}
			var types []string
			list = slices.DeleteFunc(slices.Clone(list), func(s compare.TypeSlice) bool {
				if s.Grader == grader {
					types = append(types, s.Value)
				}
				return s.Grader == grader
			})
			parts = append(parts, wording.Quotes(types)+" "+change)
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
const TagsTitle = "Tags with changed scores, on which no verdict rests"

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
