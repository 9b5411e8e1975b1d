package result

import (
	"context"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
)

// Unfinished begins to compare the run file at headPath, which has only begun, with
// the base, and so does the base if isRun says that it is run, too. Planned are the
// cases of the head, see [compare.NewUnfinished].
func (b *Base) Unfinished(
	ctx context.Context, headPath string, planned *runfile.Run, isRun bool, how compare.Stopping,
) (*compare.Unfinished, error) {
	base, head, _, err := b.Pair(ctx, headPath)
	if err != nil {
		return nil, err
	}
	if !isRun {
		if base, err = runs.Narrow(base, b.project.Options.Select); err != nil {
			return nil, err
		}
		base = base.Unsealed()
	}
	o := b.options(base, head, nil)
	o.Anchored = !isRun && runs.Anchor(b.project, b.path) != ""
	return compare.NewUnfinished(base, head, planned, isRun, o, how)
}

// options are what the project and the pairing say of a comparison.
func (b *Base) options(base, head *runfile.Run, notes []string) compare.Options {
	o := b.project.Comparison(base, head, notes)
	o.Variants, o.AllowModel, o.AllowJudge = b.how.Variants, b.how.AllowModel, b.how.AllowJudge
	o.Drift, o.Noise = b.how.Drift, b.how.Noise
	return o
}
