package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/compare"
)

// A look is after so many units, which are so many cases.
type look struct{ units, cases int }

// inRandomOrder returns the selected cases in the order that the suite's hash fixes,
// those of a group together, and the looks, the last one at all of them.
func inRandomOrder(p *project.Project) ([]suite.Case, []look, error) {
	type placed struct {
		suite.Case

		place string
	}
	var list []placed
	for c, err := range p.Cases() {
		if err != nil {
			return nil, nil, err
		}
		sum := sha256.Sum256([]byte(strings.Join([]string{p.Suite.Hash(), c.Group, cmp.Or(c.Group, c.ID)}, "\x00")))
		list = append(list, placed{c, hex.EncodeToString(sum[:])})
	}
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	var order []suite.Case
	var ends []int // of the units, in cases
	for i, c := range list {
		order = append(order, c.Case)
		if i == len(list)-1 || list[i+1].place != c.place {
			ends = append(ends, i+1)
		}
	}
	var looks []look
	for _, units := range append(compare.Looks(len(ends)), len(ends)) {
		if units > 0 {
			looks = append(looks, look{units, ends[units-1]})
		}
	}
	return order, looks, nil
}

// plannedRun is what the suite says of the cases before any reply: every grader
// scores 0, unless it does not apply. No judge is asked.
func (r *Revisions) plannedRun(ctx context.Context, order []suite.Case) (*runfile.Run, error) {
	out := &runfile.Run{}
	for _, c := range order {
		record := runner.CaseRecord(r.Work.Suite, c)
		cut := runfile.Call{Case: c.ID, Trial: 1, FinishReason: string(model.FinishLength)}
		t, err := r.Work.Grading.Trial(ctx, record, []runfile.Call{cut}, "", runner.JudgeCalls{})
		if err != nil {
			return nil, err
		}
		out.Cases, out.Trials = append(out.Cases, record), append(out.Trials, scoresOf(t))
	}
	out.Sort()
	return out, nil
}

// scoresOf is a trial with what a verdict rests on.
func scoresOf(t runfile.Trial) runfile.Trial {
	out := runfile.Trial{Case: t.Case, Trial: t.Trial, Error: t.Error}
	for _, s := range t.Scores {
		s.Answer, s.Reason = "", ""
		out.Scores = append(out.Scores, s)
	}
	return out
}
