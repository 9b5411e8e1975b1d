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

// OverviewHeadline says what the verdicts on the variants are, the worst first.
func OverviewHeadline(v compare.Variants) string {
	var parts []string
	for _, of := range []struct {
		words string // of the verdict, as [Overall] names it
		verb  string
	}{
		{compare.Regressed.Words(), "have"}, {compare.Mixed.Words(), "are"}, {compare.Inconclusive.Words(), "are"},
		{compare.NoWorse.Words(), "are"},
		{compare.Improved.Words(), "have"}, {noVerdict, "have"},
	} {
		var names []string
		for _, c := range v.Comparisons {
			if Overall(c) == of.words {
				names = append(names, c.Head.Name)
			}
		}
		if len(names) > 0 {
			parts = append(parts, wording.List(names)+" "+wording.Verb(len(names), of.verb)+" "+of.words)
		}
	}
	return fmt.Sprintf("Against %s: %s.", v.Variants[0].Name, strings.Join(parts, "; "))
}

// OverviewBasis says what an overview rests on.
func OverviewBasis(v compare.Variants) []string {
	return []string{
		fmt.Sprintf("%s on %s · the base is %s", wording.Count(len(v.Variants), "variant"),
			v.Comparisons[0].Suite, v.Variants[0].Name),
		fmt.Sprintf("p is adjusted over the gating graders of all %s (Tarone–Holm)",
			wording.Count(len(v.Comparisons), "comparison")),
	}
}

// ShortNames cuts names to so many terminal columns, and keeps different ones apart.
// Where one is wider, the prompt or the model that all share goes first; then names
// keep their beginnings or their ends, else they get a number.
func ShortNames(names []string, width int) []string {
	out := make([]string, len(names))
	if slices.ContainsFunc(names, func(name string) bool { return textsafe.Width(name) > width }) {
		names = withoutShared(names)
	}
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

// withoutShared leaves out the prompt or the model that all names have.
func withoutShared(names []string) []string {
	for _, part := range []int{0, 1} {
		rest, shared := make([]string, len(names)), ""
		for i, name := range names {
			prompt, model, both := strings.Cut(name, compare.Between)
			parts := [...]string{prompt, model}
			if !both || i > 0 && parts[part] != shared || len(names) < 2 {
				break
			}
			shared, rest[i] = parts[part], parts[1-part]
		}
		if rest[len(rest)-1] != "" {
			return rest
		}
	}
	return names
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
