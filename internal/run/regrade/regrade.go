package regrade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/config"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
)

// Current reports whether a run was graded by the project's suite as it is
// now: the same rules, reader, graders, versions and expectations. A command is
// the same where its words and files are; what it says that it is would be known
// only by running it.
func Current(p *project.Project, h runfile.Header, specs []graders.Spec) bool {
	return h.Suite.Hash == p.Suite.Hash() && h.ReaderVersion() == reply.Version &&
		slices.Equal(p.ThinkingOf(h.Model), h.Model.Thinking) &&
		slices.EqualFunc(h.Graders, specs, sameSpec)
}

// DependsOnPrice reports whether a score depends on the price of the model. The
// price may have changed since a run was graded, or differ between two runs.
func DependsOnPrice(specs []graders.Spec) bool {
	return slices.ContainsFunc(specs, func(s graders.Spec) bool {
		b, _ := graders.LookUp(s.Builder())
		return b.Priced
	})
}

func sameSpec(a, b graders.Spec) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Version == b.Version && bytes.Equal(a.Params, b.Params)
}

// Regrade grades the stored replies of a run by the project's suite, with no
// model call. A judge of the run says again what it said then; what it was not
// asked then stays unscored. The run must be loaded in full.
func Regrade(ctx context.Context, p *project.Project, run *runfile.Run) (out *runfile.Run, err error) {
	if err := runs.RefuseRedacted(run.Header, "its replies can't be graded again"); err != nil {
		return nil, err
	}
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	run = runs.Unsealed(run, p.Suite)
	programs := p.Programs()
	built, err := p.Build(graders.Models{Judge: rejudge(run, criteria), Embedder: reembed(run)}, programs)
	var transform graders.Transformer
	if err == nil {
		transform, err = p.Transformer(programs)
	}
	ctx, release := programs.UntilInterrupted(ctx)
	defer release()
	if err == nil {
		err = programs.Start(ctx)
	}
	defer func() { err = errors.Join(err, programs.Close()) }()
	if err != nil {
		return nil, err
	}
	cases := make(map[string]runfile.Case, p.Suite.Len())
	for c, err := range p.Suite.All() { // sealed ones, too: the run may have opened the seal
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		cases[c.ID] = runner.CaseRecord(p.Suite, c)
	}
	replied := run.Header.Model
	grading := runner.Grading{
		Reader: p.ReaderFor(replied), Transform: transform, Graders: built, Price: p.PriceFor(replied.Endpoint, replied.ID),
	}
	out, err = runner.Regrade(ctx, run, grading, programs.Processes(), cases)
	if err != nil {
		return nil, err
	}
	out.Header.Suite = runfile.Suite{Name: p.Suite.Name, Path: config.ToRecord(p.Suite.Path), Hash: p.Suite.Hash()}
	out.Header.Reply, out.Header.Reader = p.Suite.Rules, reply.Version
	out.Header.Model.Thinking = p.ThinkingOf(replied)
	if len(criteria) == 0 {
		out.Header.Judge = nil
	}
	return out, nil
}

// Changed reports whether grading a run again changed what was read of a reply or
// a value of a score. Both runs may be loaded without their texts.
func Changed(recorded, regraded *runfile.Run) bool {
	type trial struct {
		id string
		n  int
	}
	before := make(map[trial]runfile.Trial, len(recorded.Trials))
	for _, t := range recorded.Trials {
		before[trial{t.Case, t.Trial}] = t
	}
	return slices.ContainsFunc(regraded.Trials, func(t runfile.Trial) bool {
		old, ok := before[trial{t.Case, t.Trial}]
		return ok && (!sameReading(old.Read, t.Read) || !slices.EqualFunc(old.Scores, t.Scores, sameValue))
	})
}

func sameReading(a, b *runfile.Read) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Format == b.Format && a.Type == b.Type && len(a.Items) == len(b.Items) &&
		slices.EqualFunc(a.Defects, b.Defects, func(a, b reply.Defect) bool { return a.Code == b.Code })
}

func sameValue(a, b graders.Score) bool {
	return a.Grader == b.Grader && a.Pass == b.Pass && (a.Value == nil) == (b.Value == nil) &&
		(a.Value == nil || *a.Value == *b.Value)
}
