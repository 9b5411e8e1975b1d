package result

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A Pairing says how two runs are compared.
type Pairing struct {
	Detail     runfile.Detail
	AsRecorded bool // by the scores in the files
	Variants   bool // both are named as variants, so they may differ in the model
	AllowModel bool // in spite of different models
	AllowJudge bool // in spite of different judges
	Drift      bool // both may be runs of one prompt
	Noise      bool // both are runs of one prompt, to see what chance does
	NoCommands bool // start none to grade the runs again
	Alone      bool // say nothing of other runs on the suite
	Pool       bool // take fresh repeats of both revisions as further trials
	SealedNow  bool // leave out cases that the suite seals now, of runs from before it did, too

	Anchor    string            // a run file that heads are held against beside the base; may be empty
	BaseName  string            // what the base's revision is called; empty: as the run says
	HeadNames map[string]string // likewise for heads, by path

	Again map[string]string // further runs of heads, by path: pooled with them
}

// A Base is the run that others are compared with. Its file is read once, and
// graded again at most once, however many others there are.
type Base struct {
	project *project.Project
	path    string
	how     Pairing

	again    bool            // it is to be graded again, whatever the head
	header   *runfile.Header // nil until it is read
	specs    []graders.Spec  // of the suite as it is now; nil until they are needed
	recorded *runfile.Run    // nil until it is read
	detail   runfile.Detail  // that it was read in
	regraded *runfile.Run    // nil until it is graded again
	source   *runfile.Run    // what regraded was made of
	suite    string          // of the heads
	onSuite  []runfile.Found // the runs on it; nil until they are needed
	pooled   *runfile.Run    // with its repeats; nil until it is needed
	pooling  []string        // notes of it
	anchor   *Base           // nil until it is needed

	tries map[string]summary.Tries // by what they depend on of a head
}

// NewBase returns the base at path. It reads nothing yet.
func NewBase(p *project.Project, path string, how Pairing) *Base {
	return &Base{project: p, path: path, how: how, tries: map[string]summary.Tries{}}
}

// Compare compares the selected cases of the run file at headPath with the base.
// Both are graded again if the project's suite grades otherwise than theirs.
func (b *Base) Compare(ctx context.Context, headPath string) (report.Pair, error) {
	base, head, notes, err := b.Pair(ctx, headPath)
	if err != nil {
		return report.Pair{}, err
	}
	recordedBase := base.Header
	if s := b.project.Options.Select; !b.how.AsRecorded {
		if base, err = runs.Narrow(base, s); err != nil {
			return report.Pair{}, err
		}
		if head, err = runs.Narrow(head, s); err != nil {
			return report.Pair{}, err
		}
	}
	if b.how.SealedNow {
		base, head = runs.Unsealed(base, b.project.Suite), runs.Unsealed(head, b.project.Suite)
	}
	o := b.options(base, head, notes)
	o.Exploratory = b.isExploratory(recordedBase, head.Header)
	c, base, head, err := compare.WithoutSealed(base, head, o)
	if err == nil && !b.how.Alone && !b.how.Noise {
		err = b.addTries(c, head.Header)
	}
	if err == nil && b.how.Anchor != "" && !head.Stopped() {
		err = b.addAnchor(ctx, c, headPath)
	}
	if err != nil {
		return report.Pair{}, err
	}
	next := b.commands(ctx, base.Header, head.Header, headPath)
	return report.Pair{Comparison: c, Base: base, Head: head, Next: next}, nil
}

// Pair loads both runs, as they are to be compared. Notes say how they were
// graded, if not by the files alone.
func (b *Base) Pair(ctx context.Context, headPath string) (base, head *runfile.Run, notes []string, err error) {
	again := false
	if !b.how.AsRecorded {
		if again, notes, err = b.mustRegrade(headPath); err != nil {
			return nil, nil, nil, err
		}
	}
	recorded, head, err := b.load(headPath, again)
	if err != nil {
		return nil, nil, nil, err
	}
	recorded, head, repeated, err := b.repeats(recorded, head)
	if err != nil || !again {
		return recorded, head, append(notes, repeated...), err
	}
	if b.regraded == nil || b.source != recorded {
		if b.regraded, err = regrade.Regrade(ctx, b.project, recorded); err != nil {
			return nil, nil, nil, err
		}
		b.source = recorded
	}
	regraded, err := regrade.Regrade(ctx, b.project, head)
	if err != nil {
		return nil, nil, nil, err
	}
	baseChanged, headChanged := regrade.Changed(recorded, b.regraded), regrade.Changed(head, regraded)
	if len(notes) == 0 && (baseChanged || headChanged) {
		notes = []string{"both runs were graded again: this version reads some replies differently"}
	}
	// A run stops early because of its scores, and its base's as the suite grades them then.
	// With others, nothing is decided.
	if headChanged || baseChanged && !regrade.Current(b.project, head.Header, b.specs) {
		regraded.DropDecision()
	}
	return b.regraded, regraded, append(notes, repeated...), nil
}

// mustRegrade reports whether both runs have to be graded again, because either was
// graded by another state of the suite.
func (b *Base) mustRegrade(headPath string) (again bool, notes []string, err error) {
	p := b.project
	if p.Suite == nil {
		return false, []string{"both runs as they were graded: there is no suite here to grade them again by"}, nil
	}
	if b.header == nil {
		if b.specs, err = p.Specs(); err != nil {
			return false, nil, err
		}
		h, err := runfile.ReadHeader(b.path)
		if err != nil {
			return false, nil, err
		}
		b.header = &h
	}
	head, err := runfile.ReadHeader(headPath)
	if err != nil {
		return false, nil, err
	}
	again = b.again
	says := map[string]string{} // by grader, what a command says of itself
	bySuite := false            // and not only by another version of reading
	for _, h := range []runfile.Header{*b.header, head} {
		again = again || !regrade.Current(p, h, b.specs)
		h.Reader = reply.Version
		bySuite = bySuite || !regrade.Current(p, h, b.specs)
		for _, spec := range h.Graders { // of two versions of a command, neither may be today's
			first, ok := says[spec.Name]
			bySuite = bySuite || ok && first != spec.Says
			says[spec.Name] = spec.Says
		}
	}
	again = again || bySuite
	switch {
	case b.header.Redacted != nil || head.Redacted != nil:
		return false, []string{"both runs as they were graded: the replies of a redacted one can't be graded again"}, nil
	case !again && !regrade.DependsOnPrice(b.specs):
		return false, nil, nil
	case b.how.NoCommands && p.Suite.HasCommands():
		return false, []string{"both runs as they were graded: to grade them again starts commands, " +
			"which only the commands compare and regrade do"}, nil
	}
	if !again {
		return true, []string{"both runs were graded again by the prices in the config"}, nil
	}
	if bySuite {
		notes = []string{fmt.Sprintf("both runs were graded again by %s as it is now", p.Suite.Path)}
	}
	if b.header.Suite.Name != head.Suite.Name { // now both headers name the project's
		notes = append(notes, fmt.Sprintf("the base ran suite %s, the head suite %s", b.header.Suite.Name, head.Suite.Name))
	}
	return true, notes, nil
}

// load loads both runs at once, with their replies where they are to be graded again.
func (b *Base) load(headPath string, again bool) (base, head *runfile.Run, err error) {
	detail := b.how.Detail
	if again {
		detail = runfile.Replies
	}
	var baseErr error
	var reading sync.WaitGroup
	if b.recorded == nil || b.detail < detail {
		reading.Go(func() { b.recorded, baseErr = runfile.Load(b.path, detail) })
		b.detail = detail
	}
	head, err = b.loadHead(headPath, detail)
	reading.Wait()
	if err = cmp.Or(baseErr, err); err == nil {
		name := &b.recorded.Header.Prompt.Name
		*name = cmp.Or(b.how.BaseName, *name)
		head.Header.Prompt.Name = cmp.Or(b.how.HeadNames[headPath], head.Header.Prompt.Name)
		head.ShareInputs(b.recorded)
	}
	return b.recorded, head, err
}

// loadHead loads a head, pooled with its further run if it has one.
func (b *Base) loadHead(path string, detail runfile.Detail) (*runfile.Run, error) {
	head, err := runfile.Load(path, detail)
	again := b.how.Again[path]
	if err != nil || again == "" {
		return head, err
	}
	second, err := runfile.Load(again, detail)
	if err != nil {
		return nil, err
	}
	return runfile.PoolRuns([]*runfile.Run{head, second})
}
