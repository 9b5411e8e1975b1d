package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"promptbench/internal/model/queue"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/check"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/textsafe"
)

func (a *app) runCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		shown printing

		baseline string
	)
	cmd := &cobra.Command{
		Use:   "run REVISION…",
		Short: "Run revisions over the suite, grade, print and record the result",
		Long: `Run puts every case of the suite to the model with each revision, grades the
replies and writes a run file. Replies that a run file already holds are
replayed instead of asked for again, so running an interrupted run again
finishes it. Several revisions run interleaved; each is compared with the first,
or all with the run that --baseline names. With a baseline and no revision, its
own runs again: what differs then is the model's drift, where --fresh asks it.`,
		Example: `  promptbench run prompts/v3
  promptbench run prompts/v2 prompts/v3
  promptbench run prompts/v3 --offline
  promptbench run --baseline runs/baseline.jsonl --fresh
  promptbench run prompts/v3 --fresh --tag emoji --trials 3
  promptbench run prompts/v3 --base-url http://127.0.0.1:8080/v1 --model ID
  promptbench run prompts/v3 --batch --detach --fresh   # tonight
  promptbench run prompts/v3 --batch                    # tomorrow`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if baseline == "" && len(args) == 0 {
				return atLeastOne("a revision, such as prompts/v3")(cmd, args)
			}
			if err := errors.Join(how.check(), how.batch.check(how), how.queue.checkRun(how), shown.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			if baseline != "" {
				if err := runs.CheckRunFile(baseline); err != nil {
					return err
				}
				h, err := runfile.ReadHeader(baseline)
				if err != nil {
					return fmt.Errorf("reading --baseline: %w", err)
				}
				if len(args) == 0 {
					args = []string{h.Prompt.Path}
				}
				shown.baseline = baseline
			}
			return a.runJob(cmd.Context(), args, o, how, shown)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	how.batch.add(cmd)
	how.queue.add(cmd, "have workers make the calls: the `URL` of a NATS server with JetStream, such as nats://127.0.0.1:4222, or embedded")
	cmd.Flags().DurationVar(&how.queue.lease, "queue-lease", queue.DefaultLease, "with --queue: a call whose worker is silent for so long goes to another")
	shown.judged.addComparing(cmd)
	shown.add(cmd)
	cmd.Flags().StringVar(&baseline, "baseline", "", "hold the revisions against the run in this `file`, and not against the first of them")
	return cmd
}

// runJob runs the revisions and prints the result.
func (a *app) runJob(ctx context.Context, args []string, o project.Options, how runFlags, shown printing) error {
	p, err := project.Load(ctx, o, args)
	if err != nil {
		return err
	}
	a.warn(slices.Concat(p.Warnings, check.Advice(p)))
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
	stopQueue, err := a.withQueue(ctx, p, &how)
	if err != nil {
		return err
	}
	defer stopQueue()
	settings := how.job(log)
	settings.Queue, settings.Note = a.queueFor(how.queue), a.told
	if how.batch.cancel {
		return a.cancelBatches(ctx, p, settings)
	}
	job, err := job.Prepare(ctx, p, settings)
	if err != nil {
		return err
	}
	a.remark(job)
	ctx, stop, release := a.catch(ctx, how)
	if done, err := a.handIn(ctx, job, how); done || err != nil {
		release()
		return errors.Join(err, job.Close())
	}
	job.Watch(ctx)
	bar := a.progress(job)
	job.Progress = bar.done
	ends, runErr := runner.Run(ctx, job.Job, stop)
	release()
	bar.finish()
	a.remark(job)
	err = errors.Join(runErr, job.Close())
	a.outcomes(job, ends, bar, err)
	if err != nil {
		return &exitError{code: codeOf(err)}
	}
	return shown.write(a, func(to report.Renderer) error {
		if shown.baseline == "" {
			return printRuns(to, p, job.Paths, shown)
		}
		how := pairing{detail: shown.detail(), drift: true}
		return printPairs(to, shown.baseline, job.Paths, shown, func(base, head string) (report.Pair, error) {
			return comparePair(ctx, p, base, head, how)
		})
	})
}

// catch has interrupts stop a run as is fit for it.
func (a *app) catch(ctx context.Context, how runFlags) (context.Context, <-chan struct{}, func()) {
	if how.batch.on {
		return leaving(ctx, a, how.fresh)
	}
	return interruptible(ctx, a)
}

// remark says what has turned out about the recordings.
func (a *app) remark(job *job.Job) {
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
func (a *app) outcomes(job *job.Job, ends []runfile.End, bar *progress, err error) {
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
