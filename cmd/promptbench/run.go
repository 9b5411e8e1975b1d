package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/compare"
	"promptbench/internal/project"
	"promptbench/internal/report"
	"promptbench/internal/runfile"
	"promptbench/internal/runner"
	"promptbench/internal/summary"
)

func (a *app) runCommand() *cobra.Command {
	var (
		files  projectFlags
		how    runFlags
		result outputFlags
		all    bool
	)
	cmd := &cobra.Command{
		Use:   "run REVISION…",
		Short: "Run revisions over the suite, grade the replies, print and record the result",
		Long: `Run puts every case of the suite to the model with each revision, grades the
replies and writes a run file. Replies that a run file already holds are replayed
instead of asked for again, so running an interrupted run again finishes it.
Several revisions run interleaved; each is compared with the first.`,
		Example: `  promptbench run prompts/v3
  promptbench run prompts/v2 prompts/v3
  promptbench run prompts/v3 --offline
  promptbench run prompts/v3 --fresh --tag emoji --trials 3
  promptbench run prompts/v3 --base-url http://127.0.0.1:8080/v1 --model gemma-3-270m`,
		Args: atLeastOne("a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(how.check(), result.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.runJob(cmd.Context(), args, o, how, result, all)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	result.add(cmd, "table", "json")
	cmd.Flags().BoolVar(&all, "all", false, "list every case, not only the first that fail or changed")
	return cmd
}

// runJob runs the revisions and prints the result.
func (a *app) runJob(ctx context.Context, args []string, o project.Options, how runFlags, result outputFlags, all bool) error {
	p, err := project.Load(ctx, o, args)
	if err != nil {
		return err
	}
	a.warn(p.Warnings)
	job, err := p.Prepare(ctx, project.Run{
		Trials: how.trials, Concurrency: how.concurrency, Timeout: how.timeout, Fresh: how.fresh, Offline: how.offline,
		MaxAge: how.maxAge, Tool: "promptbench " + version(), Started: time.Now(),
	})
	if err != nil {
		return err
	}
	bar := a.progress(p, job.Trials*len(job.Revisions))
	job.Progress = bar.done
	ctx, stop, release := interruptible(ctx, a)
	ends, runErr := runner.Run(ctx, job.Job, stop)
	release()
	bar.finish()
	if err := errors.Join(runErr, job.Close()); err != nil {
		return err
	}
	for i, end := range ends {
		a.outcome(job.Revisions[i].Asker.Fatal(), end, job.Paths[i])
	}
	printErr := result.write(a, func(w io.Writer) error { return printRuns(w, p, job.Paths, result.format, a.display(all)) })
	return a.verdictOf(ends, how.maxErrors, printErr)
}

// interruptible turns the first interrupt into a clean stop, and the second
// into an abort. Release gives the signals back.
func interruptible(ctx context.Context, a *app) (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	stop, released := make(chan struct{}), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-released:
			return
		}
		a.note("stopping: the calls under way are finished and kept; interrupt again to drop them")
		close(stop)
		select {
		case <-signals:
			cancel()
		case <-released:
		}
	}()
	return ctx, stop, func() { signal.Stop(signals); close(released); cancel() }
}

// outcome says on the error stream where the run is and what went wrong.
func (a *app) outcome(fatal *runfile.Error, end runfile.End, path string) {
	switch {
	case fatal != nil:
		_, _ = fmt.Fprintf(a.err, "promptbench: %s\n", fatal.Message)
		_, _ = fmt.Fprintf(a.err, "promptbench: the run is incomplete; what was done is kept, and running the same command again goes on from there\n")
	case end.Status != runfile.Complete:
		_, _ = fmt.Fprintf(a.err, "promptbench: the run is %s: %s; running the same command again goes on from there\n", end.Status, end.Reason)
	}
	a.note("run file: %s", path)
}

// verdictOf is the exit of a job: 1 where a run is incomplete.
func (a *app) verdictOf(ends []runfile.End, maxErrors int, err error) error {
	if err != nil {
		return err
	}
	for _, end := range ends {
		if end.Status != runfile.Complete {
			return &exitError{code: exitFailure}
		}
		if end.Errors > maxErrors {
			return &exitError{code: exitFailure, err: fmt.Errorf("%d of %d trials ended in an error, more than --max-errors %d allows", end.Errors, end.Trials, maxErrors)}
		}
	}
	return nil
}

// printRuns prints one run as a summary, several as comparisons with the
// first.
func printRuns(w io.Writer, p *project.Project, paths []string, format string, o report.Options) error {
	if len(paths) == 1 {
		run, err := runfile.Load(paths[0], runfile.Scores)
		if err != nil {
			return err
		}
		s := summary.Of(run, p.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID))
		if format == "json" {
			return report.RunJSON(w, s)
		}
		return report.RunText(w, s, o)
	}
	for i, path := range paths[1:] {
		base, head, err := project.LoadBoth(paths[0], path, runfile.Scores)
		if err != nil {
			return err
		}
		c, err := compare.Compare(base, head, p.Comparison(base, head, nil))
		if err != nil {
			return err
		}
		if i > 0 && format != "json" {
			_, _ = fmt.Fprintln(w)
		}
		if err := printComparison(w, c, format, o); err != nil {
			return err
		}
	}
	return nil
}

func printComparison(w io.Writer, c *compare.Comparison, format string, o report.Options) error {
	if format == "json" {
		return report.ComparisonJSON(w, c)
	}
	return report.ComparisonText(w, c, o)
}

// atLeastOne says in words what an argument list lacks.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(fmt.Errorf("%s wants %s; see %s --help", cmd.CommandPath(), what, cmd.CommandPath()))
		}
		return nil
	}
}
