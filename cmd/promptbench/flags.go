package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/input/params"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/session"
)

// projectFlags are the flags that say which files and which model; they mean
// the same in every command.
type projectFlags struct {
	config, suite, model, judge, baseURL, runs string
	cases, tags                                []string
	temperature, topP                          float64
	maxTokens, seed                            int
	cmd                                        *cobra.Command
}

func (f *projectFlags) add(cmd *cobra.Command) {
	f.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "the config `file` (default promptbench.yaml, if it exists)")
	flags.StringVar(&f.suite, "suite", "", "the suite `file` (default: that of the runs compared, else the config's, else the one in cases)")
	flags.StringVar(&f.model, "model", "", "a model's `name` in the config, or the id of a model at --base-url or OpenAI")
	flags.StringVar(&f.runs, "runs", "", "the `directory` of run files (default runs)")
}

// addCases adds the flags that choose cases.
func (f *projectFlags) addCases(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.cases, "case", nil, "only the case with this `id` (repeatable)")
	f.addTags(cmd)
}

func (f *projectFlags) addTags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.tags, "tag", nil, "only cases with this `tag` (repeatable: any of them)")
}

// addModel adds the flags of a model that is called.
func (f *projectFlags) addModel(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.addJudge(cmd)
	f.addBaseURL(cmd)
	flags.Float64Var(&f.temperature, "temperature", 0, "over the prompt file's temperature, `n` from 0 to 2")
	flags.Float64Var(&f.topP, "top-p", 0, "over the prompt file's topP, `n` from 0 to 1")
	flags.IntVar(&f.maxTokens, "max-tokens", 0, "over the prompt file's maxTokens, `n` at least 1")
	flags.IntVar(&f.seed, "seed", 0, "over the prompt file's seed, a whole number `n`")
}

func (f *projectFlags) addBaseURL(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.baseURL, "base-url", "", "the `URL` of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1")
}

// addJudge adds the flag of the model that rubric questions are put to.
func (f *projectFlags) addJudge(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.judge, "judge", "", "the judge of a rubric: a `name` in the config, else the id of a model")
}

// options are the flags as package project takes them. A parameter counts only
// where its flag was given, so that a temperature of 0 can be asked for.
func (f *projectFlags) options() (project.Options, error) {
	o := project.Options{
		Config: f.config, Suite: f.suite, Model: f.model, Judge: f.judge, BaseURL: f.baseURL, Runs: f.runs,
		Select: suite.Selection{Cases: f.cases, Tags: f.tags},
	}
	given := func(name string) bool { flag := f.cmd.Flags().Lookup(name); return flag != nil && flag.Changed }
	if given("temperature") {
		o.Params.Temperature = &f.temperature
	}
	if given("top-p") {
		o.Params.TopP = &f.topP
	}
	if given("max-tokens") {
		o.Params.MaxTokens = &f.maxTokens
	}
	if given("seed") {
		o.Params.Seed = &f.seed
	}
	return o, errors.Join(checkBaseURL(f.baseURL), checkParams(o.Params))
}

// checkBaseURL refuses what is no address before anything else is done. It
// quotes nothing, as a password may stand in it.
func checkBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return usage(errors.New("--base-url is no http or https address; write it like http://127.0.0.1:8080/v1"))
	case u.User != nil:
		return usage(errors.New("--base-url holds a user name or a password; put the key into OPENAI_API_KEY"))
	case u.RawQuery != "" || u.Fragment != "":
		return usage(errors.New("--base-url holds a query or a fragment; end it at the path, such as /v1"))
	}
	return nil
}

func checkParams(p params.Params) error {
	for _, fault := range p.Check() {
		return usage(errors.New(strings.TrimSuffix(fault.Message+"; "+fault.Hint, "; ")))
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
	flags := cmd.Flags()
	flags.IntVar(&f.trials, "trials", 1, "trials per case, `n` at least 1")
	flags.IntVar(&f.concurrency, "concurrency", model.DefaultConcurrency, "at most `n` calls under way at once; fewer, where the endpoint refuses some")
	flags.DurationVar(&f.timeout, "timeout", time.Minute, "of one attempt at a call")
	flags.BoolVar(&f.fresh, "fresh", false, "ask the model anyway, replay nothing")
	flags.BoolVar(&f.offline, "offline", false, "replay only: a reply that is not recorded is an error")
	flags.DurationVar(&f.maxAge, "max-age", 0, "replay nothing older than this, such as 24h (default: any age)")
	flags.IntVar(&f.maxCalls, "max-calls", 0, "stop after `n` calls (default: any number)")
	flags.Float64Var(&f.maxCost, "max-cost", 0, "stop before the calls cost more than `n`, by the config's price (default: any cost)")
	flags.DurationVar(&f.deadline, "deadline", 0, "begin no attempt after this, such as 20m (default: none)")
	flags.StringVar(&f.logFile, "log-file", "", "append a line of JSON for each attempt at a call to a `file`")
	flags.StringVar(&f.pprof, "pprof", "", "serve profiles of this program at an `address` of this machine, such as 127.0.0.1:6060")
}

func (f *runFlags) check() error {
	switch {
	case f.fresh && f.offline:
		return usage(fmt.Errorf("--fresh asks the model and --offline forbids it; pass one of them"))
	case f.trials < 1:
		return usage(fmt.Errorf("--trials is %d; it is at least 1", f.trials))
	case f.concurrency < 1:
		return usage(fmt.Errorf("--concurrency is %d; it is at least 1", f.concurrency))
	case f.timeout <= 0:
		return usage(fmt.Errorf("--timeout is %s; it is a duration such as 60s", f.timeout))
	case f.maxAge < 0:
		return usage(fmt.Errorf("--max-age is %s; it can't be negative", f.maxAge))
	case f.maxCalls < 0:
		return usage(fmt.Errorf("--max-calls is %d; it is at least 1", f.maxCalls))
	case f.maxCost < 0 || math.IsNaN(f.maxCost) || math.IsInf(f.maxCost, 0):
		return usage(fmt.Errorf("--max-cost is %v; it is more than 0", f.maxCost))
	case f.deadline < 0:
		return usage(fmt.Errorf("--deadline is %s; it is a duration such as 20m", f.deadline))
	}
	if err := session.CheckProfileAddress(f.pprof); err != nil {
		return usage(err)
	}
	return nil
}

// job returns what the flags say of a job that begins now.
func (f *runFlags) job() job.Options {
	return job.Options{
		Trials: f.trials, Concurrency: f.concurrency, Timeout: f.timeout, Fresh: f.fresh, Offline: f.offline, MaxAge: f.maxAge,
		MaxCalls: f.maxCalls, MaxCost: f.maxCost, Deadline: f.deadline, Log: f.log, Tool: "promptbench " + version(),
		Started: time.Now(),
	}
}

// withSettings opens what --log-file and --pprof ask for while do runs a job.
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
