package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// The exit codes, the same for every format. If several apply, the order is usage,
// failure, regression, inconclusive.
const (
	exitFailure      = 1 // could not do it, or the run is incomplete
	exitUsage        = 2 // usage, or invalid input files
	exitRegression   = 3 // a regression, or a gate missed
	exitInconclusive = 4 // only with --require-conclusive
)

// An exitError carries its exit code. Without an error the result has already said
// why.
type exitError struct {
	code int
	err  error
}

// Error is the text of the wrapped error.
func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap returns the wrapped error.
func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error { return &exitError{code: exitUsage, err: err} }

// codeOf returns the exit code of an error: its own, usage for problems in input
// files, else failure.
func codeOf(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[problem.List](err); ok || errors.Is(err, runfile.ErrNotRun) {
		return exitUsage
	}
	if _, ok := errors.AsType[problem.Problem](err); ok {
		return exitUsage
	}
	return exitFailure
}

// verdictFlags say when a printed result is a failure all the same.
type verdictFlags struct {
	maxErrors         int
	requireConclusive bool
}

func (f *verdictFlags) add(cmd *cobra.Command) {
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.IntVar(&f.maxErrors, "max-errors", 0, "accept a run in which up to `n` trials end in an error")
	})
}

// addComparing adds the flags of a command that compares runs.
func (f *verdictFlags) addComparing(cmd *cobra.Command) {
	f.add(cmd)
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.requireConclusive, "require-conclusive", false, "exit with 4 if a comparison is inconclusive")
	})
}

func (f *verdictFlags) check() error { return checkAtLeast("max-errors", f.maxErrors, 0) }

// An outcome gathers what the results of a command mean for its exit code.
type outcome struct {
	flags        verdictFlags
	incomplete   bool
	failed       int // the most trials of one run that ended in an error
	regressed    bool
	inconclusive bool
	missed       bool // a gate
}

func (o *outcome) addRun(status runfile.Status, failed int) {
	o.incomplete = o.incomplete || status != runfile.Complete
	o.failed = max(o.failed, failed)
}

func (o *outcome) addComparison(c *compare.Comparison) {
	o.addRun(c.Base.Status, c.Base.Errors)
	o.addRun(c.Head.Status, c.Head.Errors)
	for _, other := range c.Beside() {
		o.addComparison(other)
	}
	if c.Pairwise != nil {
		o.addRun(c.Pairwise.Status, c.Pairwise.Errors)
	}
	if c.Noise {
		return // one prompt can't regress from itself
	}
	o.missed = o.missed || summary.Missed(c.Gates)
	for _, g := range c.Gates {
		o.inconclusive = o.inconclusive || g.Metric != "" && g.Value == nil
	}
	switch {
	case c.Verdict == nil || *c.Verdict == compare.Inconclusive || *c.Verdict == compare.Mixed:
		o.inconclusive = true
	case *c.Verdict == compare.Regressed:
		o.regressed = true
	}
}

// err is nil if all is fine, else it carries the exit code that wins.
func (o *outcome) err() error {
	switch {
	case o.incomplete:
		return &exitError{code: exitFailure}
	case o.failed > o.flags.maxErrors:
		err := fmt.Errorf("%s of a run ended in an error, more than --max-errors %d allows",
			wording.Count(o.failed, "trial"), o.flags.maxErrors)
		return &exitError{code: exitFailure, err: err}
	case o.regressed, o.missed:
		return &exitError{code: exitRegression}
	case o.inconclusive && o.flags.requireConclusive:
		return &exitError{code: exitInconclusive}
	}
	return nil
}
