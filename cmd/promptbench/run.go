package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"promptbench/internal/compare"
	"promptbench/internal/project"
	"promptbench/internal/report"
	"promptbench/internal/runfile"
	"promptbench/internal/runner"
	"promptbench/internal/summary"
	"promptbench/internal/textsafe"
)

func (a *app) runCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		shown printing
	)
	cmd := &cobra.Command{
		Use:   "run REVISION…",
		Short: "Run revisions over the suite, grade, print and record the result",
		Long: `Run puts every case of the suite to the model with each revision, grades the
replies and writes a run file. Replies that a run file already holds are
replayed instead of asked for again, so running an interrupted run again
finishes it. Several revisions run interleaved; each is compared with the first.`,
		Example: `  promptbench run prompts/v3
  promptbench run prompts/v2 prompts/v3
  promptbench run prompts/v3 --offline
  promptbench run prompts/v3 --fresh --tag emoji --trials 3
  promptbench run prompts/v3 --base-url http://127.0.0.1:8080/v1 --model ID`,
		Args: atLeastOne("a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(how.check(), shown.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.runJob(cmd.Context(), args, o, how, shown)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	shown.judged.addComparing(cmd)
	shown.result.add(cmd, "table", "json")
	shown.addExtent(cmd)
	return cmd
}

// A printing says how a result is printed, and when it is a failure.
type printing struct {
	result outputFlags
	judged verdictFlags
	all    bool
	brief  bool
	narrow runner.Selection // cases of a recorded run, none for all
}

// addExtent adds the flags that say how much of a result is printed.
func (p *printing) addExtent(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.all, "all", false, "list every case, not only the first that fail or changed")
	cmd.Flags().BoolVar(&p.brief, "brief", false, "leave out the types and the cases")
}

// check refuses what can't be printed.
func (p *printing) check() error {
	extent := error(nil)
	if p.all && p.brief {
		extent = usage(errors.New("--all lists every case and --brief none; pass one of them"))
	}
	return errors.Join(p.judged.check(), p.result.check(), extent)
}

func (p *printing) display(a *app, w io.Writer) report.Options {
	o := a.display(w, p.all)
	o.Brief = p.brief
	return o
}

// runJob runs the revisions and prints the result.
func (a *app) runJob(ctx context.Context, args []string, o project.Options, how runFlags, shown printing) error {
	p, err := project.Load(ctx, o, args)
	if err != nil {
		return err
	}
	a.warn(p.Warnings)
	return a.runLoaded(ctx, p, how, shown)
}

// runLoaded runs the revisions of a project and prints the result.
func (a *app) runLoaded(ctx context.Context, p *project.Project, how runFlags, shown printing) error {
	log, logFile, err := openLog(how.logFile)
	if err != nil {
		return err
	}
	defer logFile.Close() //nolint:errcheck // of diagnostics; the run file has its own
	profiles, err := a.profile(how.pprof)
	if err != nil {
		return err
	}
	defer profiles.Close() //nolint:errcheck // serves no more
	job, err := p.Prepare(ctx, how.job(log))
	if err != nil {
		return err
	}
	a.remark(job)
	bar := a.progress(job)
	job.Progress = bar.done
	ctx, stop, release := interruptible(ctx, a)
	ends, runErr := runner.Run(ctx, job.Job, stop)
	release()
	bar.finish()
	a.remark(job)
	err = errors.Join(runErr, job.Close())
	a.outcomes(job, ends, bar, err)
	if err != nil {
		return &exitError{code: codeOf(err)}
	}
	return shown.result.write(a, func(w io.Writer) error { return a.printRuns(w, p, job.Paths, shown) })
}

// remark says what has turned out about the recordings.
func (a *app) remark(job *project.Job) {
	for _, text := range job.Remarks() {
		a.note("%s", textsafe.Cell(text))
	}
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

// outcomes says on the error stream what went wrong, each thing once, and where
// the runs are.
func (a *app) outcomes(job *project.Job, ends []runfile.End, bar *progress, err error) {
	said := map[string]bool{}
	line := func(text string) {
		if !said[text] {
			said[text] = true
			_, _ = fmt.Fprintln(a.err, text)
		}
	}
	say := func(message string) { line(a.blame("", message)) }
	for text := range strings.Lines(a.explain(err)) {
		line(strings.TrimRight(text, "\n"))
	}
	whole := true
	for i, end := range ends {
		if end.Status != runfile.Complete {
			whole = false
			say(end.Reason)
			say(fmt.Sprintf("the run of %s is %s: %d of %s done and kept; run it again to go on from there",
				job.Revisions[i].Prompt.Name, end.Status, end.Trials-end.Errors, count(bar.tally.total/len(ends), "trial")))
		}
	}
	if whole { // else the reason was said, and the next run asks again anyway
		for _, message := range bar.why() {
			say(message)
		}
	}
	for _, path := range job.Paths {
		a.note("run file: %s", path)
	}
}

// printRuns prints one run as a summary, several as comparisons with the
// first, and returns what they come to.
func (a *app) printRuns(w io.Writer, p *project.Project, paths []string, how printing) error {
	o := outcome{flags: how.judged}
	if len(paths) == 1 {
		run, err := runfile.Load(paths[0], runfile.Scores)
		if err != nil {
			return err
		}
		if run, err = project.Narrow(run, how.narrow); err != nil {
			return err
		}
		s := p.Summary(run)
		o.run(s.Status, s.Errors)
		o.missed = summary.Missed(s.Gates)
		if how.result.format == "json" {
			err = report.RunJSON(w, s)
		} else {
			err = report.RunText(w, s, how.display(a, w))
		}
		if err != nil {
			return err
		}
		return o.err()
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
		o.comparison(c)
		if err := a.printComparison(w, c, i > 0, how); err != nil {
			return err
		}
	}
	return o.err()
}

// printComparison prints one of several comparisons.
func (a *app) printComparison(w io.Writer, c *compare.Comparison, further bool, how printing) error {
	if how.result.format == "json" {
		return report.ComparisonJSON(w, c)
	}
	if further {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return report.ComparisonText(w, c, how.display(a, w))
}
