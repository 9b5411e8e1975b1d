package main

import (
	"errors"

	"promptbench/internal/problem"
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
	return exitFailure
}

// worst picks the code that wins where several apply.
func worst(codes ...int) int {
	for _, code := range []int{exitUsage, exitFailure, exitRegression, exitInconclusive} {
		for _, c := range codes {
			if c == code {
				return code
			}
		}
	}
	return 0
}
