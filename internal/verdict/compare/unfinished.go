package compare

import (
	"cmp"
	"fmt"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// An Unfinished is a comparison while its runs are made, in the random order of the
// suite. At each look it says whether the verdict on all cases is decided.
type Unfinished struct {
	base    *runfile.Run // nil where it is run, too
	headers [2]runfile.Header
	leftOut []string // graders
	plan    *pairing // all cases, with trials that stand for those to come
	byCase  map[string]int32
	isSeen  []bool // by pair of the plan
	gating  []soFar
	types   []typeSoFar
	options Options
	how     Stopping
	toEnd   string
}

// soFar is what one gating grader made of the cases seen.
type soFar struct {
	at            int // among the plan's names
	better, worse int
	seen, leftOut int    // units
	toEnd         string // why it needs all cases
}

// NewUnfinished begins to compare head with base. Planned are the cases of the head,
// and trials of them that every grader scores 0 unless it does not apply. The head
// holds its header alone. So does a base that is run beside it; isRun says so.
// The error is a [Refusal] if the two must not be compared.
func NewUnfinished(base, head, planned *runfile.Run, isRun bool, o Options, how Stopping) (*Unfinished, error) {
	stand := func(h runfile.Header) *runfile.Run {
		return &runfile.Run{Header: h, Cases: planned.Cases, Trials: planned.Trials}
	}
	u := &Unfinished{
		headers: [2]runfile.Header{base.Header, head.Header}, byCase: map[string]int32{}, options: o, how: how,
	}
	u.options.Notices = how.Notices
	u.how.NeedsAll = u.options.NeedsAll() != ""
	all := stand(base.Header)
	if !isRun {
		u.base, all = base, base
	}
	if all.Stopped() {
		return nil, &Refusal{
			Reason: fmt.Sprintf("run %s stopped early, so it cannot be a base", base.Header.Run),
			Hint:   "run its revision again without --until-decided",
		}
	}
	_, err := eligible(all, stand(head.Header), o)
	if err == nil {
		u.leftOut, _, err = judgedAlike(base.Header, head.Header, o)
	}
	if err != nil {
		return nil, err
	}
	u.plan = pair(all, stand(head.Header), u.leftOut)
	u.isSeen = make([]bool, len(u.plan.pairs))
	for i := range u.plan.pairs {
		u.byCase[u.plan.pairs[i].c.Case] = int32(i)
	}
	if err := overlap(len(u.plan.pairs), u.plan.changes); err != nil {
		return nil, err
	}
	for k, name := range u.plan.names {
		if gating(name, o) {
			u.gating = append(u.gating, soFar{at: k, toEnd: u.needsEnd(name, u.plan.gather(k, nil, false))})
		}
	}
	if len(u.gating) == 0 {
		u.toEnd = "no grader decides the verdict"
	}
	if how.Notices {
		u.types = u.openTypes()
	}
	if trials := max(base.Header.Trials, head.Header.Trials, u.plan.trials); trials > 1 {
		u.toEnd = SeveralTrials(trials)
	}
	return u, nil
}

// HasGroups says why a run on a suite with groups needs all cases.
const HasGroups = "the suite has groups of paraphrases"

// SeveralTrials says why a run with so many trials a case needs all of them.
func SeveralTrials(n int) string { return "there are " + wording.Count(n, "trial") + " a case" }

// needsEnd says why a grader needs all cases, or nothing.
func (u *Unfinished) needsEnd(name string, g gathered) string {
	switch {
	case g.grouped:
		return HasGroups
	case !g.binary:
		return name + " has values between 0 and 1"
	}
	return ""
}

// ToEnd says why the head must be run to the end, or nothing.
func (u *Unfinished) ToEnd() string {
	why := u.toEnd
	for _, g := range u.gating {
		if g.toEnd == "" && u.how.Notices {
			return u.toEnd
		}
		why = cmp.Or(why, g.toEnd)
	}
	return why
}

// OnlyRegressed says why no verdict but regressed ends the run, or nothing.
func (u *Unfinished) OnlyRegressed() string {
	switch missing := func(g soFar) bool { return u.look(g).LeftOut > 0 }; {
	case u.ToEnd() != "":
	case u.how.NeedsAll:
		return u.options.NeedsAll()
	case slices.ContainsFunc(u.gating, missing):
		return "some cases have no score"
	}
	return ""
}

// See adds cases that were run, with their trials in the head, and in the base if that
// is run, too.
func (u *Unfinished) See(cases []runfile.Case, base, head []runfile.Trial) {
	run := func(side int, trials []runfile.Trial) *runfile.Run {
		out := &runfile.Run{Header: u.headers[side], Cases: slices.Clone(cases), Trials: trials}
		out.Sort()
		return out
	}
	from := u.base
	if from == nil {
		from = run(0, base)
	}
	p := pair(from, run(1, head), u.leftOut)
	p.names = u.plan.names
	for i := range p.pairs {
		u.isSeen[u.byCase[p.pairs[i].c.Case]] = true
	}
	for i := range u.gating {
		g := &u.gating[i]
		found := p.gather(g.at, nil, false)
		g.toEnd = cmp.Or(g.toEnd, u.needsEnd(p.names[g.at], found))
		if len(found.units) > 0 {
			d := differenceOf(found)
			g.better, g.worse = g.better+d.better, g.worse+d.worse
		}
		g.seen, g.leftOut = g.seen+len(found.units), g.leftOut+found.leftOut
	}
	u.seeTypes(p)
}

// Decide applies the rules of stopping to what was seen.
func (u *Unfinished) Decide() (runfile.Decided, bool) {
	if u.ToEnd() != "" {
		return runfile.Decided{}, false
	}
	how := u.how
	for _, g := range u.gating {
		if g.toEnd != "" {
			how.waiting++
		}
	}
	d, ok := DecideEarly(u.looks(), how)
	if ok && u.how.Notices && Verdict(d.Verdict) != Regressed && !u.noTypeMayBeWorse() {
		return runfile.Decided{}, false
	}
	d.Base = u.headers[0].Run
	return d, ok
}

// Outlook returns how probable the verdicts on all cases are.
func (u *Unfinished) Outlook() Outlook { return OutlookOf(u.looks(), u.how) }

// looks are how the graders stand that apply to any case.
func (u *Unfinished) looks() []Look {
	var out []Look
	for _, g := range u.gating {
		if l := u.look(g); g.toEnd == "" && l.Units+l.LeftOut > 0 {
			out = append(out, l)
		}
	}
	return out
}

// look is how a grader stands. Of the cases to come those are left out that the base
// has no score of.
func (u *Unfinished) look(g soFar) Look {
	left := make([]int32, 0, len(u.isSeen))
	for i, isSeen := range u.isSeen {
		if !isSeen {
			left = append(left, int32(i))
		}
	}
	rest := u.plan.gather(g.at, left, false)
	name := u.plan.names[g.at]
	out := Look{Grader: name, Margin: u.options.margin(name), LeftOut: g.leftOut + rest.leftOut}
	out.Seen, out.Units = g.seen, g.seen+len(rest.units)
	out.Better, out.Worse = g.better, g.worse
	return out
}
