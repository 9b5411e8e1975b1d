package main

import (
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/model"
	"promptbench/internal/output/progress"
	"promptbench/internal/run/job"
	"promptbench/internal/run/session"
)

// The greatest values that flags take: more is a slip of the finger.
const (
	maxCount   = 10_000 // of trials, and of calls in flight
	maxTimeout = 24 * time.Hour
)

// checkCount rejects a number under 1 and one over maxCount.
func checkCount(flag string, n int) error {
	if n > maxCount {
		return usagef("--%s is %d; it must be at most %d", flag, n, maxCount)
	}
	return checkAtLeast(flag, n, 1)
}

// runFlags are the flags of a job.
type runFlags struct {
	trials, concurrency int
	timeout, maxAge     time.Duration
	fresh, offline      bool

	maxCalls int
	maxCost  float64
	deadline time.Duration

	logFile, pprof string
	log            *slog.Logger // of logFile; nil until withSettings, and without --log-file

	batch batchFlags // of run
	queue queueFlags // of run
	until untilFlags // of run and plan
	draw  drawFlags  // of run and plan

	cmd *cobra.Command // whose flags they are
}

func (f *runFlags) add(cmd *cobra.Command) {
	f.cmd = cmd
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.IntVar(&f.trials, "trials", 1, "run each case `n` times")
	})
	group(cmd, groupCalls, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.fresh, "fresh", false, "call the model even if a reply is recorded")
		flags.BoolVar(&f.offline, "offline", false, "make no call: a reply that is not recorded is an error")
		flags.DurationVar(&f.maxAge, "max-age", 0, "replay no reply older than this, such as 24h (default: any age)")
		flags.IntVar(&f.concurrency, "concurrency", model.DefaultConcurrency,
			"at most `n` calls in flight; fewer if the endpoint rejects some")
		flags.DurationVar(&f.timeout, "timeout", time.Minute, "the time limit of one attempt at a call")
		flags.IntVar(&f.maxCalls, "max-calls", 0, "stop after `n` calls (default: no limit)")
		flags.Float64Var(&f.maxCost, "max-cost", 0,
			"stop before the calls cost more than `n`, by the config's prices (default: no limit)")
		flags.DurationVar(&f.deadline, "deadline", 0, "start no attempt after this time, such as 20m (default: no limit)")
		flags.StringVar(&f.logFile, "log-file", "", "append a line of JSON for each attempt at a call to this `file`")
		flags.StringVar(&f.pprof, "pprof", "",
			"serve profiles of this program at a local `address`, such as 127.0.0.1:6060")
	})
}

func (f *runFlags) check() error {
	switch {
	case f.fresh && f.offline:
		return usagef("--fresh calls the model and --offline forbids calls; pass one of them")
	case f.timeout < time.Millisecond || f.timeout > maxTimeout:
		return usagef("--timeout is %s; it must be a duration such as 60s, from 1ms to %s", f.timeout, maxTimeout)
	case f.maxAge < 0:
		return usagef("--max-age is %s; it must not be negative", f.maxAge)
	case f.maxCalls < 0:
		return checkAtLeast("max-calls", f.maxCalls, 0)
	case f.maxCost < 0 || math.IsNaN(f.maxCost) || math.IsInf(f.maxCost, 0):
		return usagef("--max-cost is %v; it must be 0 or more", f.maxCost)
	case f.deadline < 0:
		return usagef("--deadline is %s; it must be a duration such as 20m", f.deadline)
	}
	if err := session.CheckProfileAddress(f.pprof); err != nil {
		return usage(err)
	}
	return errors.Join(checkCount("trials", f.trials),
		checkCount("concurrency", f.concurrency))
}

// job returns what the flags say of a job that begins now.
func (f *runFlags) job() job.Options {
	return job.Options{
		Trials: f.trials, Concurrency: f.concurrency, Timeout: f.timeout, Fresh: f.fresh, Offline: f.offline,
		MaxAge: ifGiven(f.cmd, "max-age", &f.maxAge), MaxCalls: ifGiven(f.cmd, "max-calls", &f.maxCalls),
		MaxCost: ifGiven(f.cmd, "max-cost", &f.maxCost), Deadline: ifGiven(f.cmd, "deadline", &f.deadline),
		Until: f.until.job(), Log: f.log, Tool: tool(), Started: time.Now(),
	}
}

// addProgress adds the flag of a command that runs jobs, which tellProgress reads.
func addProgress(cmd *cobra.Command) {
	group(cmd, groupCalls, func(flags *pflag.FlagSet) {
		flags.String("progress", "auto",
			"how progress is shown on standard error: auto, or json, a `format` for programs")
	})
}

// tellProgress sets how progress is shown, by the value of a flag; nil: the command has none.
func (a *app) tellProgress(flag *pflag.Flag) error {
	if flag == nil {
		return nil
	}
	switch how := flag.Value.String(); how {
	case "auto":
	case "json":
		a.Progress = progress.WriteUpdates(a.Err)
	default:
		return usagef("--progress %s is unknown; expected auto or json", how)
	}
	return nil
}

// withSettings opens what --log-file and --pprof name while do runs a job.
func (a *app) withSettings(f *runFlags, do func() error) error {
	log, logFile, err := session.OpenLog(f.logFile)
	if err != nil {
		return usage(err)
	}
	defer logFile.Close() //nolint:errcheck // of diagnostics; the run files have their own
	f.log = log
	profiles, err := session.ServeProfiles(f.pprof, a.Note)
	if err != nil {
		return err
	}
	defer profiles.Close() //nolint:errcheck // serves no more
	return do()
}
