package compare

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Compare compares head with base. If graders or expectations differ, the caller
// regrades both runs by the current suite first. The error is a [Refusal] if the
// two must not be compared. The comparison refers to the runs, which must not
// change afterwards.
func Compare(base, head *runfile.Run, o Options) (*Comparison, error) {
	notes, err := eligible(base, head, o)
	if err != nil {
		return nil, err
	}
	leftOut, allowed, err := judgedAlike(base.Header, head.Header, o)
	if err != nil {
		return nil, err
	}
	notes = append(notes, allowed...)
	p := pair(base, head, leftOut)
	if err := overlap(len(p.pairs), p.changes); err != nil {
		return nil, err
	}
	p.base.price, p.head.price = o.BasePrice, o.HeadPrice
	c := &Comparison{
		Schema: Schema, Noise: o.Noise, Exploratory: o.Exploratory && !o.Noise, Gates: []summary.GateResult{},
		Base: sideOf(base, o.BasePrice, o), Head: sideOf(head, o.HeadPrice, o),
		Suite: head.Header.Suite.Name, Pairs: len(p.pairs), Changes: p.changes, Confusion: confusion(head, p),
		Notes: joined(o.Notes, notes, p.notes(o)), pairs: p, options: o, measured: gradersOf(p, o),
	}
	c.OtherParams = otherParams(base.Header.Model.Params, head.Header.Model.Params)
	names := Names([]runfile.Header{base.Header, head.Header})
	c.Base.Name, c.Head.Name = names[0], names[1]
	if len(o.Gates) > 0 {
		s := summary.Of(head, o.HeadPrice)
		s.SetReliability(o.Reliability, o.HeadLabels)
		c.Gates = s.CheckGates(o.Gates)
	}
	for _, g := range c.measured {
		r := summary.GateResult{
			Grader: g.Grader, Of: summary.Regression, Cases: g.Cases, Applicable: g.Cases + g.LeftOut,
		}
		if g.Gating && slices.Contains(slices.Concat(o.Gating, o.GatingByType), g.Grader) && !r.HasHalf() {
			c.Gates = append(c.Gates, r)
		}
	}
	c.Metrics = p.metrics()
	for _, gate := range o.MetricGates {
		c.Gates = append(c.Gates, checkMetric(gate, c.Metrics))
	}
	c.Graders = c.measured
	c.findChanges()
	c.Tags, c.Slices = tagSlices(p, o), typeSlices(p, o)
	for _, grader := range o.GatingByType {
		c.Gates = append(c.Gates, c.checkByType(grader))
	}
	if c.setDecision(base, head, o); c.stopped {
		c.strip()
	}
	decide([]*Comparison{c}, true)
	return c, nil
}

func gradersOf(p *pairing, o Options) []Grader {
	list := make([]Grader, len(p.names))
	parallel(len(list), func(i int) {
		g := p.gather(i, nil, false)
		list[i] = resultOf(p.names[i], g, p.trials, o)
		list[i].Gating = gating(p.names[i], o)
		list[i].Margin = o.margin(p.names[i])
		list[i].setReliability(o)
	})
	return list
}

// joined concatenates lists. It is never nil, so JSON says [] and not null.
func joined[T any](lists ...[]T) []T {
	all := []T{}
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// parallel calls work with 0 to n-1 on all processors. Each call must write
// nothing but its own result.
func parallel(n int, work func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}

func sideOf(run *runfile.Run, price *params.Price, o Options) Side {
	h := run.Header
	s := Side{
		Prompt: h.Prompt.Name, Run: h.Run, Hash: h.Prompt.Hash, Model: h.Model.ID, Endpoint: h.Model.Endpoint,
		Status: run.Status(), Cases: run.Planned(), Trials: h.Trials,
		Basis: summary.BasisOf(run), Unread: summary.UnreadableOf(run), Usage: summary.UsageOf(run, price),
		Judging: summary.JudgingOf(run, o.JudgePrice),
	}
	if h.Sealed != nil {
		s.Opened = h.Sealed.Opened
	}
	s.Draw = h.DrawOf()
	for i := range run.Trials {
		t := &run.Trials[i]
		if t.Failure() != "" {
			s.Errors++
		}
		for k := range t.Scores {
			if t.Scores[k].Unscored != "" {
				s.Unscored++
			}
		}
	}
	return s
}

// confusion counts both sides over the paired cases alone.
func confusion(head *runfile.Run, p *pairing) Confusion {
	types := joined(head.Header.Reply.Types)
	return Confusion{
		Expected: types, Returned: append(slices.Clone(types), summary.Unread),
		Base: summary.Confusion(p.base.run, p.side(func(pr *paired) []runfile.Trial { return pr.base }), types),
		Head: summary.Confusion(p.head.run, p.side(func(pr *paired) []runfile.Trial { return pr.head }), types),
	}
}
