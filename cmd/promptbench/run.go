package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/config"
	"promptbench/internal/model/queue"
	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/check"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/run/session"
	"promptbench/internal/text/wording"
)

func (a *app) runCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		shown printing

		confirm    bool
		noPrograms bool
	)
	cmd := &cobra.Command{
		Use:   "run REVISION…",
		Short: "Run revisions over the suite, grade and record the replies",
		Long: `Run sends every case of the suite to the model with each revision, grades the
replies and writes a run file. It replays replies that a run file already
holds, so running an interrupted run again finishes it.

Several revisions run interleaved. Each is compared with the first one, or with
the run that --baseline names; a single one with the baseline of the config, if
any. With --model given more than once, each revision runs on each of the
models; the first revision on the first model is the base.
With a baseline and no revision, the baseline's own revision runs again: with
--fresh, that shows whether the model has changed.

With --failed, only the cases run that failed in the last run of the revision;
--sample draws cases by chance. Such a run is no whole run, and no baseline.

With --until-decided, a run stops once the remaining cases cannot change its
verdict; with --gate-only, also once a regression is improbable.`,
		Example: `  promptbench run prompts/v3
  promptbench run prompts/v2 prompts/v3
  promptbench run prompts/v3 --model openai --model local   # side by side
  promptbench run prompts/v3 --offline
  promptbench run --baseline runs/baseline.jsonl --fresh
  promptbench run prompts/v4 --baseline runs/baseline.jsonl --until-decided
  promptbench run prompts/v3 --fresh --tag emoji --trials 3
  promptbench run prompts/v3 --failed
  promptbench run prompts/v3 --sample 30
  promptbench run prompts/v3 --base-url http://127.0.0.1:8080/v1 --model ID
  promptbench run prompts/v3 --batch --detach --fresh   # tonight
  promptbench run prompts/v3 --batch                    # tomorrow`,
		Args: func(cmd *cobra.Command, args []string) error {
			if how.until.baseline != "" {
				return nil
			}
			return atLeastOne("a revision, such as prompts/v3")(cmd, args)
		},
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			if how.until.baseline == "" && len(args) == 1 && len(o.Models) == 0 {
				path, _ := configBaseline(o) // loading the project says what is wrong with the config
				if project.Exists(path) {
					how.until.baseline = path
				} else if path != "" {
					a.Note("there is no baseline %[1]s yet; to make one: promptbench baseline set %[2]s", path, args[0])
				}
			}
			if baseline := how.until.baseline; baseline != "" {
				if err := runs.CheckRunFile(baseline); err != nil {
					return err
				}
				h, err := runfile.ReadHeader(baseline)
				if err != nil {
					return fmt.Errorf("reading --baseline: %w", err)
				}
				if len(args) == 0 {
					args = []string{config.FromRecord(h.Prompt.Path)}
				}
				shown.baseline, shown.confirm = baseline, confirm
			}
			if err := errors.Join(how.until.checkProject(o, len(args)), checkConfirm(confirm, how, shown)); err != nil {
				return err
			}
			shown.variants = len(o.Models) > 0
			p, err := project.Load(ctx, o, args)
			if err != nil {
				return err
			}
			if anchor := runs.Anchor(p, shown.baseline); anchor != "" {
				if err := runs.CheckRunFile(anchor); err != nil {
					return err
				}
			}
			if err := a.draw(how.draw, p); err != nil {
				return err
			}
			a.Warn(slices.Concat(p.Warnings, check.Advice(p)))
			if noPrograms {
				if err := p.CheckNoPrograms(); err != nil {
					return err
				}
			}
			return a.runLoaded(ctx, p, how, shown)
		}, how.check, func() error {
			return errors.Join(how.batch.check(how), how.queue.checkRun(how), how.until.check(how), how.draw.check())
		}, shown.check),
	}
	cmd.Flags().StringVar(&how.until.baseline, "baseline", "",
		"compare with the run in this `file`, not with the first revision")
	cmd.Flags().BoolVar(&confirm, "confirm", false, confirmUse)
	cmd.Flags().BoolVar(&noPrograms, "no-programs", false, "refuse a suite with graders that are programs")
	cmd.Flags().StringVar(&a.status.file, "status", "", "write how the command ended to a `file`, as JSON for scripts")
	files.several = true
	files.add(cmd)
	files.addCases(cmd)
	files.addOpenSeal(cmd)
	files.addModel(cmd)
	how.draw.add(cmd)
	how.add(cmd)
	addProgress(cmd)
	how.until.add(cmd)
	shown.judged.addComparing(cmd)
	shown.addPool(cmd)
	shown.add(cmd)
	how.batch.add(cmd)
	how.queue.add(cmd, "let workers make the calls: the `URL` of a NATS server with JetStream, or embedded")
	group(cmd, groupQueue, func(flags *pflag.FlagSet) {
		flags.DurationVar(&how.queue.lease, "queue-lease", queue.DefaultLease,
			"give a call to another worker after this time without a sign of life")
	})
	return cmd
}

// runLoaded runs the revisions of a project and prints the result.
func (a *app) runLoaded(ctx context.Context, p *project.Project, how runFlags, shown printing) error {
	return a.withSettings(&how, func() error {
		stopQueue, err := a.withQueue(ctx, p, &how)
		if err != nil {
			return err
		}
		defer stopQueue()
		settings := how.job()
		settings.Note, settings.Noise = a.NoteText, shown.noise
		shown.calls = true
		if how.batch.cancel {
			return a.cancelBatches(ctx, p, settings)
		}
		var batches *job.Batches
		switch {
		case how.batch.on:
			batching := job.BatchOptions{Size: how.batch.size, Detach: how.batch.detach}
			if batches, err = job.OpenBatches(p, settings, batching); err != nil {
				return err
			}
			defer batches.Close() //nolint:errcheck // of locks and temporary files
			settings.Transport = batches
		case how.queue.url != "":
			q, err := job.OpenQueue(p, settings, a.queueOptions(how.queue))
			if err != nil {
				return err
			}
			defer q.Close() //nolint:errcheck // of a connection that is not used any more
			settings.Transport = q
		}
		revisions, err := job.Prepare(ctx, p, settings)
		if err != nil {
			return err
		}
		paths, err := a.drivePaths(ctx, revisions, how)
		if errors.Is(err, job.ErrDetached) {
			a.noteRuns(revisions.Job)
			return a.printWaiting(a.Out, batches)
		}
		if err != nil {
			return err
		}
		pairing := result.Pairing{Detail: shown.detail(), Drift: true, Variants: shown.variants, Pool: shown.pool}
		pairing.Anchor, pairing.SealedNow = runs.Anchor(p, shown.baseline), a.agent.isOn
		if shown.confirm {
			if pairing.Again, err = a.runAgain(ctx, p, how, shown, pairing, paths); err != nil {
				return err
			}
		}
		return shown.write(a, func(to report.Renderer) error {
			if shown.baseline == "" {
				return printRuns(ctx, to, p, paths, shown)
			}
			return printPairs(ctx, to, result.NewBase(p, shown.baseline, pairing), paths, shown, nil)
		})
	})
}

// drivePaths runs a job and returns the files of its runs.
func (a *app) drivePaths(ctx context.Context, revisions *job.Revisions, how runFlags) ([]string, error) {
	paths := make([]string, len(revisions.Runs))
	for i, r := range revisions.Runs {
		paths[i] = r.Path
	}
	return paths, a.drive(ctx, revisions, how)
}

// drive runs a job, and says on the error stream what went wrong.
func (a *app) drive(ctx context.Context, revisions *job.Revisions, how runFlags) error {
	a.noteRemarks(revisions.Job)
	var o session.Options
	if how.batch.on {
		o.Every, o.Leaving = progress.BetweenBatchLines, leaving(how.fresh)
	}
	ends, tally, err := session.Drive(ctx, &a.Console, revisions.Job, o)
	stats := revisions.Stats()
	a.calls += stats.Attempts - stats.Retries
	if ends == nil { // it did not begin
		return err
	}
	a.noteRemarks(revisions.Job)
	a.noteOutcomes(revisions.Job, ends, tally, err)
	if err != nil {
		return &exitError{code: codeOf(err)}
	}
	return nil
}

// noteRemarks says what has turned out about the recordings.
func (a *app) noteRemarks(j *job.Job) {
	for _, text := range j.Remarks() {
		a.NoteText(text)
	}
}

// noteOutcomes says what went wrong, each thing once, and where the runs are.
func (a *app) noteOutcomes(j *job.Job, ends []runfile.End, tally *progress.Tally, err error) {
	lines, complete := a.explain(err), true
	for i, end := range ends {
		if end.Status != runfile.Complete {
			complete = false
			lines = append(lines, progress.Blame("", end.Reason), progress.Blame("", fmt.Sprintf(
				"the run of %s is %s: %d of %s done and kept; run the same command again to finish it",
				j.Runs[i].Name, end.Status, end.Trials-end.Errors, wording.Count(j.Trials/len(j.Runs), "trial"))))
		}
	}
	a.status.addFailures(tally.Kinds())
	if complete { // else the reason is given above, and the next run asks again anyway
		for _, message := range tally.Failures() {
			lines = append(lines, progress.Blame("", message))
		}
	}
	for i, line := range lines {
		if !slices.Contains(lines[:i], line) {
			_, _ = fmt.Fprintln(a.Err, line)
			a.status.say(line)
		}
	}
	a.noteRuns(j)
}

// noteRuns says where the runs are.
func (a *app) noteRuns(j *job.Job) {
	for _, r := range j.Runs {
		a.Note("run file: %s", r.Path)
		a.status.Runs = append(a.status.Runs, r.Path)
	}
}
