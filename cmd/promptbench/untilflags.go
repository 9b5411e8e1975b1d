package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// untilFlags are the flags of a run that stops once its verdicts are decided.
type untilFlags struct {
	on, gateOnly bool
	baseline     string // the run to compare with; empty: the first revision
}

func (f *untilFlags) add(cmd *cobra.Command) {
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.on, "until-decided", false,
			"run the cases in random order, and stop once the rest cannot change the verdict")
		flags.BoolVar(&f.gateOnly, "gate-only", false,
			"with --until-decided: stop as well once a regression is improbable")
	})
}

func (f *untilFlags) check(how runFlags) error {
	switch {
	case !f.on && f.gateOnly:
		return usagef("--gate-only needs --until-decided")
	case f.on && how.batch.detach:
		return usagef("--until-decided needs the replies of one batch before it submits the next; leave --detach out")
	}
	return nil
}

// checkProject rejects a run until decided that has nothing to compare with, or two
// verdicts.
func (f *untilFlags) checkProject(o project.Options, revisions int) error {
	switch {
	case !f.on:
		return nil
	case o.OpenSeal:
		return usagef("--open-seal is for a verdict on all sealed cases; leave --until-decided out")
	case f.baseline != "" || revisions*max(1, len(o.Models)) > 1:
		return nil
	}
	return usagef("--until-decided needs a base; name it first, such as prompts/v2 prompts/v3, " +
		"or pass --baseline runs/baseline.jsonl")
}

// job returns when the job stops; nil for the last case.
func (f *untilFlags) job() *job.Until {
	if !f.on {
		return nil
	}
	return &job.Until{Base: f.baseline, GateOnly: f.gateOnly}
}
