package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/session"
)

// projectFlags say which files, which cases and which model. They mean the same in
// every command.
type projectFlags struct {
	config, envFile, suite, judge, baseURL, runs string
	models, cases, tags                          []string
	several                                      bool // models may be given
	temperature, topP                            float64
	maxTokens, seed                              int
}

func (f *projectFlags) add(cmd *cobra.Command) {
	group(cmd, groupProject, func(flags *pflag.FlagSet) {
		f.addConfig(flags)
		flags.StringVar(&f.suite, "suite", "",
			"the suite `file` (default: that of the compared runs, else of the config, else the one in cases)")
		again := ""
		if f.several {
			again = "; repeatable: each revision on each of them"
		}
		flags.StringArrayVar(&f.models, "model", nil,
			"a model: a `name` in the config, ENDPOINT:ID such as openai:ID, or an id at --base-url"+again)
		flags.StringVar(&f.runs, "runs", "", "the `directory` of run files (default runs)")
	})
}

func (f *projectFlags) addConfig(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "the config `file` (default promptbench.yaml, if it exists)")
	flags.StringVar(&f.envFile, "env-file", "", "a `file` of variables that hold keys (default .env, if it exists)")
}

// addCases adds the flags that choose cases.
func (f *projectFlags) addCases(cmd *cobra.Command) {
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.StringArrayVar(&f.cases, "case", nil, "only the case with this `id` (repeatable)")
	})
	f.addTags(cmd)
}

func (f *projectFlags) addTags(cmd *cobra.Command) {
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.StringArrayVar(&f.tags, "tag", nil, "only cases with this `tag` (repeatable; any of them)")
	})
}

// addModel adds the flags of a model that is called.
func (f *projectFlags) addModel(cmd *cobra.Command) {
	f.addJudge(cmd)
	group(cmd, groupModel, func(flags *pflag.FlagSet) {
		flags.Float64Var(&f.temperature, "temperature", 0, "override the prompt file's temperature: `n` from 0 to 2")
		flags.Float64Var(&f.topP, "top-p", 0, "override the prompt file's topP: `n` from 0 to 1")
		flags.IntVar(&f.maxTokens, "max-tokens", 0, "override the prompt file's maxTokens: `n` of at least 1")
		flags.IntVar(&f.seed, "seed", 0, "override the prompt file's seed: a whole number `n`")
	})
}

// addJudge adds the flags of a judge.
func (f *projectFlags) addJudge(cmd *cobra.Command) {
	group(cmd, groupModel, func(flags *pflag.FlagSet) {
		f.addBaseURL(flags)
		flags.StringVar(&f.judge, "judge", "",
			"the model that answers rubric questions: a `name` in the config, or ENDPOINT:ID")
	})
}

func (f *projectFlags) addBaseURL(flags *pflag.FlagSet) {
	flags.StringVar(&f.baseURL, "base-url", "", "the `URL` of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1")
}

// options returns the flags as package project takes them. A parameter counts only
// if its flag is given, so that a temperature of 0 is possible.
func (f *projectFlags) options(cmd *cobra.Command) (project.Options, error) {
	o := project.Options{
		Config: f.config, Suite: f.suite, Judge: f.judge, BaseURL: f.baseURL, EnvFile: f.envFile,
		Runs:   f.runs,
		Select: suite.Selection{Cases: f.cases, Tags: f.tags},
		Params: params.Params{
			Temperature: ifGiven(cmd, "temperature", &f.temperature), TopP: ifGiven(cmd, "top-p", &f.topP),
			MaxTokens: ifGiven(cmd, "max-tokens", &f.maxTokens), Seed: ifGiven(cmd, "seed", &f.seed),
		},
	}
	if len(f.models) == 1 {
		o.Model = f.models[0]
	} else {
		o.Models = f.models
	}
	return o, errors.Join(f.checkModels(cmd), checkBaseURL(f.baseURL), checkParams(o.Params))
}

// checkModels rejects several models where a command takes one, and those that name
// no variants.
func (f *projectFlags) checkModels(cmd *cobra.Command) error {
	if len(f.models) > 1 && !f.several {
		return usagef("%s takes one model, and --model is given %d times; "+
			"run, compare, report and plan take several", cmd.CommandPath(), len(f.models))
	}
	for i, name := range f.models {
		switch {
		case name == "" && len(f.models) > 1:
			return usagef("--model is empty; name a model")
		case slices.Contains(f.models[:i], name):
			return usagef("--model %s is given twice; to compare a model with itself, use noise", name)
		}
	}
	return nil
}

// ifGiven returns value if the flag is on the command line, else nil.
func ifGiven[T any](cmd *cobra.Command, flag string, value *T) *T {
	if cmd.Flags().Changed(flag) {
		return value
	}
	return nil
}

// then returns what a command runs: its flags are checked, then do gets the
// project's options.
func (f *projectFlags) then(
	do func(ctx context.Context, o project.Options, args []string) error, checks ...func() error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		var errs []error
		for _, check := range checks {
			errs = append(errs, check())
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		o, err := f.options(cmd)
		if err != nil {
			return err
		}
		return do(cmd.Context(), o, args)
	}
}

// checkBaseURL rejects what is not an address. It quotes nothing, as the text may
// hold a password.
func checkBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return usagef("--base-url is not an http or https address; write it like http://127.0.0.1:8080/v1")
	case u.User != nil:
		return usagef("--base-url holds a user name or a password; put the key into OPENAI_API_KEY")
	case config.HasOtherQuery(u):
		return usagef("--base-url holds a query or a fragment; end it at the path, such as /v1")
	}
	return nil
}

func checkParams(p params.Params) error {
	for _, fault := range p.Check() {
		return usage(errors.New(strings.TrimSuffix(fault.Message+"; "+fault.Hint, "; ")))
	}
	return nil
}

// checkAtLeast rejects a number below the least that a flag takes.
func checkAtLeast(flag string, n, least int) error {
	if n < least {
		return usagef("--%s is %d; it must be at least %d", flag, n, least)
	}
	return nil
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
}

func (f *runFlags) add(cmd *cobra.Command) {
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
	case f.timeout <= 0:
		return usagef("--timeout is %s; it must be a duration such as 60s", f.timeout)
	case f.maxAge < 0:
		return usagef("--max-age is %s; it must not be negative", f.maxAge)
	case f.maxCalls < 0:
		return checkAtLeast("max-calls", f.maxCalls, 1)
	case f.maxCost < 0 || math.IsNaN(f.maxCost) || math.IsInf(f.maxCost, 0):
		return usagef("--max-cost is %v; it must be more than 0", f.maxCost)
	case f.deadline < 0:
		return usagef("--deadline is %s; it must be a duration such as 20m", f.deadline)
	}
	if err := session.CheckProfileAddress(f.pprof); err != nil {
		return usage(err)
	}
	return errors.Join(checkAtLeast("trials", f.trials, 1), checkAtLeast("concurrency", f.concurrency, 1))
}

// job returns what the flags say of a job that begins now.
func (f *runFlags) job() job.Options {
	return job.Options{
		Trials: f.trials, Concurrency: f.concurrency, Timeout: f.timeout, Fresh: f.fresh, Offline: f.offline,
		MaxAge: f.maxAge, MaxCalls: f.maxCalls, MaxCost: f.maxCost, Deadline: f.deadline, Log: f.log,
		Tool: tool(), Started: time.Now(),
	}
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

// hide leaves flags out of --help that make no sense for a command.
func hide(cmd *cobra.Command, flags ...string) {
	for _, name := range flags {
		_ = cmd.Flags().MarkHidden(name) // fails for an unknown flag only
	}
}

// The groups of flags in --help, in their order; other flags come first.
const (
	groupProject = "Project"
	groupCases   = "Cases"
	groupModel   = "Model"
	groupCalls   = "Calls"
	groupResult  = "Result"
	groupBatch   = "Batches"
	groupQueue   = "Work queue"
)

// groupKey is the annotation that names the group of a flag.
const groupKey = "group"

// group adds flags to a command, under a heading of their own in --help.
func group(cmd *cobra.Command, name string, add func(*pflag.FlagSet)) {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SortFlags, cmd.Flags().SortFlags = false, false
	add(set)
	set.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupKey: {name}}
		cmd.Flags().AddFlag(f)
	})
}

// flagUsages returns the flags of a command by group, each with its heading.
func flagUsages(flags *pflag.FlagSet, width int) string {
	groups := []string{"", groupProject, groupCases, groupModel, groupCalls, groupResult, groupBatch, groupQueue}
	var b strings.Builder
	for _, name := range groups {
		set := pflag.NewFlagSet(name, pflag.ContinueOnError)
		set.SortFlags = false
		flags.VisitAll(func(f *pflag.Flag) {
			if strings.Join(f.Annotations[groupKey], "") == name {
				set.AddFlag(f)
			}
		})
		if !set.HasAvailableFlags() {
			continue
		}
		fmt.Fprintf(&b, "\n%s:\n%s", cmp.Or(name, "Flags"), set.FlagUsagesWrapped(width))
	}
	return b.String()
}
