package regrade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/graders/reply"
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
	return h.Suite.Hash == p.Suite.Hash() && h.ReaderVersion() == reply.Version && slices.EqualFunc(h.Graders, specs, sameSpec)
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
	programs := p.Programs()
	built, err := p.Build(rejudge(run, criteria), programs)
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
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		cases[c.ID] = runner.CaseRecord(p.Suite, c)
	}
	out, err = runner.Regrade(ctx, run, runner.Grading{Reader: p.Reader, Graders: built}, programs.Processes(), func(id string) (runfile.Case, bool) {
		c, ok := cases[id]
		return c, ok
	})
	if err != nil {
		return nil, err
	}
	out.Header.Suite = runfile.Suite{Name: p.Suite.Name, Path: p.Suite.Path, Hash: p.Suite.Hash()}
	out.Header.Reply, out.Header.Reader = p.Suite.Rules, reply.Version
	if len(criteria) == 0 {
		out.Header.Judge = nil
	}
	return out, nil
}

// Comparable loads two runs for a comparison. Where either was graded by
// another state of the suite, both are graded again, and notes say so, as they
// do where the project has no suite and the runs stand as they were graded. Without
// commands, none is started: where the suite has one, the runs stay as they are.
func Comparable(ctx context.Context, p *project.Project, basePath, headPath string, detail runfile.Detail, commands bool) (base, head *runfile.Run, notes []string, err error) {
	if p.Suite == nil {
		base, head, err = LoadBoth(basePath, headPath, detail)
		return base, head, []string{"both runs as they were graded: there is no suite here to grade them again by"}, err
	}
	specs, err := p.Specs()
	if err != nil {
		return nil, nil, nil, err
	}
	stale := false
	var ran, redacted []string // names of suites, ids of runs
	said := map[string]string{}
	for _, path := range []string{basePath, headPath} {
		h, err := runfile.ReadHeader(path)
		if err != nil {
			return nil, nil, nil, err
		}
		stale = stale || !Current(p, h, specs)
		if h.Redacted != nil {
			redacted = append(redacted, h.Run)
		}
		ran = append(ran, h.Suite.Name)
		for _, spec := range h.Graders { // of two versions of a command, neither may be today's
			first, twice := said[spec.Name]
			stale = stale || twice && first != spec.Says
			said[spec.Name] = spec.Says
		}
	}
	var left []string
	if stale && !commands && p.Suite.HasCommands() {
		stale, left = false, []string{"both runs as they were graded: to grade them again starts commands, which only the commands compare and regrade do"}
	}
	if len(redacted) > 0 {
		base, head, err = LoadBoth(basePath, headPath, detail)
		return base, head, []string{"both runs as they were graded: the replies of a redacted one can't be graded again"}, err
	}
	if stale {
		detail = runfile.Replies
	}
	if base, head, err = LoadBoth(basePath, headPath, detail); err != nil {
		return nil, nil, nil, err
	}
	if !stale {
		return base, head, left, nil
	}
	if base, err = Regrade(ctx, p, base); err != nil {
		return nil, nil, nil, err
	}
	if head, err = Regrade(ctx, p, head); err != nil {
		return nil, nil, nil, err
	}
	notes = []string{fmt.Sprintf("both runs were graded again by %s as it is now", p.Suite.Path)}
	if ran[0] != ran[1] { // now both headers name the project's
		notes = append(notes, fmt.Sprintf("the base ran suite %s, the head suite %s", ran[0], ran[1]))
	}
	return base, head, notes, nil
}

// LoadBoth loads two run files at once.
func LoadBoth(basePath, headPath string, detail runfile.Detail) (base, head *runfile.Run, err error) {
	type loaded struct {
		run *runfile.Run
		err error
	}
	other := make(chan loaded, 1)
	go func() {
		run, err := runfile.Load(basePath, detail)
		other <- loaded{run, err}
	}()
	head, err = runfile.Load(headPath, detail)
	first := <-other
	if first.err != nil {
		return nil, nil, first.err
	}
	if err != nil {
		return nil, nil, err
	}
	return first.run, head, nil
}
