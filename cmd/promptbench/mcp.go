package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/config"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/interrupt"
	"promptbench/internal/run/mcp"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
)

func (a *app) mcpCommand() *cobra.Command {
	var (
		files projectFlags
		o     mcp.Options
		dir   string
	)
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Serve the commands to a coding agent as MCP tools",
		Long: `Mcp speaks the Model Context Protocol over standard input and output, so that a
coding agent can work with the project: list, validate, plan, run, compare and
show. Register it in the settings of the agent; docs/agents.md shows how.

It is read-only, makes no call and starts no grader that is a program, unless
--allow-run lets the agent run revisions. Then every run names its own limit of
calls, and all runs of the server together make at most --max-calls.

An answer is what the command prints with --format json. Paths stay inside the
project, and sealed cases are never shown, even if a run opened the seal.`,
		Example: `  promptbench mcp
  promptbench mcp --allow-run --max-calls 500
  promptbench mcp --project . --allow-run --max-calls 500 --no-programs`,
		Args: cobra.NoArgs,
		RunE: files.then(func(ctx context.Context, p project.Options, _ []string) error {
			if dir != "" {
				if err := os.Chdir(dir); err != nil {
					return usagef("--project %s: %w", dir, err)
				}
			}
			if root := config.Here(); root != "." && p.Config == "" { // tools stay inside the project
				return usagef("the project is in %[1]s; pass --project %[1]s", root)
			}
			if _, err := p.RunsDir(); err != nil { // a broken config
				return err
			}
			o.Project, o.Version = p, version()
			return a.serveTools(ctx, o)
		}),
	}
	check := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch given := cmd.Flags().Changed("max-calls"); {
		case o.AllowRun && !given:
			return usagef("--allow-run needs --max-calls N, the most calls that all runs of this server may make")
		case given && !o.AllowRun:
			return usagef("--max-calls limits runs, and this server makes none; add --allow-run")
		case o.NoPrograms && !o.AllowRun:
			return usagef("--no-programs is for runs, and this server makes none; leave it out or add --allow-run")
		}
		return errors.Join(checkAtLeast("max-calls", o.MaxCalls, 0), check(cmd, args))
	}
	group(cmd, groupProject, func(flags *pflag.FlagSet) {
		flags.StringVar(&dir, "project", "", "the `directory` of the project (default: the working directory)")
		files.addConfig(flags)
		flags.StringVar(&files.runs, "runs", "", "the `directory` of run files (default runs)")
	})
	group(cmd, groupCalls, func(flags *pflag.FlagSet) {
		flags.BoolVar(&o.AllowRun, "allow-run", false, "let the agent run revisions, which calls models")
		flags.IntVar(&o.MaxCalls, "max-calls", 0, "let all runs together make at most `n` calls")
		flags.BoolVar(&o.NoPrograms, "no-programs", false, "refuse to run a suite with graders that are programs")
	})
	return cmd
}

// serveTools answers a client until it goes away.
func (a *app) serveTools(ctx context.Context, o mcp.Options) error {
	ctx, stop := interrupt.Context(ctx)
	defer stop()
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	o.Root = root
	o.Command = func(ctx context.Context, c mcp.Call) mcp.Outcome {
		var out, errs bytes.Buffer
		tool := newApp(strings.NewReader(""), &out, &errs)
		tool.Progress = c.Progress
		tool.agent = agentRules{isOn: true, noPrograms: !o.AllowRun || o.NoPrograms}
		code := tool.run(ctx, c.Args)
		return mcp.Outcome{Out: out.String(), Err: errs.String(), Code: code, Calls: tool.calls}
	}
	if o.AllowRun {
		a.Note("serving %s to an agent, which may make up to %d calls", root, o.MaxCalls)
	} else {
		a.Note("serving %s to an agent, read-only", root)
	}
	err = mcp.Serve(ctx, o, a.in, a.OutFor(report.HTML))
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil // the client has gone, or a person ends the server
	}
	return err
}

// agentRules say what a command keeps from an agent. The zero value is for people.
type agentRules struct {
	isOn       bool
	noPrograms bool // start none to grade runs again
}

// unsealed returns the run without sealed cases, also where it opened the seal: those that were sealed for it, and
// those that its suite or the suite of the config seals now.
func (r agentRules) unsealed(run *runfile.Run, p *project.Project) (*runfile.Run, error) {
	run = run.Unsealed()
	run.Header.Sealed = nil // it has none that was opened
	paths := []string{config.FromRecord(run.Header.Suite.Path)}
	if own, err := p.SuitePath(); err == nil {
		paths = append(paths, own)
	}
	for _, path := range paths {
		if !project.Exists(path) {
			continue
		}
		sealing, probs := suite.Load(path)
		if err := probs.Err(); err != nil {
			return nil, err // which cases are sealed is not known
		}
		run = runs.Unsealed(run, sealing)
	}
	return run, nil
}

// hideSealed takes the comparison of the sealed cases, whose flips name them, off a comparison.
func (r agentRules) hideSealed(c *compare.Comparison) {
	if r.isOn {
		c.Sealed = nil
	}
}
