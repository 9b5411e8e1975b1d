package result

import (
	"context"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// Variants compares several run files with the base, as variants: if one of them has
// to be graded again, all are. Each gets a comparison, which then may change.
func (b *Base) Variants(ctx context.Context, headPaths []string, then func(report.Pair) error) (
	out report.Variants, err error,
) {
	for _, path := range headPaths {
		if b.how.AsRecorded {
			break
		}
		again, _, err := b.mustRegrade(path)
		if err != nil {
			return out, err
		}
		b.again = b.again || again
	}
	var heads []*runfile.Run
	var list []*compare.Comparison
	for _, path := range headPaths {
		pair, err := b.Compare(ctx, path)
		if err == nil {
			err = then(pair)
		}
		if err != nil {
			return out, err
		}
		out.Pairs = append(out.Pairs, pair)
		heads, list = append(heads, pair.Head), append(list, pair.Comparison)
	}
	out.Variants = compare.NewVariants(out.Pairs[0].Base, heads, list)
	return out, nil
}
