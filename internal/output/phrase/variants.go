package phrase

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// An OverviewRow is one fact of every variant, by variant.
type OverviewRow struct {
	Label string
	Cells []OverviewCell
}

// An OverviewCell is a value, and the verdict against the first variant where there
// is one.
type OverviewCell struct {
	Value   string
	Verdict *compare.Verdict
	Words   string // the verdict of a grader beside its value, as [Verdict] names it
}

// Overview returns what every variant scored and took.
func Overview(v compare.Variants) []OverviewRow {
	var rows []OverviewRow
	add := func(label string, cell func(one compare.Variant, c *compare.Comparison) OverviewCell) {
		cells := make([]OverviewCell, len(v.Variants))
		for i, one := range v.Variants {
			var c *compare.Comparison // none of the first
			if i > 0 {
				c = v.Comparisons[i-1]
			}
			cells[i] = cell(one, c)
		}
		rows = append(rows, OverviewRow{label, cells})
	}
	for _, name := range gradersOf(v) {
		add(name, func(one compare.Variant, c *compare.Comparison) OverviewCell {
			cell := OverviewCell{Value: Share(one.Graders[name].Mean)}
			if c == nil {
				return cell
			}
			for _, g := range c.Graders {
				if g.Grader == name && g.Verdict != nil {
					cell.Verdict, cell.Words = g.Verdict, Verdict(g)
				}
			}
			return cell
		})
	}
	add("verdict", func(_ compare.Variant, c *compare.Comparison) OverviewCell {
		if c == nil {
			return OverviewCell{Value: "base"}
		}
		return OverviewCell{Value: Overall(c), Verdict: c.Verdict}
	})
	fact := func(label, format, unknown string, of func(compare.Variant) *float64) {
		add(label, func(one compare.Variant, _ *compare.Comparison) OverviewCell {
			if value := of(one); value != nil {
				return OverviewCell{Value: fmt.Sprintf(format, *value)}
			}
			return OverviewCell{Value: unknown}
		})
	}
	fact("tokens a reply", "%.0f", None, func(one compare.Variant) *float64 { return one.Tokens })
	fact("cost", "%.4f", "unknown", func(one compare.Variant) *float64 { return one.Cost })
	fact("median latency", "%.0f ms", None, func(one compare.Variant) *float64 { return one.Latency })
	return rows
}

// gradersOf lists the graders of all comparisons, in their order.
func gradersOf(v compare.Variants) []string {
	var out []string
	for _, c := range v.Comparisons {
		for _, g := range c.Graders {
			if !slices.Contains(out, g.Grader) {
				out = append(out, g.Grader)
			}
		}
	}
	return out
}

// VariantNames are the names of the variants, in their order.
func VariantNames(v compare.Variants) []string {
	names := make([]string, len(v.Variants))
	for i, one := range v.Variants {
		names[i] = one.Name
	}
	return names
}

// OverviewHeadline says what the verdict on each variant is.
func OverviewHeadline(v compare.Variants) string {
	parts := make([]string, len(v.Comparisons))
	for i, c := range v.Comparisons {
		parts[i] = c.Head.Name + " is " + Overall(c)
		switch {
		case c.Verdict == nil:
			parts[i] = c.Head.Name + " has no verdict"
		case *c.Verdict == compare.Improved || *c.Verdict == compare.Regressed:
			parts[i] = c.Head.Name + " has " + Overall(c)
		}
	}
	return fmt.Sprintf("Against %s: %s.", v.Variants[0].Name, strings.Join(parts, "; "))
}

// OverviewBasis says what an overview rests on.
func OverviewBasis(v compare.Variants) []string {
	return []string{
		fmt.Sprintf("%s on %s · the base is %s", wording.Count(len(v.Variants), "variant"),
			v.Comparisons[0].Suite, v.Variants[0].Name),
		fmt.Sprintf("p is adjusted over the gating graders of all %s (Holm)",
			wording.Count(len(v.Comparisons), "comparison")),
	}
}

// ShortNames cuts names to so many terminal columns, and keeps different ones apart:
// by their ends where their beginnings are alike, else by a number.
func ShortNames(names []string, width int) []string {
	out := make([]string, len(names))
	for _, cut := range []func(i int, name string) string{
		func(_ int, name string) string { return textsafe.Cut(name, width) },
		func(_ int, name string) string { return cutFront(name, width) },
		func(i int, name string) string { return textsafe.Cut(fmt.Sprintf("%d: %s", i+1, name), width) },
	} {
		full := map[string]string{} // by short name
		apart := true
		for i, name := range names {
			name = textsafe.Cell(name)
			out[i] = cut(i, name)
			other, ok := full[out[i]]
			apart = apart && (!ok || other == name)
			full[out[i]] = name
		}
		if apart {
			break
		}
	}
	return out
}

// cutFront keeps the end of a name that is wider than width.
func cutFront(name string, width int) string {
	if textsafe.Width(name) <= width {
		return name
	}
	runes := []rune(name)
	for len(runes) > 0 && textsafe.Width(string(runes)) >= width {
		runes = runes[1:]
	}
	return "…" + string(runes)
}
