package job

import (
	"context"
	"sync"

	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/blame"
)

// A variantStage is all cases of a job, each with revisions of its own.
type variantStage struct {
	cases  []suite.Case
	of     func(id string) []int
	isOver bool
}

// Next implements [runner.Stages].
func (s *variantStage) Next(context.Context) (runner.Stage, bool, error) {
	if s.isOver {
		return runner.Stage{}, false, nil
	}
	s.isOver = true
	return runner.Stage{Cases: inOrder(s.cases), Of: s.of}, true, nil
}

// Decided implements [runner.Stages].
func (*variantStage) Decided(int) *runfile.Decided { return nil }

// A variantsFile is the run file that variants share.
type variantsFile struct {
	*runfile.Writer

	mu    sync.Mutex
	begun map[string]bool // by case
	open  int             // variants whose part has not ended
	end   runfile.End     // of those that have
}

// A variantRun is the part of one variant in the run file that all share.
type variantRun struct {
	*variantsFile

	mask  blame.Mask
	first map[string]int // by case, how many trials come before the first of this variant
}

// Case implements [runner.Recorder].
func (v *variantRun) Case(c runfile.Case) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.begun[c.Case] {
		return nil
	}
	v.begun[c.Case] = true
	return v.Writer.Case(c)
}

// Call implements [runner.Recorder].
func (v *variantRun) Call(c runfile.Call) error {
	c.Variant = string(v.mask)
	c.Trial += v.first[c.Case]
	return v.Writer.Call(c)
}

// Trial implements [runner.Recorder].
func (v *variantRun) Trial(t runfile.Trial) error {
	t.Variant = string(v.mask)
	t.Trial += v.first[t.Case]
	return v.Writer.Trial(t)
}

// Close implements [runner.Recorder]: the last part to end ends the file.
func (v *variantRun) Close(e runfile.End) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.end = joined(v.end, e); v.end.Status == "" {
		v.end.Status = e.Status
	}
	if v.open--; v.open > 0 {
		return nil
	}
	return v.Writer.Close(v.end)
}
