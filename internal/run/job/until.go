package job

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runner"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// Until has a job run until its verdicts are decided: each variant against a base,
// in a random order of the cases that the suite fixes. Whatever makes the calls, a
// run stops at the same look: nothing beyond a look is begun before all up to it
// have their outcome.
type Until struct {
	Base     string // a run file; empty: the first variant, which is run, too
	GateOnly bool   // stop as well where a regression is improbable
	Notices  bool   // likewise, on any expected type, and whatever the gates are; see [compare.Stopping]
}

// until is the progress of a job towards its verdicts.
type until struct {
	suite   *suite.Suite
	order   []suite.Case // all that are selected
	looks   []look
	base    int // the variant that is the base; -1 where it is a recorded run
	heads   []*head
	decided []*runfile.Decided // by variant
	extend  func(ctx context.Context) error
	note    func(string)

	next int // the number of the look that the stage at hand ends with, from 1; 0 before the first
	from int // the first case of that stage

	mu     sync.Mutex
	trials [][]runfile.Trial // of the stage at hand, by variant
	gap    bool              // a trial has no outcome, so that nothing is decided any more
	said   []string          // how far the verdicts are
}

// A head is a variant that is held against the base.
type head struct {
	variant    int
	name       string
	comparison *compare.Unfinished
}

// openUntil prepares to stop a job whose run files are made. It makes no call.
func (r *Revisions) openUntil(ctx context.Context, p *project.Project, o Options, variants []project.Variant) error {
	order, looks, err := inRandomOrder(p)
	if err != nil {
		return err
	}
	u := &until{
		suite: p.Suite, order: order, looks: looks, base: -1, note: o.Note, extend: r.transport.Extend,
		decided: make([]*runfile.Decided, len(variants)), trials: make([][]runfile.Trial, len(variants)),
	}
	if u.note == nil {
		u.note = func(string) {}
	}
	basePath := o.Until.Base
	if basePath == "" {
		u.base, basePath = 0, r.Runs[0].Path
	}
	planned, err := r.plannedRun(ctx, order)
	if err != nil {
		return err
	}
	areVariants := len(p.Options.Models) > 0
	base := result.NewBase(p, basePath, result.Pairing{
		Detail: runfile.Scores, AsRecorded: u.base >= 0, Drift: u.base < 0, Variants: areVariants,
	})
	stopping := compare.Stopping{
		GateOnly: o.Until.GateOnly || o.Until.Notices, Notices: o.Until.Notices, Heads: len(variants), Variants: areVariants,
	}
	if u.base >= 0 {
		stopping.Heads--
	}
	for i, v := range variants {
		if i == u.base {
			continue
		}
		c, err := base.Unfinished(ctx, r.Runs[i].Path, planned, u.base >= 0, stopping)
		if err != nil {
			return err
		}
		u.heads = append(u.heads, &head{variant: i, name: v.Name, comparison: c})
		if why := cmp.Or(c.ToEnd(), c.OnlyRegressed()); why != "" && !o.Until.Notices {
			u.note(fmt.Sprintf("--until-decided: %s %s", v.Name, untilNote(c.ToEnd(), why)))
		}
	}
	u.say()
	r.until, r.Work.Stages = u, u
	return nil
}

func untilNote(toEnd, why string) string {
	if toEnd != "" {
		return "runs to the end, because " + why
	}
	return "stops early only if it regressed, because " + why
}

// collect takes the outcome of a trial.
func (u *until) collect(e runner.Event) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.trials[e.Revision] = append(u.trials[e.Revision], scoresOf(e.Trial))
}

// Next implements [runner.Stages].
func (u *until) Next(ctx context.Context) (stage runner.Stage, ok bool, err error) {
	if u.next > 0 {
		u.look(u.looks[u.next-1])
	}
	if u.next == len(u.looks) || u.allDecided() {
		return stage, false, nil
	}
	if ctx.Err() != nil {
		return stage, false, ctx.Err()
	}
	u.from = u.begun()
	if u.mayStop() {
		u.next++
	} else {
		u.next = len(u.looks)
	}
	if u.from > 0 {
		if err := u.extend(ctx); err != nil {
			return stage, false, err
		}
	}
	stage.Cases = inOrder(u.order[u.from:u.begun()])
	for i, d := range u.decided {
		if d == nil {
			stage.Revisions = append(stage.Revisions, i)
		}
	}
	return stage, true, nil
}

// begun is how many cases are part of the stages so far.
func (u *until) begun() int {
	if u.next == 0 {
		return 0
	}
	return u.looks[u.next-1].cases
}

// soFar yields the cases of the stages so far, at least of the first.
func (u *until) soFar() iter.Seq2[suite.Case, error] {
	end := u.begun()
	switch {
	case end > 0:
	case u.mayStop():
		end = u.looks[0].cases
	default:
		end = len(u.order)
	}
	return inOrder(u.order[:end])
}

func inOrder(cases []suite.Case) iter.Seq2[suite.Case, error] {
	return func(yield func(suite.Case, error) bool) {
		for _, c := range cases {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Decided implements [runner.Stages].
func (u *until) Decided(variant int) *runfile.Decided { return u.decided[variant] }

// mayStop reports whether it makes sense to pause at the next look.
func (u *until) mayStop() bool {
	return !u.gap && slices.ContainsFunc(u.heads, func(h *head) bool {
		return u.decided[h.variant] == nil && h.comparison.ToEnd() == ""
	})
}

func (u *until) allDecided() bool { return !slices.Contains(u.decided, nil) }

// look decides at the end of a stage.
func (u *until) look(at look) {
	u.mu.Lock()
	defer u.mu.Unlock()
	records := make([]runfile.Case, 0, at.cases-u.from)
	for _, c := range u.order[u.from:at.cases] {
		records = append(records, runner.CaseRecord(u.suite, c))
	}
	for i := range u.trials {
		u.gap = u.gap || u.decided[i] == nil && len(u.trials[i]) < len(records)
	}
	var last *runfile.Decided
	for _, h := range u.heads {
		if u.gap || u.decided[h.variant] != nil {
			continue
		}
		var base []runfile.Trial
		if u.base >= 0 {
			base = u.trials[u.base]
		}
		h.comparison.See(records, base, u.trials[h.variant])
		if d, ok := h.comparison.Decide(); ok && at.cases < len(u.order) {
			d.Share, d.Look, d.Cases = u.share(at), u.next, at.cases
			u.decided[h.variant], last = &d, &d
			u.note(fmt.Sprintf("%s: %s, decided after %d of %s (%s)", h.name, compare.DecidedWords(&d), at.cases,
				wording.Count(len(u.order), "case"), percent(d.Share)))
		}
	}
	isOpen := func(h *head) bool { return u.decided[h.variant] == nil }
	if u.base >= 0 && last != nil && !slices.ContainsFunc(u.heads, isOpen) {
		u.decided[u.base] = last.Without(at.cases)
	}
	for i := range u.trials {
		u.trials[i] = nil
	}
	u.say()
}

func (u *until) share(at look) float64 {
	return float64(at.units) / float64(u.looks[len(u.looks)-1].units)
}
