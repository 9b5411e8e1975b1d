package compare

import (
	"fmt"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// WithoutSealed is [Compare] for runs on suites that seal cases. The comparison is
// without them, whether a run has them or not. If the seal was opened for both runs,
// [Comparison.Sealed] compares the sealed cases alone, for its verdict is as good if
// many revisions were tried on the others. It returns the runs as they are compared.
func WithoutSealed(base, head *runfile.Run, o Options) (c *Comparison, openBase, openHead *runfile.Run, err error) {
	if note := sealNote(base, head); note != "" {
		o.Notes = append(slices.Clone(o.Notes), note)
	}
	sealed := sealedOf(base)
	sealed = append(sealed, sealedOf(head)...)
	if len(sealed) == 0 {
		c, err = Compare(base, head, o)
		return c, base, head, err
	}
	ids := make(map[string]bool, len(sealed))
	for _, id := range sealed {
		ids[id] = true
	}
	part := func(run *runfile.Run, isSealed bool) *runfile.Run {
		return run.Only(func(c *runfile.Case) bool { return ids[c.Case] == isSealed })
	}
	openBase, openHead = part(base, false), part(head, false)
	if c, err = Compare(openBase, openHead, o); err != nil || !base.Header.HasOpened() || !head.Header.HasOpened() {
		return c, openBase, openHead, err
	}
	o.Gates, o.MetricGates, o.GatingByType, o.Notes = nil, nil, nil, nil
	c.Sealed, err = Compare(part(base, true), part(head, true), o)
	return c, openBase, openHead, err
}

// sealedOf are the ids of the cases of a run that its suite seals, as far as it has them.
func sealedOf(run *runfile.Run) (out []string) {
	for i := range run.Cases {
		if run.Cases[i].Sealed {
			out = append(out, run.Cases[i].Case)
		}
	}
	return out
}

// sealNote says which sealed cases are not compared, and why; empty if there are none.
func sealNote(base, head *runfile.Run) string {
	n := max(len(sealedOf(base)), len(sealedOf(head)))
	for _, run := range []*runfile.Run{base, head} {
		if s := run.Header.Sealed; s != nil {
			n = max(n, s.Cases)
		}
	}
	are := wording.Count(n, "case") + " " + wording.Verb(n, "are") + " sealed and left out"
	switch {
	case n == 0, base.Header.HasOpened() && head.Header.HasOpened():
		return ""
	case base.Header.HasOpened() || head.Header.HasOpened():
		closed := base
		if base.Header.HasOpened() {
			closed = head
		}
		return fmt.Sprintf("%s: run %s did not open the seal", are, closed.Header.Run)
	}
	return are + "; run both revisions with --open-seal for a verdict on them"
}
