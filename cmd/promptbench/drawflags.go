package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

// drawFlags choose among the cases that --case and --tag leave.
type drawFlags struct {
	runs.Draw
	cmd *cobra.Command // whose flags they are
}

func (f *drawFlags) add(cmd *cobra.Command) {
	f.cmd = cmd
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.Failed, "failed", false, "only the cases that failed in the last run of this revision")
		flags.IntVar(&f.Sample, "sample", 0, "a sample of `n` cases, drawn by chance; never a whole run")
		flags.Uint64Var(&f.Seed, "sample-seed", 0, "draw another sample: a whole number `n`")
		flags.IntVar(&f.Limit, "limit", 0, "only the first `n` cases")
	})
}

func (f *drawFlags) check() error {
	given := f.cmd.Flags().Changed
	switch {
	case given("sample") && given("limit"):
		return usagef("--sample and --limit both say how many cases; pass one of them")
	case given("sample-seed") && !given("sample"):
		return usagef("--sample-seed chooses a sample; pass --sample as well")
	case given("sample"):
		return checkAtLeast("sample", f.Sample, 1)
	case given("limit"):
		return checkAtLeast("limit", f.Limit, 1)
	}
	return nil
}

// errSeveral says that --failed has no last run to go by.
var errSeveral = errors.New("--failed takes one revision on one model; name one, or give the cases with --case")

// draw narrows a project to the cases of a draw, and says so.
func (a *app) draw(f drawFlags, p *project.Project) error {
	if f.Failed && (len(p.Prompts) > 1 || len(p.Options.Models) > 1) {
		return usage(errSeveral)
	}
	note, err := f.Cases(p)
	if note != "" {
		a.NoteText(note)
	}
	return err
}
