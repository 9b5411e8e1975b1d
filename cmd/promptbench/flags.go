package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/suite"
	"promptbench/internal/run/project"
)

// projectFlags say which files, which cases and which model. They mean the same in
// every command.
type projectFlags struct {
	config, envFile, suite, judge, baseURL, runs string
	models, cases, tags                          []string
	several                                      bool // models may be given
	openSeal                                     bool
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
		Runs: f.runs, OpenSeal: f.openSeal,
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
			"run, compare, report and plan take several", nameOf(cmd), len(f.models))
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

// addOpenSeal adds the flag that has sealed cases run.
func (f *projectFlags) addOpenSeal(cmd *cobra.Command) {
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.openSeal, "open-seal", false, "run the sealed cases of the suite, too; the run file says so")
	})
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
