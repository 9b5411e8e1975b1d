package main

import (
	"context"

	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
)

const confirmUse = "on a regression or a missed gate, run again and decide by both runs"

// checkConfirm reports whether the flags go with --confirm: a replayed reply confirms nothing, and a batch is not asked
// twice.
func checkConfirm(confirm bool, how runFlags, shown printing) error {
	switch {
	case !confirm:
		return nil
	case how.until.baseline == "":
		return usagef("--confirm needs --baseline, such as runs/baseline.jsonl")
	case !how.fresh:
		return usagef("--confirm needs --fresh: a replayed reply is no further trial")
	case shown.pool:
		return usagef("--confirm pools two runs and --pool all; pass one of them")
	case how.until.on:
		return usagef("--confirm decides by two whole runs; leave --until-decided out")
	case how.batch.on || how.queue.url != "":
		return usagef("--confirm runs at once; leave --batch and --queue out")
	}
	return nil
}

// alarms reports whether a head regressed from the base or misses a gate.
func alarms(
	ctx context.Context, p *project.Project, baseline string, how result.Pairing, heads []string,
) (bool, error) {
	base, o := result.NewBase(p, baseline, how), outcome{}
	for _, head := range heads {
		pair, err := base.Compare(ctx, head)
		if err != nil {
			return false, err
		}
		o.addComparison(pair.Comparison)
	}
	return !o.incomplete && (o.regressed || o.missed), nil
}

// runAgain runs the revisions a second time if a run alarms, and returns the second runs by the first.
func (a *app) runAgain(
	ctx context.Context, p *project.Project, how runFlags, shown printing, pairing result.Pairing, first []string,
) (map[string]string, error) {
	alarm, err := alarms(ctx, p, shown.baseline, pairing, first)
	if err != nil || !alarm {
		return nil, err
	}
	a.Note("worse than the baseline; running again, to decide by both runs")
	a.status.Again = true
	settings := how.job()
	settings.Note = a.NoteText
	revisions, err := job.Prepare(ctx, p, settings)
	if err != nil {
		return nil, err
	}
	second, err := a.drivePaths(ctx, revisions, how)
	if err != nil {
		return nil, err
	}
	again := make(map[string]string, len(first))
	for i, path := range first {
		again[path] = second[i]
	}
	return again, nil
}
