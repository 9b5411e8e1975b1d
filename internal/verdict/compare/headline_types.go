package compare

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/text/wording"
)

// typesSentence says which types the head breaks and fixes beyond chance, each by the
// first grader that shows it, and which change too little; nothing if it is none. A type that is worse by one grader
// and better by another is broken.
func typesSentence(c *Comparison) string {
	worse, better := c.NamedTypes()
	all := slices.Concat(worse, better)
	if len(all) == 0 {
		return ""
	}
	var parts []string
	for _, side := range []struct {
		verb string
		list []TypeSlice
	}{{"breaks", worse}, {"fixes", better}} {
		var types []string
		for _, s := range side.list {
			named := slices.ContainsFunc(all, func(o TypeSlice) bool { return o.Grader != all[0].Grader })
			types = append(types, wording.Quote(s.Value)+" cases ("+s.effect(named || all[0].Grader != c.firstGating())+")")
		}
		if len(types) > 0 {
			parts = append(parts, side.verb+" "+wording.List(types))
		}
	}
	separator := " and "
	if len(worse) > 1 || len(better) > 1 {
		separator = ", and "
	}
	return c.Head.Name + " " + strings.Join(parts, separator) + openTypes(c, all) + "."
}

// openTypes ends the sentence with the types that changed too little to name.
func openTypes(c *Comparison, named []TypeSlice) string {
	var types []string
	for _, s := range firstOfTypes(c.slicesThat(SliceOpen), named) {
		if s.Grader == named[0].Grader && s.Better+s.Worse > 0 {
			types = append(types, wording.Quote(s.Value))
		}
	}
	if len(types) == 0 {
		return ""
	}
	return "; too few " + wording.List(types) + " cases change to tell"
}

// NamedTypes returns the slices that the headline names, one for each type: those that are
// worse, and those that are better and not worse by another grader.
func (c *Comparison) NamedTypes() (worse, better []TypeSlice) {
	worse = firstOfTypes(c.slicesThat(SliceWorse), nil)
	return worse, firstOfTypes(c.slicesThat(SliceBetter), worse)
}

// firstOfTypes keeps the first slice of each type that the others do not have.
func firstOfTypes(list, others []TypeSlice) []TypeSlice {
	var out []TypeSlice
	for _, s := range list {
		if !slices.ContainsFunc(slices.Concat(out, others), func(o TypeSlice) bool { return o.Value == s.Value }) {
			out = append(out, s)
		}
	}
	return out
}

// effect says how many cases of the slice flip, or how far its mean moves where flips
// do not show it. The grader is named on demand.
func (s TypeSlice) effect(named bool) string {
	by := ""
	if named {
		by = " " + s.Grader
	}
	switch {
	case s.Verdict == SliceWorse && s.NewlyFail > s.NewlyPass:
		return fmt.Sprintf("%d of %d newly fail%s", s.NewlyFail, s.Cases, by)
	case s.Verdict == SliceBetter && s.NewlyPass > s.NewlyFail:
		return fmt.Sprintf("%d of %d newly pass%s", s.NewlyPass, s.Cases, by)
	}
	return fmt.Sprintf("the mean%s goes from %.2f to %.2f", strings.Replace(by, " ", " of ", 1), *s.BaseMean, *s.HeadMean)
}
