package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// The exit codes, the same for every format. Where several apply, the order is
// usage, failure, regression, inconclusive.
const (
	exitFailure      = 1 // could not do it, or the run is incomplete
	exitUsage        = 2 // usage, or invalid input files
	exitRegression   = 3 // a regression, or a gate missed
	exitInconclusive = 4 // only where --require-conclusive asked
)

// An exitError carries its exit code. Without an error the result has already
// said why.
type exitError struct {
	code int
	err  error
}

// Error is the text of what is wrapped.
func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap returns what is wrapped.
func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error { return &exitError{code: exitUsage, err: err} }

// codeOf is the exit code of an error: what it says itself, usage for problems
// in input files, else failure.
func codeOf(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[problem.List](err); ok {
		return exitUsage
	}
	if errors.Is(err, runfile.ErrNotRun) {
		return exitUsage
	}
	return exitFailure
}

// verdictFlags say when a result that was printed is a failure all the same.
type verdictFlags struct {
	maxErrors         int
	requireConclusive bool
}

func (f *verdictFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.maxErrors, "max-errors", 0, "up to `n` trials may end in an error before a run counts as incomplete")
}

// addComparing adds the flags that matter where runs are compared.
func (f *verdictFlags) addComparing(cmd *cobra.Command) {
	f.add(cmd)
	cmd.Flags().BoolVar(&f.requireConclusive, "require-conclusive", false, "exit with 4 where a comparison is inconclusive")
}

func (f *verdictFlags) check() error {
	if f.maxErrors < 0 {
		return usage(fmt.Errorf("--max-errors is %d; it is at least 0", f.maxErrors))
	}
	return nil
}

// An outcome gathers what the results of a command come to.
type outcome struct {
	flags      verdictFlags
	incomplete bool
	failed     int // the most trials of one run that ended in an error
	regressed  bool
	open       bool
	missed     bool // an absolute gate
}

func (o *outcome) run(status runfile.Status, failed int) {
	o.incomplete = o.incomplete || status != runfile.Complete
	o.failed = max(o.failed, failed)
}

func (o *outcome) comparison(c *compare.Comparison) {
	o.run(c.Base.Status, c.Base.Errors)
	o.run(c.Head.Status, c.Head.Errors)
	if c.Pairwise != nil {
		o.run(c.Pairwise.Status, 0)
	}
	if c.Noise {
		return // there is nothing to regress from
	}
	o.missed = o.missed || summary.Missed(c.Gates)
	switch {
	case c.Verdict == nil || *c.Verdict == compare.Inconclusive:
		o.open = true
	case *c.Verdict == compare.Regressed:
		o.regressed = true
	}
}

// err is nil where all is fine, else the exit code that wins.
func (o *outcome) err() error {
	switch {
	case o.incomplete:
		return &exitError{code: exitFailure}
	case o.failed > o.flags.maxErrors:
		return &exitError{code: exitFailure, err: fmt.Errorf("%s of a run ended in an error, more than --max-errors %d allows", wording.Count(o.failed, "trial"), o.flags.maxErrors)}
	case o.regressed, o.missed:
		return &exitError{code: exitRegression}
	case o.open && o.flags.requireConclusive:
		return &exitError{code: exitInconclusive}
	}
	return nil
}
