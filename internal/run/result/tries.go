package result

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// addTries says how many revisions were tried on the suite of a comparison.
func (b *Base) addTries(c *compare.Comparison, head runfile.Header) error {
	if err := b.findRuns(head.Suite.Name); err != nil {
		return err
	}
	gating := slices.DeleteFunc(slices.Clone(c.Graders), func(g compare.Grader) bool { return !g.Gating })
	names := make([]string, len(gating))
	for i, g := range gating {
		names[i] = g.Grader
	}
	key := fmt.Sprint(head.Suite, head.Model.ID, head.Model.Endpoint, head.Model.API, names)
	if _, ok := b.tries[key]; !ok {
		b.tries[key] = runs.TriesOf(b.onSuite, head, names)
	}
	c.Tries = b.tries[key]
	return nil
}

// addAnchor compares a head with the anchor, too: many small losses, each within the
// margin of its baseline, add up. A refusal is worth a note.
func (b *Base) addAnchor(ctx context.Context, c *compare.Comparison, headPath string) error {
	if b.anchor == nil {
		if err := runs.CheckRunFile(b.how.Anchor); err != nil {
			return err
		}
		how := b.how
		how.Anchor, how.BaseName, how.Alone, how.Drift = "", "", true, true
		b.anchor = NewBase(b.project, b.how.Anchor, how)
	}
	pair, err := b.anchor.Compare(ctx, headPath)
	if refusal, ok := errors.AsType[*compare.Refusal](err); ok {
		c.Notes = append(c.Notes, fmt.Sprintf("not compared with the anchor %s: %s", b.how.Anchor, refusal.Reason))
		return nil
	}
	if err != nil {
		return err
	}
	pair.Comparison.Gates = []summary.GateResult{} // they are held to the baseline
	c.Anchor = pair.Comparison
	return nil
}

// findRuns finds the runs on a suite, once.
func (b *Base) findRuns(suite string) (err error) {
	if b.suite != suite || b.onSuite == nil {
		b.suite = suite
		b.onSuite, err = runs.OnSuite(b.project.RunsDir, suite)
	}
	return err
}

// repeats says how often the revision of the head has run anew, and pools such runs of
// both sides if that is asked for. Of two runs of one prompt, the head's are those
// since the base.
func (b *Base) repeats(base, head *runfile.Run) (pooledBase, pooledHead *runfile.Run, notes []string, err error) {
	if b.how.Alone || b.how.Noise || head.Stopped() || base.Stopped() {
		return base, head, nil, nil
	}
	if err := b.findRuns(head.Header.Suite.Name); err != nil {
		return base, head, nil, err
	}
	isDrift := base.Header.Prompt.Hash == head.Header.Prompt.Hash && base.Header.Model.Same(head.Header.Model)
	again := runs.Repeats(b.onSuite, head.Header)
	if isDrift {
		again = slices.DeleteFunc(again, func(f runfile.Found) bool {
			return f.Header.Run == base.Header.Run || f.Header.Started.Before(base.Header.Started)
		})
	}
	name, at := head.Header.Prompt.Name, slices.IndexFunc(again, func(f runfile.Found) bool {
		return f.Header.Run == head.Header.Run
	})
	if !b.how.Pool {
		if at > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s run of this revision on this suite; --pool compares all of them as trials",
				name, wording.Ordinal(at+1)))
		}
		return base, head, notes, nil
	}
	if head, notes, err = b.pool(head, again, notes); err != nil || isDrift {
		return base, head, notes, err
	}
	if b.pooled == nil {
		b.pooled, b.pooling, err = b.pool(base, runs.Repeats(b.onSuite, base.Header), nil)
	}
	return b.pooled, head, append(b.pooling, notes...), err
}

// pool adds the trials of repeats to a run, and says so in a note.
func (b *Base) pool(run *runfile.Run, again []runfile.Found, notes []string) (*runfile.Run, []string, error) {
	var others []*runfile.Run
	for _, f := range again {
		if f.Header.Run == run.Header.Run {
			continue
		}
		other, err := runfile.Load(f.Path, b.detail)
		if err != nil {
			return run, notes, err
		}
		others = append(others, other)
	}
	name, number := run.Header.Prompt.Name, len(others)+1
	if isPart := len(others) == len(again); isPart && run.End != nil && run.End.Calls == 0 {
		number-- // it replays one of the others
	}
	if number <= 1 {
		return run, append(notes, name+": 1st run of this revision on this suite, nothing to pool"), nil
	}
	pooled := run.Pool(others)
	return pooled, append(notes, fmt.Sprintf("%s: %s run of this revision on this suite, pooled with the earlier ones: "+
		"%s a case",
		name, wording.Ordinal(number), wording.Count(pooled.Header.Trials, "trial"))), nil
}

// isExploratory reports whether the cases of a comparison may have been chosen for what
// either side did on all cases: it is narrowed now, or was run so after a whole run. Cases
// on which the base did badly by chance would improve by themselves.
func (b *Base) isExploratory(base, head runfile.Header) bool {
	s, ran := b.project.Options.Select, head.Selected
	isAfterAll := func(s *runfile.Selection) bool { return s != nil && s.After != "" }
	switch {
	case ran.IsSample() && (base.Selected == nil || base.Selected.IsSample()):
		return false // chance does not know how the base did
	case ran != nil && ran.Draw != nil && ran.Draw.Failed != "":
		return true
	case isAfterAll(ran), isAfterAll(base.Selected), ran != nil && base.Selected == nil:
		return true
	case b.how.AsRecorded || len(s.Cases)+len(s.Tags) == 0:
		return false
	}
	return ran == nil || !slices.Equal(ran.Cases, s.Cases) || !slices.Equal(ran.Tags, s.Tags)
}
