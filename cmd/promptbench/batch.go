package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/model/batch"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// batchFlags are the flags of a run whose requests are answered in batches.
type batchFlags struct {
	on, detach, cancel bool
	size               int
}

func (f *batchFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.on, "batch", false, "have the provider answer in batches, within a day and at a lower price; running it again collects what was handed in")
	flags.BoolVar(&f.detach, "detach", false, "with --batch: hand in and return; the same command without it collects")
	flags.BoolVar(&f.cancel, "cancel", false, "with --batch: cancel what was handed in and is not done")
	flags.IntVar(&f.size, "batch-size", batch.MaxRequests, "with --batch: at most `n` requests in one batch")
}

func (f *batchFlags) check(how runFlags) error {
	switch {
	case !f.on && f.detach:
		return usage(errors.New("--detach goes with --batch"))
	case !f.on && f.cancel:
		return usage(errors.New("--cancel goes with --batch"))
	case f.detach && f.cancel:
		return usage(errors.New("--detach hands in and --cancel takes back; pass one of them"))
	case f.size < 1 || f.size > batch.MaxRequests:
		return usage(fmt.Errorf("--batch-size is %d; it is from 1 to %d", f.size, batch.MaxRequests))
	case !f.on:
		return nil
	case how.offline:
		return usage(errors.New("--batch asks the provider and --offline forbids it; pass one of them"))
	case how.maxCost > 0:
		return usage(errors.New("--max-cost can't be held for batches, whose tokens are known when they are done; use plan --batch and --max-calls"))
	case f.cancel && how.fresh:
		return usage(errors.New("--cancel cancels what earlier runs handed in, which --fresh looks away from; pass one of them"))
	}
	return nil
}

// printWaiting says which batches are to be collected.
func (a *app) printWaiting(w io.Writer, p *project.Project, batches *job.Batches) error {
	var b strings.Builder
	for i, waiting := range batches.Waiting() {
		name := textsafe.Cell(p.Prompts[i].Name)
		n := 0
		for _, one := range waiting {
			n += one.Requests
		}
		if n == 0 {
			fmt.Fprintf(&b, "%s: every reply is recorded, nothing is handed in\n", name)
			continue
		}
		fmt.Fprintf(&b, "%s: %s handed in; run it again with --batch and without --fresh to collect the replies\n", name, wording.Count(n, "request"))
		for _, one := range waiting {
			fmt.Fprintf(&b, "  %s  %s\n", textsafe.Cell(one.Batch), wording.Count(one.Requests, "request"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cancelBatches cancels what earlier runs of the revisions have handed in.
func (a *app) cancelBatches(ctx context.Context, p *project.Project, r job.Options) error {
	cancelled, err := job.CancelBatches(ctx, p, r)
	var b strings.Builder
	for _, c := range cancelled {
		status := strings.ReplaceAll(c.Status, "_", " ")
		if c.Was == c.Status {
			status += " before"
		}
		fmt.Fprintf(&b, "%s  %s, %d of %d requests done\n", textsafe.Cell(c.ID), textsafe.Cell(status), c.Completed, c.Total)
	}
	if len(cancelled) == 0 && err == nil {
		b.WriteString("nothing is handed in\n")
	}
	_, writeErr := io.WriteString(a.Out, b.String())
	return errors.Join(err, writeErr)
}

// leaving is what an interrupt says while batches are waited for: it ends the run
// at once, as there are no calls to finish.
func leaving(fresh bool) string {
	again := "with --batch"
	if fresh {
		again = "with --batch and without --fresh"
	}
	return fmt.Sprintf("stopping: the batches go on; run it again %s to collect them, "+
		"or with --batch --cancel to cancel them", again)
}
